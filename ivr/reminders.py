"""Reminders of promises: the official before it is due, then their office, then the duty desk; each once, by text.

Whoever cannot get a text (most duty desks have a landline) finds the promise on the page, and an alarm stands.
"""

from ivr import promise_links
from ivr.acd import texts as book
from ivr.directory import Line, takes_texts
from ivr.hotline import Hotline
from ivr.profile.fields import within
from ivr.profile.texts import fill
from ivr.promises import STAGES, Promise, read


async def remind(hotline: Hotline, sid: str, stage: str) -> None:
    """Tell whoever is now to act: `official`, `office` or `duty`."""
    if stage not in STAGES:  # a release before told of more
        return
    promise = await read(hotline, sid)
    line = hotline.handbook.directory.find(promise.line)
    number = _phone(line, stage) if line else ""
    await book.tell_of_promise(
        hotline,
        sid,
        stage=stage,
        number=number,
        line=promise.line,
        words=_words(hotline, promise, stage),
        day=hotline.moment().date().isoformat(),
        why_not=_why_not(hotline, number),
    )


def _phone(line: Line, stage: str) -> str:
    """The second phone of a post is its office's."""
    return {"official": line.own_phone, "office": line.second_phone, "duty": line.duty_phone}[stage]


def _why_not(hotline: Hotline, number: str) -> str:
    rules = hotline.handbook.profile.texts
    if rules.sender is None:
        return "no_sender"
    if not number:
        return "no_phone"
    if not takes_texts(number):
        return "landline"
    return "quiet" if within(rules.quiet, hotline.moment()) else ""


def _words(hotline: Hotline, promise: Promise, stage: str) -> str:
    """Only the official's own text holds the key to the promise; an office signs in."""
    rules = hotline.handbook.profile.promises
    template = {"official": rules.remind_text, "office": rules.office_text, "duty": rules.duty_text}[stage]
    page = f"{hotline.settings.hotline_public_url}/promises"
    link = promise_links.address(hotline, promise.sid) if stage == "official" else page
    due = promise.due
    values = {
        "post": promise.whose,
        "tail": promise.caller[-4:],
        "due": f"{due.month}月{due.day}日{due:%H:%M}",
    }
    return f"【{hotline.handbook.profile.texts.signature}】" + fill(template.replace("{link}", link), values)
