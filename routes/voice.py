"""The carrier's requests: `POST /voice/{hotline}/{step}`, for every step of every call.

A plain ASGI endpoint, not a framework's: thousands of calls ask for their next step here, and each is parsed once,
checked once, answered in one round trip to the store. Whoever has a caller on the line must speak: past the
signature, everything that goes wrong ends in words.
"""

import asyncio
import hmac
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

import structlog
from starlette.types import Receive, Scope, Send
from twilio.request_validator import RequestValidator

from config.settings import Settings
from ivr import (
    absence_flow,
    arrival,
    call_flow,
    callback_flow,
    direct_flow,
    official_flow,
    operator_flow,
    probe_flow,
    ring_back_flow,
    through_flow,
)
from ivr.call import Call
from ivr.hotline import Hotline
from ivr.twiml import Reply, path, render
from routes.counters import counted
from routes.last_words import LAST_WORDS, one_moment

LONGEST_BODY = 64 * 1024
USUAL_FIELD = 128  # characters; such fields are remembered, for most of them come again with each request
REMEMBERED_FIELDS = 8192
LONGEST_ANSWER_SECONDS = 8.0  # of the carrier's fifteen
STEPS: dict[str, Callable[[Hotline, Call], Awaitable[Reply]]] = {
    **arrival.STEPS,
    **direct_flow.STEPS,
    **call_flow.STEPS,
    **official_flow.STEPS,
    **callback_flow.STEPS,
    **operator_flow.STEPS,
    **probe_flow.STEPS,
    **through_flow.STEPS,
    **ring_back_flow.STEPS,
    **absence_flow.STEPS,
}

_PATH = re.compile(r"/voice/([a-z][a-z0-9]*)(?:\.([a-z][a-z0-9_]*))?/([a-z_/]+)")
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")


log = structlog.get_logger()


class Answer(NamedTuple):
    status: int
    body: bytes
    type: bytes = b"text/xml; charset=utf-8"


class Turned(Exception):
    """This request is not answered with TwiML: a status, and a sentence for whoever configures the carrier."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Voice:
    """The ASGI endpoint. `hotlines` by name, as they open; the signatures are over the public URL."""

    def __init__(self, hotlines: dict[str, Hotline], settings: Settings) -> None:
        self._hotlines = hotlines
        self._names = settings.hotline_hotlines
        self._public_url = settings.hotline_public_url
        self._token = settings.twilio_auth_token.get_secret_value().encode()
        self._validator = RequestValidator(settings.twilio_auth_token.get_secret_value())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Turned as turned:
            counted("", str(turned.status)).inc()
            log.warning("webhook turned away", status=turned.status, why=str(turned))
            answer = Answer(turned.status, str(turned).encode(), b"text/plain; charset=utf-8")
        await _send(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            raise Turned(405, "Webhooks are POST: set the number's method to HTTP POST.")
        form = self._signed_form(scope, await body_of(scope, receive))
        sid = form.get("CallSid", "")
        if not _CALL_SID.fullmatch(sid):
            raise Turned(400, "No CallSid: this is not a webhook of a call.")
        return await self._speak(scope, Call(sid, form, query_of(scope)))

    def _signed_form(self, scope: Scope, body: bytes) -> dict[str, str]:
        """The form, once each field is known to come from the carrier. 403 for anything else."""
        signature = _header(scope, b"x-twilio-signature")
        try:
            form = read_form(body)
        except UnicodeDecodeError:
            raise Turned(400, "The body is not UTF-8.") from None
        query = scope["query_string"].decode("latin-1")
        url = self._public_url + scope["raw_path"].decode("latin-1") + ("?" + query if query else "")
        if not signature or not self._is_signed(url, form, signature):
            raise Turned(
                403, "Not signed with this account's token over the public URL: check HOTLINE_PUBLIC_URL."
            )
        return form

    def _is_signed(self, url: str, form: dict[str, str], signature: str) -> bool:
        """The carrier's rule, at a twentieth of what its library costs; that one also knows its exceptions (a port that
        was added or left out), so it has the last word. https://www.twilio.com/docs/usage/security"""
        text = url + "".join([name + form[name] for name in sorted(form)])
        right = b64encode(hmac.digest(self._token, text.encode(), "sha1"))
        return hmac.compare_digest(right, signature.encode()) or self._validator.validate(
            url, form, signature
        )

    def _without_a_hotline(self, name: str, step: str, call: Call) -> Answer:
        """The store has not answered since this worker started, or the carrier was led to no step of ours."""
        starting = name in self._names and step in STEPS
        counted(step if step in STEPS else "", "starting" if starting else "lost").inc()
        if starting and call.tries < call_flow.MOST_TRIES:
            log.error("webhook", hotline=name, step=step, failure="the store has not answered yet")
            return Answer(200, one_moment(path(STEPS[step], **{**call.query, "again": str(call.tries + 1)})))
        log.error(
            "webhook", hotline=name, step=step, failure="no such hotline or step: check the number's VoiceUrl"
        )
        return Answer(200, LAST_WORDS)

    async def _speak(self, scope: Scope, call: Call) -> Answer:
        found = _PATH.fullmatch(scope["path"])
        name, language, step = found.groups("") if found else ("", "", "")
        if step.startswith(
            "operator/"
        ):  # one TwiML App serves all hotlines: the token says whose operator this is
            name = operator_flow.whose(call.caller)[0] or name
        hotline = self._hotlines.get(name)
        if hotline is None or step not in STEPS:
            return self._without_a_hotline(name, step, call)
        try:
            async with asyncio.timeout(LONGEST_ANSWER_SECONDS):
                reply = await STEPS[step](hotline.speaking(language), call)
            outcome = "ok"
        except Exception as failure:
            log.error("webhook", hotline=name, step=step, failure=repr(failure)[:200])
            reply = call_flow.apologise(hotline.speaking(language), STEPS[step], call)
            outcome = "apology"
        counted(step, outcome).inc()
        return Answer(200, render(reply))


def query_of(scope: Scope) -> dict[str, str]:
    asked = scope["query_string"]
    return dict(parse_qsl(asked.decode("latin-1"))) if asked else {}


def read_form(body: bytes) -> dict[str, str]:
    """What `parse_qsl` reads from a form with its blank fields, in an eighth of the time. Raises UnicodeDecodeError."""
    fields = body.decode().replace("+", " ").split("&")
    return dict([_field(one) if len(one) <= USUAL_FIELD else _field.__wrapped__(one) for one in fields])


@lru_cache(REMEMBERED_FIELDS)
def _field(written: str) -> tuple[str, str]:
    name, _, value = written.partition("=")
    return (_plain(name), _plain(value)) if "%" in written else (name, value)


def remembered_fields() -> int:
    """How many fields are remembered at this moment."""
    return _field.cache_info().currsize


def _plain(text: str) -> str:
    return unquote_to_bytes(text).decode()


async def body_of(scope: Scope, receive: Receive, *, longest: int = LONGEST_BODY) -> bytes:
    """The whole body, or 413 before more of it is read than anybody sends."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Turned(400, "The connection closed before the body was complete.")
        body += bytes(message.get("body", b""))
        if len(body) >= longest:
            raise Turned(413, f"The body is {longest >> 10} kB or more: no webhook of ours is.")
        if not message.get("more_body"):
            return body


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return ""


async def _send(send: Send, answer: Answer) -> None:
    length = str(len(answer.body)).encode()
    headers = [(b"content-type", answer.type), (b"content-length", length)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
