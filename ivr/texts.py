"""Texts: what a caller whom the official did not answer is sent, and what became of it."""

from ivr import alarms
from ivr.acd import Word
from ivr.acd import texts as book
from ivr.acd.texts import TextState
from ivr.carrier import CarrierBusy, CarrierFailed, CarrierRefused
from ivr.directory import Line, as_dialled_at_home, takes_texts
from ivr.hotline import Hotline
from ivr.profile.fields import within
from ivr.profile.texts import fill

STATES = {
    "accepted": TextState.SENT,
    "queued": TextState.SENT,
    "sending": TextState.SENT,
    "sent": TextState.SENT,
    "delivered": TextState.DELIVERED,
    "read": TextState.DELIVERED,
    "undelivered": TextState.UNDELIVERED,
    "failed": TextState.UNDELIVERED,
}
"""The carrier's words, as ours. https://www.twilio.com/docs/messaging/guides/track-outbound-message-status"""


async def write(hotline: Hotline, sid: str, line: Line, caller: str) -> bool:
    """Whether the caller of this call gets the text of this post; if not, what it would say is said to them instead.

    Once for a call, however often it is asked. Not to a landline, not at night, not beyond the caps.
    """
    rules = hotline.handbook.profile.texts
    if rules.sender is None or not takes_texts(caller) or within(rules.quiet, hotline.moment()):
        return False
    body = words(hotline, line)
    written = await book.write_text(
        hotline, sid, number=caller, line=line.number, words=body, day=hotline.moment().date().isoformat()
    )
    return written.word in (Word.OK, Word.ALREADY)


def words(hotline: Hotline, line: Line) -> str:
    """The text of this post, with its signature in front as networks in China ask."""
    rules = hotline.handbook.profile.texts
    values = {
        "post": line.display_name,
        "duty_office": line.duty_office or hotline.handbook.profile.title,
        "duty_phone": as_dialled_at_home(line.duty_phone or line.number),
    }
    return f"【{rules.signature}】" + fill(line.text or rules.template, values)


async def send(hotline: Hotline, sid: str) -> None:
    """Take it to the gateway. What may have been carried out is not tried again: nobody gets a text twice."""
    sender = hotline.handbook.profile.texts.sender
    taken = await book.send_text(hotline, sid)
    if taken.word is not Word.OK:
        return
    if sender is None:
        await book.text_is(hotline, sid, TextState.REFUSED, "no sender")
        return
    news = f"{hotline.settings.hotline_public_url}/texts/{hotline.name}/delivered?call={sid}"
    gateway, about = hotline.gateway or hotline.carrier, f"{hotline.name}.{sid}"
    try:
        await gateway.text(taken.number, taken.words, sender=sender, news=news, about=about)
    except CarrierBusy:
        await book.text_is(hotline, sid, TextState.QUEUED)
        raise
    except CarrierRefused as refused:
        await book.text_is(hotline, sid, TextState.REFUSED, str(refused)[:100])
    except CarrierFailed as unknown:
        await alarms.count_failure(hotline)
        await book.text_is(hotline, sid, TextState.UNSURE, str(unknown)[:100])
    else:
        await book.text_is(hotline, sid, TextState.SENT)


async def learn(hotline: Hotline, sid: str, status: str, code: str) -> None:
    """The carrier tells what became of it."""
    state = STATES.get(status)
    if state is not None:
        await book.text_is(hotline, sid, state, code)
