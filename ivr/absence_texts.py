"""开会, 外出, 休息 by text: from the phone of a post, or of its office, to the published number."""

import re
from datetime import datetime, timedelta

from ivr.absences import BACK, KINDS, be_back, leave
from ivr.directory import Line, e164
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.hours import spoken_soon

HOW_TO = "请发：开会 15:00，或 外出 2小时，或 休息 明天 08:00，或 恢复"
_SPAN = re.compile(
    r"(?:(?P<days>\d{1,2})天)?(?:(?P<hours>\d{1,2})?个?(?P<half>半)?个?小时(?P<more>半)?)?(?:(?P<minutes>\d{1,3})分钟?)?"
)
_CLOCK = re.compile(
    r"(?P<day>今天|明天|后天)?(?P<part>上午|下午|晚上)?(?P<hour>\d{1,2})"
    r"(?:[:：](?P<minute>\d{2})|点(?:(?P<half>半)|(?P<past>\d{1,2})分?)?)"
)
DAYS = {"今天": 0, "明天": 1, "后天": 2}
HOURS = {
    "上午": range(13),
    "下午": range(12, 19),
    "晚上": range(18, 24),
}  # "晚上12点" might be either midnight


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
    whose, text = "、".join(line.display_name for line in lines), body.strip(" \r\n\t。！.!")
    if text == BACK:
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
    """“2小时”, “1小时30分钟”, “15:00”, “下午3点半”, “明天 08:00”; None for anything else, also for what begins or ends
    like that: half understood is a wrong moment."""
    words = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", text).strip("，,：:").removeprefix("到")
    if found := _SPAN.fullmatch(words):
        hours, halves = int(found["hours"] or 0), len(found["half"] or "") + len(found["more"] or "")
        span = timedelta(
            days=int(found["days"] or 0), hours=hours, minutes=int(found["minutes"] or 0) + 30 * halves
        )
        return now + span if span else None
    found = _CLOCK.fullmatch(words)
    return _moment(found, now) if found else None


def _moment(clock: re.Match[str], now: datetime) -> datetime | None:
    said, minute = int(clock["hour"]), 30 if clock["half"] else int(clock["minute"] or clock["past"] or 0)
    possible = HOURS.get(clock["part"] or "", range(24))
    hour = next((one for one in (said, said + 12) if one in possible), None)
    if hour is None or minute > 59:
        return None
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment + timedelta(days=DAYS.get(clock["day"] or "", 0))
