"""Fetching the document that says what happens next on a call, and judging what came back as Twilio would."""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from ivr.simulator.call import Call, Visit
from ivr.simulator.errors import NoReply, TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.progress import call_fields
from ivr.simulator.sounds import keep, kept
from ivr.simulator.twiml import Document, Verb, read
from ivr.simulator.webhooks import LARGEST_REPLY, Cookies, Reply

TWIML_TYPES = ("text/xml", "application/xml", "text/html")
HANG_UP = Verb("Hangup", {}, "")


async def obtain(exchange: Exchange, call: Call, visit: Visit) -> Document:
    """The document of a visit; TwimlRefused if it cannot be had or cannot be played."""
    return await obtain_for(exchange, call.sid, visit, call_fields(exchange, call), call.cookies)


async def obtain_for(
    exchange: Exchange,
    sid: str,
    visit: Visit,
    fields: Mapping[str, str],
    cookies: Cookies | None = None,
) -> Document:
    """The same for a call or a room, asked for with these fields and those of the visit."""
    if visit.twiml is not None:
        document = read(visit.twiml.encode(), visit.url)
    elif visit.method == "GET" and kept(exchange, visit.url) is not None:
        document = _sound(visit.url)
    else:
        document = _judge(exchange, visit, await fetch(exchange, visit, fields, cookies))
    for note in document.notes:
        exchange.warn(12200, sid, visit.url, note)
    return document


async def fetch(
    exchange: Exchange, visit: Visit, fields: Mapping[str, str], cookies: Cookies | None
) -> Reply:
    """What the application answers there; TwimlRefused if it does not, or answers with an error."""
    form = {**fields, **visit.extra}
    try:
        reply = await exchange.webhooks.send(visit.url, form, method=visit.method, cookies=cookies)
    except NoReply as silence:
        raise TwimlRefused(silence.code, visit.url, silence.reason) from silence
    if not reply.ok:
        raise TwimlRefused(11200, visit.url, f"The server answered {reply.status}.")
    if len(reply.body) > LARGEST_REPLY and not reply.media_type.startswith("audio/"):
        raise TwimlRefused(11750, visit.url)
    return reply


def _judge(exchange: Exchange, visit: Visit, reply: Reply) -> Document:
    url = visit.url
    if reply.media_type in TWIML_TYPES:
        return read(reply.body, url)
    if reply.media_type.startswith("audio/"):
        is_kept = visit.method == "GET" and reply.max_age
        if is_kept:
            keep(exchange, url, reply)
        return _sound(url if is_kept else reply.url)
    if reply.media_type == "text/plain":
        return _twiml_or_speech(reply, url)
    raise TwimlRefused(12300, url, f"It is {reply.media_type!r}.")


def _sound(url: str) -> Document:
    return Document((Verb("Play", {}, url), HANG_UP))


def _twiml_or_speech(reply: Reply, url: str) -> Document:
    try:
        return read(reply.body, url)
    except TwimlRefused as refused:
        if refused.code not in (12100, 12102):
            raise
        return Document((Verb("Say", {}, reply.body.decode(errors="replace").strip()), HANG_UP))


def following(
    here: Visit, target: str, method: str = "POST", extra: Mapping[str, str] | None = None
) -> Visit:
    """The document that a verb leads to.
    An empty target is the current document, a relative one starts from it.
    """
    if here.twiml is not None and not urlsplit(target).scheme:
        raise TwimlRefused(15004, target, f"{target!r} is not.")
    return Visit(
        url=urljoin(here.url, target) if target else here.url,
        method=(method or "POST").upper(),
        extra=extra or {},
        is_fallback=here.is_fallback,
        is_whisper=here.is_whisper,
    )


def fallback_for(fallback: Visit | None, visit: Visit, refused: TwimlRefused) -> Visit | None:
    """Where Twilio asks when a document failed, with the reason; nowhere if that is what failed."""
    if fallback is None or visit.is_fallback:
        return None
    extra = {"ErrorCode": str(refused.code), "ErrorUrl": refused.url}
    return Visit(fallback.url, fallback.method, extra, is_fallback=True)
