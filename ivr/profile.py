"""A hotline's own facts: its name, its hours, the rules of its queue (`hotline.toml`).

Nothing here is secret and nothing differs between installations of the same hotline: keys and addresses are
settings of the environment. Opening hours say *when on a workday and when on a day of rest*; which day is
which is the calendar's business (`hours.py`).
"""

import re
from typing import Annotated, Self
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page

MINUTES_A_DAY = 24 * 60

_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_DIALLED_FROM = re.compile(r"To|ForwardedFrom|SipUser|SipHeader:X-[A-Za-z0-9-]+")
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


def _diallable(number: str) -> str:
    """A short code, such as a city's service number, or a full one."""
    return number if re.fullmatch(r"[1-9]\d{2,5}", number) else must_be_e164(number)


def _clock_time(text: str) -> str:
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError(f"“{text}”不是时刻：请写成 08:00 这样的两位小时和两位分钟，全天结束写 24:00")
    return text


def _in_order(spells: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
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


def _a_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"没有“{name}”这个时区：中国请写 Asia/Shanghai") from unknown
    return name


def _a_source(source: str) -> str:
    if not _DIALLED_FROM.fullmatch(source):
        raise ValueError(f"不认识“{source}”：可用 To、ForwardedFrom、SipUser 或 SipHeader:X-名称")
    return source


def _a_file_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.(wav|mp3)", name):
        raise ValueError(f"“{name}”不是录音文件名：请用字母、数字、- 和 _，以 .wav 或 .mp3 结尾，不带文件夹")
    return name


def _one_line(text: str) -> str:
    if any(category(letter) == "Cc" for letter in text):
        raise ValueError("含有换行或看不见的控制字符：请删掉，手工重新输入")
    return text


def _no_repeats(words: tuple[str, ...]) -> tuple[str, ...]:
    twice = {word for word in words if words.count(word) > 1}
    if twice:
        raise ValueError(f"“{'、'.join(sorted(twice))}”写了不止一次：请只留一个")
    return words


MAIN = "main"  # the queue of every number that names none

QueueName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
Text = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Number = Annotated[str, AfterValidator(must_be_e164)]
SoundFile = Annotated[str, AfterValidator(_a_file_name)]
ClockTime = Annotated[str, AfterValidator(_clock_time)]
Spells = Annotated[tuple[tuple[ClockTime, ClockTime], ...], AfterValidator(_in_order)]
Source = Annotated[str, AfterValidator(_a_source)]


class OpeningHours(Page):
    """When people answer. A spell runs from its first minute up to, not including, its last."""

    workdays: Spells = Field(description='工作日的人工服务时段，如 [["08:00", "22:00"]]；到结束时刻即关闭')
    restdays: Spells = Field(description="休息日和节假日的人工服务时段；空列表表示不开")

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.workdays and not self.restdays:
            raise ValueError("工作日和休息日都没有服务时段，热线永远不会开：请至少填一段")
        return self


class QueueRules(Page):
    """Seconds and limits of the queue."""

    ring_seconds: int = Field(ge=5, le=120, description="振铃多久无人接听算未接（秒）")
    wrap_up_seconds: int = Field(ge=0, le=3600, description="挂机后整理工单的时间，过后自动回到空闲（秒）")
    join_seconds: int = Field(ge=5, le=60, description="接受来电后多久必须接入通话，否则来电回到队首（秒）")
    missed_cooldown_seconds: int = Field(ge=0, le=600, description="未接之后多久再派来电（秒）")
    declined_cooldown_seconds: int = Field(ge=0, le=600, description="拒接之后多久再派来电（秒）")
    misses_before_pause: int = Field(ge=1, le=20, description="连续未接多少次后自动置为小休（次）")
    lease_seconds: int = Field(ge=3, le=120, description="坐席页面多久没有心跳算离线（秒）")
    max_waiting: int = Field(ge=1, le=100_000, description="最多多少人同时排队，再来电告知线路已满（人）")
    max_wait_seconds: int = Field(ge=30, le=7200, description="一位来电人最多排队多久（秒）")
    last_operator_seconds: int = Field(
        default=0, ge=0, le=30 * 86400, description="多久内再次来电优先接给上次的话务员；0 表示不优先（秒）"
    )
    rating_days: int = Field(
        default=7, ge=0, le=365, description="同一来电人多少天内只请评价一次；0 表示不请评价（天）"
    )
    regain_seconds: int = Field(
        default=300, ge=0, le=3600, description="排队中断线后多久内再次来电可回到原位；0 表示不保留（秒）"
    )
    join_unstaffed: bool = Field(
        default=False, description="无人在岗时，true 让来电人排队等候，false 告知稍后再拨"
    )
    short_abandon_seconds: int = Field(ge=0, le=60, description="排队不满多久就挂机算速挂，单独统计（秒）")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.ring_seconds >= self.max_wait_seconds:
            raise ValueError("ring_seconds 应小于 max_wait_seconds，否则第一次振铃就超过了最长排队时间")
        if self.short_abandon_seconds >= self.max_wait_seconds:
            raise ValueError("short_abandon_seconds 应小于 max_wait_seconds，否则所有挂机都算速挂")
        return self


class Queue(Page):
    """A line that callers stand in, and who may answer it."""

    title: Text = Field(description="队列名称，显示在页面上")
    skills: Annotated[tuple[Text, ...], AfterValidator(_no_repeats)] = Field(
        default=(), description="接听所需技能，如 粤语、税务；空列表表示人人可接"
    )
    overflow_after_seconds: int = Field(
        default=0, ge=0, le=3600, description="排队多久后同时进入 overflow_to 的队列；0 表示不溢出（秒）"
    )
    overflow_to: Annotated[tuple[Text, ...], AfterValidator(_no_repeats)] = Field(
        default=(), description="溢出到哪些队列"
    )
    share: int = Field(
        default=0, ge=0, le=100, description="各队列分得的接听份额之比；0 表示不分份额，先到先接"
    )


class Profile(Page):
    """One hotline's facts. The descriptions are also the comments of `hotline.toml`."""

    title: Text = Field(description="热线全称，显示在页面和报告上")
    city: Text = Field(description="城市简称，如 南宁")
    timezone: Annotated[str, AfterValidator(_a_timezone)] = Field(description="时区，服务时间和报告按它计算")
    language: str = Field(
        pattern=r"^[a-z]{2,3}-[A-Z]{2}$", description="播报语言；提示语在 prompts/语言.toml，普通话为 cmn-CN"
    )
    voice: Text = Field(description="运营商合成语音的名称")
    default_line: Number | None = Field(
        default=None,
        description="被叫号码不在号码簿时，算作拨打了哪个公布号码（国际格式）；不填则告知来电人号码有误",
    )
    emergency_number: Annotated[str, AfterValidator(_diallable)] | None = Field(
        default=None, description="系统全部失灵时转到的号码（国际格式或短号）；不填则告知来电人稍后再拨"
    )
    dialled_from: Annotated[tuple[Source, ...], Field(min_length=1), AfterValidator(_no_repeats)] = Field(
        description="从哪里读取来电人拨打的公布号码，按先后次序尝试：To、ForwardedFrom、SipUser、SipHeader:X-名称"
    )
    break_reasons: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(_no_repeats)] = Field(
        description="话务员小休时可选的原因"
    )
    music: SoundFile = Field(description="等待音乐的文件名")
    hours: OpeningHours = Field(description="人工服务时间")
    queue: QueueRules = Field(description="排队与派话规则")
    queues: dict[QueueName, Queue] = Field(
        default={MAIN: Queue(title="综合")},
        min_length=1,
        description="各个队列；号码簿的“队列”一列写它的代号",
    )

    @model_validator(mode="after")
    def _queues_know_each_other(self) -> Self:
        if MAIN not in self.queues:
            raise ValueError(f"没有队列 {MAIN}：号码簿没有写队列的号码都进入它，请补上 [queues.{MAIN}]")
        shares = [queue.share > 0 for queue in self.queues.values()]
        if any(shares) and not all(shares):
            raise ValueError("有的队列写了 share，有的没写：没写的会一直抢在前面，请全部写上，或全部不写")
        for name, queue in self.queues.items():
            strangers = set(queue.overflow_to) - self.queues.keys()
            if strangers:
                raise ValueError(
                    f"队列 {name} 溢出到不存在的队列 {'、'.join(sorted(strangers))}：请改正或补上"
                )
        return self

    def queues_of(self, skills: dict[str, int]) -> str:
        """The queues that somebody with these skills serves, as the queue library reads them: `main tax=3`."""
        served = []
        for name, queue in self.queues.items():
            if all(skill in skills for skill in queue.skills):
                level = min((skills[skill] for skill in queue.skills), default=0)
                served.append(f"{name}={level}" if level else name)
        return " ".join(served)
