"""开会, 外出, 休息 by text: from the phone of a post, or of its office, to the published number."""

import re
from datetime import datetime, timedelta

from ivr.absences import BACK, KINDS, be_back, leave
from ivr.directory import Line, e164
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.hours import spoken_soon

HOW_TO = "请发：开会 15:00，或 外出 2小时，或 休息 明天 08:00，或 恢复"
_HOURS = re.compile(r"(\d{1,2})(?:个)?(小时|分钟|天)")
_CLOCK = re.compile(r"(明天|后天)?\s*(\d{1,2})[:：点](\d{2})?")


def texts_url(hotline: Hotline, line: Line) -> str:
    """Where the carrier brings the texts that are sent to this number; "" for one that operators alone answer."""
    if line.mode == "pool":
        return ""
    return f"{hotline.settings.hotline_public_url}/texts/{hotline.name}/received"


async def receive(hotline: Hotline, sender: str, to: str, body: str) -> str:
    """What is answered: what was switched, or how to write it; nothing to a stranger."""
    lines = _written_for(hotline, sender, to)
    if not lines:
        return ""
    whose, text = "、".join(line.display_name for line in lines), body.strip()
    if text.startswith(BACK):
        for line in lines:
            await be_back(hotline, line, by="text")
        return f"{whose}公开电话已恢复，来电会打到您的手机。"
    kind = next((kind for kind in KINDS if text.startswith(kind)), None)
    until = _until(text.removeprefix(kind), hotline.moment()) if kind else None
    if kind is None or until is None:
        return f"没有看懂。{HOW_TO}"
    try:
        for line in lines:
            await leave(hotline, line, kind, until, by="text")
    except Invalid as refused:
        return f"{refused}。{HOW_TO}"
    return f"已登记{kind}：{spoken_soon(until, hotline.moment())}前，{whose}公开电话不打到您的手机。"


def _written_for(hotline: Hotline, sender: str, to: str) -> list[Line]:
    """The posts that a text from this phone is about: the one whose number it was sent to; or, sent to another number
    of the hotline, all whose holder has this phone. An office's phone may be that of several posts."""
    phone, line = e164(sender), hotline.handbook.directory.find(to)
    in_person = [one for one in hotline.handbook.directory.lines if one.mode != "pool"]
    known = [one for one in in_person if phone in (one.own_phone, one.second_phone)]
    if line is not None and line in known:
        return [line]
    return [one for one in known if phone == one.own_phone]


def _until(text: str, now: datetime) -> datetime | None:
    """“2小时”, “30分钟”, “15:00”, “明天 08:00”; None for anything else."""
    if found := _HOURS.search(text):
        unit = {"小时": "hours", "分钟": "minutes", "天": "days"}[found[2]]
        return now + timedelta(**{unit: int(found[1])})
    found = _CLOCK.search(text)
    if not found or int(found[2]) > 23 or int(found[3] or 0) > 59:
        return None
    days = {"明天": 1, "后天": 2}.get(found[1] or "", 0)
    moment = now.replace(hour=int(found[2]), minute=int(found[3] or 0), second=0, microsecond=0)
    return moment + timedelta(days=days)
