"""A text that somebody sends to a published number: its application is told, and may answer with texts of its own."""

from collections.abc import Sequence

from ivr.simulator.call import StatusCallback, Visit
from ivr.simulator.documents import fallback_for, fetch
from ivr.simulator.documents import following as from_here
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.grammar import MESSAGING
from ivr.simulator.numbers import PublishedNumber, is_phone_number
from ivr.simulator.owners import phone_at
from ivr.simulator.sids import new_sid
from ivr.simulator.texting import deliver
from ivr.simulator.texts import Text, pieces
from ivr.simulator.twiml import Verb, read
from ivr.simulator.webhooks import MOST_REDIRECTS, Reply

PARTIES = ("From", "To")
PLACES = ("City", "State", "Zip", "Country")


def receive(exchange: Exchange, sender: str, number: PublishedNumber, body: str) -> Text:
    """The network brings it; a number without an SmsUrl keeps it, and nobody is told."""
    now = exchange.clock.now()
    text = Text(
        sid=new_sid("SM"),
        from_=sender,
        to=number.phone_number,
        body=body,
        created_at=now,
        updated_at=now,
        direction="inbound",
        status="received",
    )
    exchange.file(text)
    if number.sms_url:
        exchange.spawn(_be_answered(exchange, text, number))
    return text


async def _be_answered(exchange: Exchange, text: Text, number: PublishedNumber) -> None:
    visit = Visit(number.sms_url, number.sms_method)
    fallback = Visit(number.sms_fallback_url, number.sms_fallback_method) if number.sms_fallback_url else None
    for _ in range(MOST_REDIRECTS + 1):
        try:
            following = _act(exchange, text, visit, await _verbs(exchange, text, visit))
        except TwimlRefused as refused:
            exchange.warn(refused.code, text.sid, refused.url, refused.sentence)
            following = fallback_for(fallback, visit, refused)
        if following is None:
            return
        visit = following


async def _verbs(exchange: Exchange, text: Text, visit: Visit) -> Sequence[Verb]:
    reply = await fetch(exchange, visit, _fields(exchange, text), None)
    if reply.media_type == "text/plain":
        return [Verb("Message", {}, _plain(reply))] if _plain(reply) else []
    if not reply.body and not reply.media_type:
        return []  # told, and nothing to say
    if reply.media_type not in ("text/xml", "application/xml", "text/html"):
        raise TwimlRefused(12300, visit.url, f"It is {reply.media_type!r}.")
    document = read(reply.body, visit.url, MESSAGING)
    for note in document.notes:
        exchange.warn(12200, text.sid, visit.url, note)
    return document.verbs


def _act(exchange: Exchange, text: Text, here: Visit, verbs: Sequence[Verb]) -> Visit | None:
    """Send what is to be sent; where to go on asking, if anywhere."""
    for verb in verbs:
        if verb.name == "Redirect":
            return from_here(here, verb.text, verb.get("method"))
        _answer(exchange, text, here, verb)
    return None


def _answer(exchange: Exchange, text: Text, here: Visit, message: Verb) -> None:
    to = message.get("to") or text.from_
    body = " ".join(part.text for part in message.inside if part.name == "Body") or message.text
    if not is_phone_number(to) or phone_at(exchange, to).landline:
        raise TwimlRefused(14101, here.url, f"It is to {to!r}.")
    if not body:
        raise TwimlRefused(14103, here.url)
    now, news = exchange.clock.now(), message.get("statusCallback") or message.get("action")
    answer = Text(
        sid=new_sid("SM"),
        from_=message.get("from") or text.to,
        to=to,
        body=body,
        created_at=now,
        updated_at=now,
        direction="outbound-reply",
        status_callback=StatusCallback(from_here(here, news).url) if news else None,
    )
    exchange.file(answer)
    exchange.spawn(deliver(exchange, answer))


def _fields(exchange: Exchange, text: Text) -> dict[str, str]:
    """The text is named three times, for those who wrote to Twilio when there were only SMS; places are blank."""
    fields = {
        "AccountSid": exchange.account_sid,
        "ApiVersion": "2010-04-01",
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsMessageSid": text.sid,
        "SmsStatus": "received",
        "From": text.from_,
        "To": text.to,
        "Body": text.body,
        "NumSegments": str(pieces(text.body)),
        "NumMedia": "0",
    }
    return fields | {party + place: "" for party in PARTIES for place in PLACES}


def _plain(reply: Reply) -> str:
    return reply.body.decode(errors="replace").strip()
