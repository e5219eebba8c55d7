"""What the carrier says of texts: `POST /texts/{hotline}/delivered` of ours, `/received` of an official's.

Signed as the webhooks of calls are, by the same guard. A domestic gateway signs nothing: it reports to an address that
ends in a secret, of many texts at once and of those of all hotlines.
"""

import hmac
import re
from contextlib import suppress

import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.types import Receive, Scope
from twilio.twiml.messaging_response import MessagingResponse

from config.settings import Settings
from ivr import absence_texts, texts
from ivr.hotline import Hotline
from routes.voice import Answer, Turned, Voice, body_of, query_of

_PATH = re.compile(r"/texts/([a-z][a-z0-9]*)/(delivered|received)")
_REPORTS = re.compile(r"/texts/aliyun/([A-Za-z0-9_-]{16,64})")
_ABOUT = re.compile(r"CA[0-9a-f]{32}(-official|-office|-duty)?")  # a call, or a stage of its promise

LONGEST_PUSH = 1024 * 1024
TAKEN = Answer(200, '{"code":0,"msg":"接收成功"}'.encode(), b"application/json; charset=utf-8")

log = structlog.get_logger()


class Report(BaseModel):
    """What became of one text. https://help.aliyun.com/zh/sms/developer-reference/smsreport-2"""

    out_id: str | None = None
    success: bool
    err_code: str | None = None


_PUSH = TypeAdapter(list[object])


class Texts(Voice):
    """The ASGI endpoint."""

    def __init__(self, hotlines: dict[str, Hotline], settings: Settings) -> None:
        super().__init__(hotlines, settings)
        self._reports = settings.aliyun_sms_report_secret.get_secret_value()

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            raise Turned(405, "Webhooks are POST: set the number's method to HTTP POST.")
        if guess := _REPORTS.fullmatch(scope["path"]):
            return await self._learn(guess[1], await body_of(scope, receive, longest=LONGEST_PUSH))
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

    async def _learn(self, guess: str, body: bytes) -> Answer:
        """Reports of a domestic gateway. It pushes again, all of it, whatever is not answered with 200: what cannot be
        read among them must not keep back the rest."""
        if not self._reports or not hmac.compare_digest(guess.encode(), self._reports.encode()):
            raise Turned(403, "Not the secret of this installation: check ALIYUN_SMS_REPORT_SECRET.")
        try:
            pushed = _PUSH.validate_json(body)
        except ValidationError:
            raise Turned(
                400, "Not a list of reports: choose HTTP batch push in the gateway's console."
            ) from None
        reports = [report for one in pushed if (report := _report(one))]
        if len(reports) < len(pushed):
            log.warning("reports of texts", unread=len(pushed) - len(reports), read=len(reports))
        for report in reports:
            name, _, sid = (report.out_id or "").partition(".")
            if name in self._names and name not in self._hotlines:
                raise Turned(503, "The store has not answered since this worker started: push it again.")
            if name in self._hotlines and _ABOUT.fullmatch(sid):
                status = "delivered" if report.success else "undelivered"
                await texts.learn(self._hotlines[name], sid, status, (report.err_code or "")[:100])
        return TAKEN


def _report(pushed: object) -> Report | None:
    """None for what cannot be read."""
    with suppress(ValidationError):
        return Report.model_validate(pushed)
    return None
