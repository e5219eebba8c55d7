"""A hotline's own facts: its name, its hours, the rules of its queue (`hotline.toml`).

Nothing here is secret and nothing differs between installations of the same hotline: keys and addresses are
settings of the environment. Opening hours say *when on a workday and when on a day of rest*; which day is
which is the calendar's business (`hours.py`).
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page
from ivr.profile.callbacks import CallbackRules
from ivr.profile.desk import DeskRules
from ivr.profile.dial_in import DialIn
from ivr.profile.direct import DirectRules
from ivr.profile.fields import (
    Number,
    QueueName,
    SoundFile,
    Source,
    Spells,
    Text,
    a_timezone,
    diallable,
    no_repeats,
)
from ivr.profile.hooks import HookRules
from ivr.profile.languages import Language
from ivr.profile.patience import Patience
from ivr.profile.probes import Probes
from ivr.profile.promises import Promises
from ivr.profile.queue import MAIN, CallerClass, Queue, QueueRules
from ivr.profile.restraint import Restraint
from ivr.profile.supervision import Alarms, Supervision
from ivr.profile.talk import TalkRules
from ivr.profile.texts import TextRules


class OpeningHours(Page):
    """When people answer. A spell runs from its first minute up to, not including, its last."""

    workdays: Spells = Field(description='工作日的人工服务时段，如 [["08:00", "22:00"]]；到结束时刻即关闭')
    restdays: Spells = Field(description="休息日和节假日的人工服务时段；空列表表示不开")

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.workdays and not self.restdays:
            raise ValueError("工作日和休息日都没有服务时段，热线永远不会开：请至少填一段")
        return self


class Profile(Page):
    """One hotline's facts. The descriptions are also the comments of `hotline.toml`."""

    title: Text = Field(description="热线全称，显示在页面和报告上")
    city: Text = Field(description="城市简称，如 南宁")
    timezone: Annotated[str, AfterValidator(a_timezone)] = Field(description="时区，服务时间和报告按它计算")
    language: str = Field(
        pattern=r"^[a-z]{2,3}-[A-Z]{2}$", description="播报语言；提示语在 prompts/语言.toml，普通话为 cmn-CN"
    )
    voice: Text = Field(description="运营商合成语音的名称")
    default_line: Number | None = Field(
        default=None,
        description="被叫号码不在号码簿时，算作拨打了哪个公布号码（国际格式）；不填则告知来电人号码有误",
    )
    emergency_number: Annotated[str, AfterValidator(diallable)] | None = Field(
        default=None, description="系统全部失灵时转到的号码（国际格式或短号）；不填则告知来电人稍后再拨"
    )
    dialled_from: Annotated[tuple[Source, ...], Field(min_length=1), AfterValidator(no_repeats)] = Field(
        description="从哪里读取来电人拨打的公布号码，按先后次序尝试：To、ForwardedFrom、SipUser、SipHeader:X-名称"
    )
    break_reasons: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(no_repeats)] = Field(
        description="话务员小休时可选的原因"
    )
    music: SoundFile = Field(description="等待音乐的文件名")
    hours: OpeningHours = Field(description="人工服务时间")
    queue: QueueRules = Field(description="排队与派话规则")
    callbacks: CallbackRules = Field(default=CallbackRules(), description="回电、留言与漏接")
    direct: DirectRules = Field(default=DirectRules(), description="本人接听：打到负责人自己的电话上")
    dial_in: DialIn = Field(default=DialIn(), description="登记电话：本人拨打，切换开会、外出、休息")
    texts: TextRules = Field(default=TextRules(), description="短信：本人未接时发给来电人")
    patience: Patience = Field(default=Patience(), description="对排队来电人的安抚与照顾")
    restraint: Restraint = Field(default=Restraint(), description="对频繁来电、骚扰来电的克制")
    desk: DeskRules = Field(default=DeskRules(), description="坐席的权限与时限")
    talk: TalkRules = Field(default=TalkRules(), description="通话中的规则：保持、咨询与转接、通讯录")
    promises: Promises = Field(default=Promises(), description="“会后联系您”：承诺的期限、提醒和升级")
    probes: Probes = Field(default=Probes(), description="拨测：像市民一样拨打每个公布号码")
    alarms: Alarms = Field(default=Alarms(), description="看板告警；明显好转后才自动解除")
    hooks: HookRules = Field(default=HookRules(), description="推送：把发生的事告诉其他系统")
    supervision: Supervision = Field(default=Supervision(), description="班长与话务员")
    queues: dict[QueueName, Queue] = Field(
        default={MAIN: Queue(title="综合")},
        min_length=1,
        description="各个队列；号码簿的“队列”一列写它的代号",
    )
    languages: dict[QueueName, Language] = Field(
        default={}, description="来电人可以按键选择的语言，选过的记住一年；空表示不问"
    )
    classes: dict[QueueName, CallerClass] = Field(
        default={}, description="来电人的类别；谁属于哪一类由管理员另行登记，不写在这里"
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

    @model_validator(mode="after")
    def _limits_known_breaks(self) -> Self:
        strangers = self.desk.longest_break_seconds().keys() - set(self.break_reasons)
        if strangers:
            raise ValueError(
                f"desk.longest_breaks 写了 break_reasons 中没有的原因 {'、'.join(sorted(strangers))}：请改正或补上"
            )
        return self

    @model_validator(mode="after")
    def _classes_know_their_queues(self) -> Self:
        for name, one in self.classes.items():
            if one.queue and one.queue not in self.queues:
                raise ValueError(f"类别 {name} 的队列 {one.queue} 不存在：请改正，或在 [queues] 中补上")
        return self

    @model_validator(mode="after")
    def _languages_have_keys_and_queues_of_their_own(self) -> Self:
        keys = [one.key for one in self.languages.values()]
        if len(keys) != len(set(keys)):
            raise ValueError("两种语言用了同一个键：请各用一个")
        for name, one in self.languages.items():
            if one.queue and one.queue not in self.queues:
                raise ValueError(f"语言 {name} 的队列 {one.queue} 不存在：请改正，或在 [queues] 中补上")
        return self

    def class_title(self, name: str) -> str:
        """What a class of callers is called; "" for none, and for one that is no more."""
        return self.classes[name].title if name in self.classes else ""

    def language_title(self, name: str) -> str:
        """What a language is called; "" for none."""
        return self.languages[name].title if name in self.languages else ""

    def queues_of(self, skills: dict[str, int]) -> str:
        """The queues that somebody with these skills serves, as the queue library reads them: `main tax=3`."""
        served = []
        for name, queue in self.queues.items():
            if all(skill in skills for skill in queue.skills):
                level = min((skills[skill] for skill in queue.skills), default=0)
                served.append(f"{name}={level}" if level else name)
        return " ".join(served)
