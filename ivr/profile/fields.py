"""What may stand in a field of the profile, and what is said of what may not."""

import re
from datetime import datetime
from typing import Annotated
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_DIALLED_FROM = re.compile(r"To|ForwardedFrom|SipUser|SipHeader:X-[A-Za-z0-9-]+")
_SIP = re.compile(r"sips?:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+(:\d+)?")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def minutes(clock_time: str) -> int:
    """Minutes since midnight: "08:30" is 510, "24:00" is 1440."""
    hour, minute = clock_time.split(":")
    return int(hour) * 60 + int(minute)


def must_be_e164(number: str) -> str:
    """The number itself. Raises ValueError, in the words of whoever typed it, if it is not E.164."""
    if re.fullmatch(r"[\d.]+[Ee]\+?\d+", number):
        raise ValueError(
            f"“{number}”是表格软件把号码改成了科学计数，号码已丢失：请把该列设为文本，再填 +86 771 0xxxxxxx"
        )
    if not _E164.fullmatch(number):
        raise ValueError(f"“{number}”不是国际格式的号码：请写成 + 国家代码 区号 号码，如 +86 771 0xxxxxxx")
    if number.startswith("+860"):
        raise ValueError(f"“{number}”多了长途字冠 0：+86 后面直接写区号，如 +86 771 0xxxxxxx")
    return number


def diallable(number: str) -> str:
    """A short code, such as a city's service number, or a full one."""
    return number if re.fullmatch(r"[1-9]\d{2,5}", number) else must_be_e164(number)


def clock_time(text: str) -> str:
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError(f"“{text}”不是时刻：请写成 08:00 这样的两位小时和两位分钟，全天结束写 24:00")
    return text


def in_order(spells: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    before = 0
    for opens, closes in spells:
        if minutes(opens) >= minutes(closes):
            raise ValueError(
                f"{opens}-{closes} 的开始不早于结束：跨过午夜请分成两段，如 22:00-24:00 和 00:00-02:00"
            )
        if minutes(opens) < before:
            raise ValueError(f"{opens}-{closes} 与前一段重叠或次序颠倒：请按时间先后排列，互不重叠")
        before = minutes(closes)
    return spells


def spells_of(text: str) -> tuple[tuple[str, str], ...]:
    """The spells in one cell of a sheet: "08:00-12:00 14:30-18:00". Raises ValueError, saying how to write them."""
    spells = []
    for spell in text.replace("，", " ").replace("；", " ").split():
        opens, dash, closes = spell.partition("-")
        if not dash:
            raise ValueError(f"“{spell}”不是时段：请写成 08:00-12:00，几段之间空一格")
        spells.append((clock_time(opens), clock_time(closes)))
    return in_order(tuple(spells))


def within(spells: tuple[tuple[str, str], ...], at: datetime) -> bool:
    """Whether this moment, in the city's own time, is in one of the spells of its day."""
    now = f"{at:%H:%M}"
    return any(opens <= now < closes for opens, closes in spells)


def spells_in_a_cell(text: str) -> str:
    return " ".join(f"{opens}-{closes}" for opens, closes in spells_of(text))


def reachable(address: str) -> str:
    """A number in E.164, or a SIP address."""
    return address if _SIP.fullmatch(address) else must_be_e164(address.replace(" ", ""))


def a_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"没有“{name}”这个时区：中国请写 Asia/Shanghai") from unknown
    return name


def a_source(source: str) -> str:
    if not _DIALLED_FROM.fullmatch(source):
        raise ValueError(f"不认识“{source}”：可用 To、ForwardedFrom、SipUser 或 SipHeader:X-名称")
    return source


def a_file_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.(wav|mp3)", name):
        raise ValueError(f"“{name}”不是录音文件名：请用字母、数字、- 和 _，以 .wav 或 .mp3 结尾，不带文件夹")
    return name


def one_line(text: str) -> str:
    if any(category(letter) == "Cc" for letter in text):
        raise ValueError("含有换行或看不见的控制字符：请删掉，手工重新输入")
    return text


def no_repeats(words: tuple[str, ...]) -> tuple[str, ...]:
    twice = {word for word in words if words.count(word) > 1}
    if twice:
        raise ValueError(f"“{'、'.join(sorted(twice))}”写了不止一次：请只留一个")
    return words


QueueName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Text = Annotated[str, Field(min_length=1), AfterValidator(one_line)]
Number = Annotated[str, AfterValidator(must_be_e164)]
SoundFile = Annotated[str, AfterValidator(a_file_name)]
ClockTime = Annotated[str, AfterValidator(clock_time)]
Spells = Annotated[tuple[tuple[ClockTime, ClockTime], ...], AfterValidator(in_order)]
CellOfSpells = Annotated[str, AfterValidator(spells_in_a_cell)]
Reachable = Annotated[str, AfterValidator(reachable)]
Source = Annotated[str, AfterValidator(a_source)]
