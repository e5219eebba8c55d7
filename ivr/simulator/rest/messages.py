"""Text messages over REST: send one, look at it, list them."""

from ivr.simulator.call import StatusCallback
from ivr.simulator.clock import rfc2822
from ivr.simulator.errors import SENTENCES, RestRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.numbers import is_phone_number
from ivr.simulator.owners import phone_at
from ivr.simulator.rest.door import Asked, Served, desk, not_found
from ivr.simulator.rest.resources import VERSION, Resource, page, path_of
from ivr.simulator.sids import new_sid
from ivr.simulator.texting import deliver
from ivr.simulator.texts import LONGEST_TEXT, Text, pieces


def create(asked: Asked) -> Served:
    exchange, now = asked.exchange, asked.exchange.clock.now()
    service = asked.text("MessagingServiceSid")
    text = Text(
        sid=new_sid("SM"),
        from_=asked.text("From"),
        to=_whom_to_write(asked),
        body=_body(asked),
        created_at=now,
        updated_at=now,
        status_callback=StatusCallback(asked.text("StatusCallback"))
        if asked.text("StatusCallback")
        else None,
        messaging_service_sid=service or None,
    )
    if not text.from_ and not service:
        raise RestRefused(400, 21603)
    exchange.file(text)
    exchange.spawn(deliver(exchange, text))
    return Served(_resource(exchange, text), 201)


def _whom_to_write(asked: Asked) -> str:
    to = asked.text("To")
    if not to:
        raise RestRefused(400, 21604)
    if not is_phone_number(to):
        raise RestRefused(400, 21211, f"{to!r} is no phone number.")
    if phone_at(asked.exchange, to).landline:
        raise RestRefused(400, 21614, f"{to} is a landline, which cannot receive texts.")
    return to


def _body(asked: Asked) -> str:
    body = asked.text("Body")
    if not body:
        raise RestRefused(400, 21602)
    if len(body) > LONGEST_TEXT:
        raise RestRefused(400, 21617)
    return body


def index(asked: Asked) -> Served:
    """Newest first."""
    to, sender = asked.text("To"), asked.text("From")
    found = [
        text
        for text in reversed(asked.exchange.texts.values())
        if (not to or text.to == to) and (not sender or text.from_ == sender)
    ]
    return page(asked, "messages", "Messages.json", found, _resource)


def fetch(asked: Asked) -> Served:
    sid = asked.names["sid"]
    if sid not in asked.exchange.texts:
        raise not_found(f"/Messages/{sid}.json")
    return Served(_resource(asked.exchange, asked.exchange.texts[sid]))


def _resource(exchange: Exchange, it: Text) -> Resource:
    base = path_of(exchange, f"Messages/{it.sid}")
    return {
        "sid": it.sid,
        "account_sid": exchange.account_sid,
        "api_version": VERSION,
        "messaging_service_sid": it.messaging_service_sid,
        "body": it.body,
        "from": it.from_ or None,
        "to": it.to,
        "direction": it.direction,
        "status": it.status,
        "num_segments": str(pieces(it.body)),
        "num_media": "0",
        "error_code": it.error_code,
        "error_message": None if it.error_code is None else SENTENCES[it.error_code],
        "price": None,
        "price_unit": "USD",
        "date_created": rfc2822(it.created_at),
        "date_updated": rfc2822(it.updated_at),
        "date_sent": rfc2822(it.sent_at),
        "uri": f"{base}.json",
        "subresource_uris": {"media": f"{base}/Media.json"},
    }


ROUTES = [
    desk("/Messages.json", GET=index, POST=create),
    desk("/Messages/{sid}.json", GET=fetch),
]
