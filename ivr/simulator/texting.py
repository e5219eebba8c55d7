"""The life of a text message: sent, then delivered or not, and the application is told of each step.

A phone that is switched off is given its texts when it is on again, which does not happen here: such a text
stays sent.
"""

from ivr.simulator.exchange import Exchange
from ivr.simulator.owners import phone_at
from ivr.simulator.progress import tell
from ivr.simulator.texts import Text, TextStatus

SENDING_SECONDS = 0.5
DELIVERY_SECONDS = 2.0
UNKNOWN_HANDSET = 30005


async def deliver(exchange: Exchange, text: Text) -> None:
    await exchange.clock.spend(SENDING_SECONDS)
    text.sent_at = exchange.clock.now()
    _become(exchange, text, "sent")
    await exchange.clock.spend(DELIVERY_SECONDS)
    match phone_at(exchange, text.to).behaviour:
        case "invalid":
            text.error_code = UNKNOWN_HANDSET
            _become(exchange, text, "undelivered")
        case "switched_off":
            pass
        case _:
            _become(exchange, text, "delivered")
            facts = {"from": text.from_, "to": text.to, "body": text.body}
            exchange.feed.publish("text", text.sid, **facts)


def _become(exchange: Exchange, text: Text, status: TextStatus) -> None:
    text.status, text.updated_at = status, exchange.clock.now()
    callback = text.status_callback
    if callback is not None:
        exchange.spawn(tell(exchange, callback.url, callback.method, _fields(exchange, text), text.sid))


def _fields(exchange: Exchange, text: Text) -> dict[str, str]:
    """The status is named twice, as the message is: once as it was called when there were only SMS."""
    fields = {
        "AccountSid": exchange.account_sid,
        "ApiVersion": "2010-04-01",
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": text.status,
        "SmsStatus": text.status,
        "From": text.from_,
        "To": text.to,
    }
    if text.messaging_service_sid is not None:
        fields["MessagingServiceSid"] = text.messaging_service_sid
    return fields | ({} if text.error_code is None else {"ErrorCode": str(text.error_code)})
