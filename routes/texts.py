"""What the carrier says of texts: `POST /texts/{hotline}/delivered` of ours, `/received` of an official's.

Signed as the webhooks of calls are, by the same guard.
"""

import re

from starlette.types import Receive, Scope
from twilio.twiml.messaging_response import MessagingResponse

from ivr import absence_texts, texts
from routes.voice import Answer, Turned, Voice, body_of, query_of

_PATH = re.compile(r"/texts/([a-z][a-z0-9]*)/(delivered|received)")
_ABOUT = re.compile(r"CA[0-9a-f]{32}(-official|-office|-duty)?")  # a call, or a stage of its promise


class Texts(Voice):
    """The ASGI endpoint."""

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            raise Turned(405, "Webhooks are POST: set the number's method to HTTP POST.")
        form = self._signed_form(scope, await body_of(scope, receive))
        found = _PATH.fullmatch(scope["path"])
        hotline = self._hotlines.get(found[1]) if found else None
        if found is None or hotline is None:
            raise Turned(404, "No such hotline or step: check the number's SmsUrl.")
        if found[2] == "received":
            said = await absence_texts.receive(
                hotline, form.get("From", ""), form.get("To", ""), form.get("Body", "")
            )
            response = MessagingResponse()
            if said:
                response.message(said)
            return Answer(200, str(response).encode())
        sid = query_of(scope).get("call", "")
        if _ABOUT.fullmatch(sid):
            await texts.learn(hotline, sid, form.get("MessageStatus", ""), form.get("ErrorCode", ""))
        return Answer(204, b"")
