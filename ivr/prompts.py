"""What callers hear: every sentence, when, and what may be filled into it (`prompts/LANGUAGE.toml`).

All checking happens when prompts are loaded. A missing sentence, a sentence nobody asked for, a `{variable}`
that will not be there: each stops the loading, so that no call can ever stumble over one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from string import Formatter
from typing import NamedTuple, Self

from pydantic import model_validator

from ivr.errors import Invalid
from ivr.page import Page
from ivr.profile.fields import SoundFile, Text

REMEMBERED_SENTENCES = 2048

# Said when the store may be away, and with it the recordings that are kept there.
TEXT_ONLY = frozenset({"apology", "unreachable"})

# What a preview fills in.
EXAMPLES = {
    "position": "3",
    "minutes": "三到五分钟",
    "operator_digits": "九零零一",
    "number_digits": "零七七一，零零零零，零零零二",
    "hours_spoken": "工作日八点至二十二点",
}

UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML 1.0


class Occasion(NamedTuple):
    """When a sentence is heard, and the variables it may use."""

    when: str
    variables: frozenset[str] = frozenset()


OCCASIONS = {
    "greeting": Occasion("电话接通后的第一句"),
    "recording_notice": Occasion("问候之后，告知通话将被录音"),
    "again": Occasion("刚来过电的来电人，代替问候语"),
    "rang_often": Occasion("短时间内多次来电，第一次提醒；在问候语之前"),
    "rings_on": Occasion("提醒之后仍多次来电，告知排在别人之后；在问候语之前"),
    "ring_official": Occasion(
        "本人接听的号码：打本人电话之前；{whose} 是职务，如 亳州市教育局局长", frozenset({"whose"})
    ),
    "ring_second": Occasion("本人无人接听，改打第二电话之前"),
    "whisper": Occasion(
        "本人接起电话时听到的；{whose} 是职务，{tail_digits} 是来电号码后四位，逐字读出",
        frozenset({"whose", "tail_digits"}),
    ),
    "caller_gone": Occasion("本人或话务员在电话上按 1 时，来电人已经挂机"),
    "probe_whisper": Occasion("拨测到人：本人或话务员接起电话时听到的；{whose} 是职务", frozenset({"whose"})),
    "probe_thanks": Occasion("拨测到人：接电话的人按了 1"),
    "probe_over": Occasion("拨测到人：接电话的人按了别的键，或拨测已经结束"),
    "probe_operator": Occasion(
        "拨测到人：话务员接起拨测时听到的；{number_digits} 是拨测的号码，逐字读出",
        frozenset({"number_digits"}),
    ),
    "official_busy": Occasion("本人电话占线"),
    "official_no_answer": Occasion("本人电话无人接听，或接起后没有按 1"),
    "official_declined": Occasion("本人没有接这个电话：拒接，或接起后按了别的键"),
    "official_off": Occasion("本人电话关机或不在服务区"),
    "official_invalid": Occasion("本人电话是空号"),
    "official_failed": Occasion("本人电话因线路故障打不通"),
    "official_absent": Occasion(
        "本人登记了开会、外出或休息；{whose} 是职务，{away} 是去向，{until_spoken} 是到几点",
        frozenset({"whose", "away", "until_spoken"}),
    ),
    "official_quiet": Occasion("本人的免打扰时段"),
    "text_sent": Occasion("找不到本人、会发短信时；短信里已有值班电话"),
    "say_duty": Occasion(
        "不发短信时，把值班电话念给来电人；{duty_office} 是值班室，{duty_digits} 是逐字读出的号码",
        frozenset({"duty_office", "duty_digits"}),
    ),
    "offer_duty": Occasion("找不到本人、有值班电话时，问来电人怎么办：1 值班电话，2 留言"),
    "offer_operator": Occasion("找不到本人、没有值班电话或值班电话也无人接听时：1 转人工，2 留言"),
    "ring_duty": Occasion("打值班电话之前；{duty_office} 是值班室", frozenset({"duty_office"})),
    "duty_missed": Occasion("值班电话也无人接听"),
    "please_wait": Occasion("开始排队时"),
    "position": Occasion("排队次序靠前时；{position} 是第几位", frozenset({"position"})),
    "estimate": Occasion(
        "排队次序靠前时，说过位次之后；{minutes} 是预计等候，如 三到五分钟", frozenset({"minutes"})
    ),
    "callback_hint": Occasion("排队次序靠前时，告知可按星号键预约回电"),
    "still_waiting": Occasion("排队过程中的安抚语，与下面两句轮流说"),
    "still_waiting_2": Occasion("安抚语之二"),
    "still_waiting_3": Occasion("安抚语之三"),
    "meet_operator": Occasion(
        "话务员接听之前；{operator_digits} 是逐字读出的工号", frozenset({"operator_digits"})
    ),
    "desk_phone": Occasion(
        "话务员接起话机时听到的；{whose} 是来电拨打的职务，{tail_digits} 是来电号码后四位，逐字读出",
        frozenset({"whose", "tail_digits"}),
    ),
    "operator_lost": Occasion("通话中话务员掉线，来电人回到队首"),
    "on_hold": Occasion("通话中保持时，与音乐交替播放"),
    "left_alone": Occasion("转接的对方已挂断，或话务员掉线：来电人优先回到队列"),
    "ask_rating": Occasion("通话结束后，请来电人评价：1 满意，2 基本满意，3 不满意"),
    "thank": Occasion("通话结束、评价之后"),
    "goodbye": Occasion("挂机前的最后一句"),
    "closed": Occasion("非服务时间来电；{hours_spoken} 是服务时间", frozenset({"hours_spoken"})),
    "full": Occasion("排队人数已达上限"),
    "passed_on": Occasion("排队太久，转到另一条热线继续等候之前"),
    "unstaffed": Occasion("服务时间内但无人在岗"),
    "waited_too_long": Occasion("排队超过最长时间"),
    "blocked": Occasion(
        "班长限制了这个号码来电；{until} 是到什么时候，请写明紧急时拨打什么号码", frozenset({"until"})
    ),
    "withdrawn": Occasion("拨打的号码已经撤下，没有改用的号码"),
    "replaced": Occasion(
        "拨打的号码已经撤下；{number_digits} 是逐字读出的新号码", frozenset({"number_digits"})
    ),
    "unknown_number": Occasion("拨打的号码不在号码簿，也没有设默认号码"),
    "offer_message": Occasion("无人可接时，问是否留言"),
    "offer_callback": Occasion("无人可接时，问是否留言之后，问是否预约回电"),
    "callback_confirm": Occasion(
        "预约回电时，确认用本机号码：1 确认，2 换号码；{tail_digits} 是本机号码后四位，逐字读出",
        frozenset({"tail_digits"}),
    ),
    "callback_number": Occasion("预约回电时，请来电人输入号码，按井号键结束"),
    "callback_bad_number": Occasion("输入的号码无法回拨"),
    "callback_read_back": Occasion(
        "复述输入的号码：1 确认，2 重新输入；{number_digits} 是逐字读出的号码", frozenset({"number_digits"})
    ),
    "callback_kept": Occasion("回电已登记，轮到时回拨；随后挂机"),
    "callback_promised": Occasion(
        "非服务时间登记的回电，开始服务后回拨；{hours_spoken} 是服务时间；随后挂机",
        frozenset({"hours_spoken"}),
    ),
    "leave_message": Occasion("留言之前，提示音之前"),
    "message_left": Occasion("留言之后，挂机之前"),
    "will_contact": Occasion("本人接不了时，说明原因之后，承诺会后联系；之后按期限提醒和催办"),
    "ring_back_official": Occasion(
        "为兑现“会后联系您”，先拨通负责人时；{whose} 是公开电话的职务", frozenset({"whose"})
    ),
    "ring_back_dialling": Occasion("负责人按 1 之后，正在拨打来电人"),
    "ring_back_caller": Occasion("拨通来电人时；{whose} 是公开电话的职务", frozenset({"whose"})),
    "ring_back_unreached": Occasion("来电人没有接听，告知负责人"),
    "callback_announce": Occasion(
        "我们回拨，对方接起电话时：1 接通，2 取消；{title} 是热线全称", frozenset({"title"})
    ),
    "callback_sorry": Occasion("回拨接起之后，话务员却掉线了：稍后再拨；随后挂机"),
    "callback_broken_off": Occasion("回拨的通话中断（话务员掉线，或转接的一方先挂机）：请挂机等候再次回电"),
    "callback_withdrawn": Occasion("回拨接起之后，对方按 2 取消；随后挂机"),
    "callback_not_reached": Occasion(
        "话务员听到的：回拨没有接通；{reason_spoken} 是原因，如 无人接听", frozenset({"reason_spoken"})
    ),
    "dial_in": Occasion("登记电话接通后：请输入公布号码后四位和六位登记码，按井号键结束"),
    "dial_in_wrong": Occasion("登记码不对，请重新输入之前"),
    "dial_in_locked": Occasion("输错次数过多，不能再试；随后挂机"),
    "dial_in_choose": Occasion(
        "登记码正确之后：1 开会，2 外出，3 休息，0 恢复；{whose} 是职务，{state_spoken} 是现在的状态",
        frozenset({"whose", "state_spoken"}),
    ),
    "dial_in_hours": Occasion("选了去向之后，请输入小时数，按井号键结束"),
    "dial_in_confirm": Occasion(
        "复述登记：1 确认，星号键重来；{whose} 是职务，{away} 是去向，{until_spoken} 是到几点",
        frozenset({"whose", "away", "until_spoken"}),
    ),
    "dial_in_confirm_back": Occasion(
        "复述恢复接听：1 确认，星号键重来；{whose} 是职务", frozenset({"whose"})
    ),
    "dial_in_done": Occasion("登记成功；随后挂机"),
    "apology": Occasion("系统出错，正在重试"),
    "unreachable": Occasion("重试之后仍无法接通"),
}


class Prompt(Page):
    """One sentence, or the recording that is played in its place."""

    key: str
    language: str
    text: Text
    audio: SoundFile | None = None

    @model_validator(mode="after")
    def _can_be_spoken(self) -> Self:
        if self.key not in OCCASIONS:
            raise ValueError(f"没有“{self.key}”这一句：请检查拼写，可用 {'、'.join(OCCASIONS)}")
        if UNSPEAKABLE.search(self.text):
            raise ValueError("含有看不见的控制字符，运营商会拒绝整段回答：请删掉这一句，手工重新输入")
        unknown = self.variables - OCCASIONS[self.key].variables
        if unknown:
            raise ValueError(f"变量 {_braced(unknown)} 不能用在这里：{_allowed(self.key)}")
        if self.audio and self.variables:
            raise ValueError(f"录音读不出变量 {_braced(self.variables)}：请去掉变量，或去掉录音 {self.audio}")
        return self

    @property
    def variables(self) -> frozenset[str]:
        """The variables in the text. Raises ValueError on braces that do not pair or hold no plain name."""
        try:
            parts = list(Formatter().parse(self.text))
        except ValueError as unpaired:
            raise ValueError("大括号不成对：变量请写成 {名称}，大括号本身请写两遍") from unpaired
        for _, name, form, conversion in parts:
            if name is not None and (form or conversion or not name.isidentifier()):
                raise ValueError(f"大括号里的“{name}”不是变量名：{_allowed(self.key)}")
        return frozenset(name for _, name, _, _ in parts if name is not None)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence ready for the caller: the recording if there is one, else the text in this voice."""

    text: str
    language: str
    voice: str
    audio: str | None


@dataclass(frozen=True, slots=True)
class Prompts:
    """All sentences of one hotline, in the order of a call. Raises Invalid if one is missing or doubled."""

    prompts: tuple[Prompt, ...]
    voice: str
    _by_key: dict[str, Prompt] = field(init=False, repr=False, compare=False)
    _remembered: Callable[..., Spoken] = field(init=False, repr=False, compare=False)

    def __init__(self, prompts: Iterable[Prompt], voice: str) -> None:
        by_key: dict[str, Prompt] = {}
        for prompt in prompts:
            if by_key.setdefault(prompt.key, prompt) is not prompt:
                raise Invalid(f"提示语“{prompt.key}”写了两遍：请只留一句")
        missing = [key for key in OCCASIONS if key not in by_key]
        if missing:
            raise Invalid("\n".join(f"缺少提示语“{key}”（{OCCASIONS[key].when}）：请补上" for key in missing))
        object.__setattr__(self, "prompts", tuple(by_key[key] for key in OCCASIONS))
        object.__setattr__(self, "voice", voice)
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_remembered", lru_cache(REMEMBERED_SENTENCES)(self._compose))

    def say(self, key: str, **values: str | int) -> Spoken:
        """The sentence with its variables filled in. Raises Invalid unless `values` are exactly those."""
        return self._remembered(key, **values)

    def _compose(self, key: str, **values: str | int) -> Spoken:
        if key not in self._by_key:
            raise Invalid(f"没有“{key}”这一句提示语：可用 {'、'.join(OCCASIONS)}")
        prompt = self._by_key[key]
        return _filled(prompt, prompt.language, self.voice, values)


@dataclass(frozen=True, slots=True)
class Translation:
    """What callers hear who chose a language: what there is in it, in its voice, and the rest as everybody does."""

    own: dict[str, Prompt]
    code: str
    voice: str
    rest: Prompts
    _remembered: Callable[..., Spoken] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_remembered", lru_cache(REMEMBERED_SENTENCES)(self._compose))

    def say(self, key: str, **values: str | int) -> Spoken:
        """As `Prompts` has it."""
        return self._remembered(key, **values)

    def _compose(self, key: str, **values: str | int) -> Spoken:
        if key in self.own:
            return _filled(self.own[key], self.code, self.voice, values)
        return self.rest.say(key, **values)


def _filled(prompt: Prompt, language: str, voice: str, values: Mapping[str, str | int]) -> Spoken:
    if values.keys() != OCCASIONS[prompt.key].variables:
        raise Invalid(f"提示语“{prompt.key}”给的变量是 {_braced(values)}：{_allowed(prompt.key)}")
    speakable = {name: UNSPEAKABLE.sub("", str(value)) for name, value in values.items()}
    return Spoken(prompt.text.format_map(speakable), language, voice, prompt.audio)


def spell_digits(number: str) -> str:
    """Digits read one by one, as an operator's number is: "9001" is 九零零一."""
    return number.translate(str.maketrans("0123456789", "零一二三四五六七八九"))


def spell_number(number: str) -> str:
    """A whole number read one by one, with a breath after each four: 077100000002 is 零七七一，零零零零，零零零二."""
    return "，".join(spell_digits(number[at : at + 4]) for at in range(0, len(number), 4))


def _allowed(key: str) -> str:
    variables = OCCASIONS[key].variables if key in OCCASIONS else ()
    return f"“{key}”的变量是 {_braced(variables)}" if variables else f"“{key}”没有变量"


def _braced(names: Iterable[str]) -> str:
    return "、".join(f"{{{name}}}" for name in sorted(names)) or "空"
