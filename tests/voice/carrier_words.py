"""A program that signs requests as the carrier does, with every field that the carrier sends."""

from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

from ivr.demo import ACCOUNT, AUTH_TOKEN
from tests.cast import MAYOR, ZHOU

BLANK = ("City", "State", "Zip", "Country")


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    type: str
    text: str


def form_of(
    sid: str, *, to: str = MAYOR, caller: str = ZHOU, status: str = "ringing", **more: str
) -> dict[str, str]:
    """All fields of a voice webhook, the blank ones included."""
    places = {f"{who}{part}": "" for who in ("From", "To", "Caller", "Called") for part in BLANK}
    return {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": sid, "CallStatus": status, "CallToken": "",
        "Called": to, "Caller": caller, "Direction": "inbound", "From": caller, "To": to, **places, **more,
    }  # fmt: skip


def sign(url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


async def post(url: str, form: dict[str, str], *, signature: str | None = None) -> Said:
    """Signed rightly unless another signature is given; none is sent when it is empty."""
    return await post_raw(url, urlencode(form).encode(), sign(url, form) if signature is None else signature)


async def post_raw(url: str, body: bytes, signature: str, method: str = "POST") -> Said:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
    }
    if signature:
        headers["X-Twilio-Signature"] = signature
    async with aiohttp.ClientSession(headers=headers) as http, http.request(method, url, data=body) as answer:
        return Said(answer.status, answer.content_type, await answer.text())
