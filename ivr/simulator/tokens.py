"""Reading a softphone's access token as Twilio does: signed by our API key, not expired, and granted a voice.

Source of the numbers: Twilio's error dictionary, 20101 to 20107.
"""

from dataclasses import dataclass

import jwt

from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange

CONTENT_TYPE = "twilio-fpa;v=1"
MOST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Grant:
    identity: str
    application_sid: str
    may_be_called: bool


def read_token(exchange: Exchange, token: str) -> Grant:
    """Who signs in with this token, and what they may; else PersonRefused (401, 20101..20107)."""
    header = _header(token)
    if header.get("cty") != CONTENT_TYPE:
        raise _refused(20102, f"The token's header has no cty {CONTENT_TYPE!r}.")
    claims = _claims(exchange, token)
    if claims.get("iss") != exchange.settings.twilio_api_key:
        raise _refused(20103, "The token was not issued by this account's API key.")
    if claims.get("sub") != exchange.account_sid:
        raise _refused(20103, "The token is not for this account.")
    return _grant(exchange, claims)


def _header(token: str) -> dict[str, object]:
    try:
        return dict(jwt.get_unverified_header(token))
    except jwt.InvalidTokenError as wrong:
        raise _refused(20101, f"This is not an access token: {wrong}.") from wrong


def _claims(exchange: Exchange, token: str) -> dict[str, object]:
    try:
        secret, needed = exchange.settings.twilio_api_secret, ["exp", "iss", "sub"]
        return dict(jwt.decode(token, secret, algorithms=["HS256"], options={"require": needed}))
    except jwt.ExpiredSignatureError as expired:
        raise _refused(20104, "The token has expired; ask for a new one.") from expired
    except jwt.ImmatureSignatureError as early:
        raise _refused(20105, "The token is not valid yet.") from early
    except jwt.InvalidSignatureError as forged:
        raise _refused(20107, "The token is not signed with the API key's secret.") from forged
    except jwt.InvalidTokenError as wrong:
        raise _refused(20101, f"The token cannot be read: {wrong}.") from wrong


def _grant(exchange: Exchange, claims: dict[str, object]) -> Grant:
    grants = _part(claims, "grants")
    voice = _part(grants, "voice")
    identity, application = grants.get("identity"), _part(voice, "outgoing").get("application_sid")
    if not isinstance(identity, str) or not identity:
        raise _refused(20106, "The token grants no identity.")
    if not isinstance(application, str) or application not in exchange.applications:
        raise _refused(20106, f"The token grants no TwiML application of this account: {application!r}.")
    return Grant(identity, application, _part(voice, "incoming").get("allow") is True)


def _part(whole: dict[str, object], name: str) -> dict[str, object]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _refused(code: int, sentence: str) -> PersonRefused:
    return PersonRefused(401, sentence, code)
