"""The rules of the queue, and the lines that callers stand in."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page
from ivr.profile.fields import QueueName, Text, no_repeats

MAIN = "main"  # the queue of every number that names none


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
    skills: Annotated[tuple[Text, ...], AfterValidator(no_repeats)] = Field(
        default=(), description="接听所需技能，如 粤语、税务；空列表表示人人可接"
    )
    overflow_after_seconds: int = Field(
        default=0, ge=0, le=3600, description="排队多久后同时进入下一项所写的队列；0 表示不溢出（秒）"
    )
    overflow_to: Annotated[tuple[Text, ...], AfterValidator(no_repeats)] = Field(
        default=(), description="溢出到哪些队列"
    )
    pass_on_after_seconds: int = Field(
        default=0, ge=0, le=3600, description="排队多久后转到另一条热线继续等候；0 表示不转（秒）"
    )
    pass_on_to: str = Field(
        default="",
        pattern=r"^([a-z][a-z0-9]* \+[1-9]\d{6,14})?$",
        description="转到哪条热线的哪个公布号码，如 bozhou +86558…；转来的不再转走",
    )
    share: int = Field(
        default=0, ge=0, le=100, description="各队列分得的接听份额之比；0 表示不分份额，先到先接"
    )


class CallerClass(Page):
    """Callers whom an admin has put on a list, such as firms or the elderly."""

    title: Text = Field(description="类别名称，显示在坐席页面上，如 企业、老年人")
    priority: int = Field(default=0, ge=-9, le=9, description="在号码的优先级上加多少，可以是负数")
    queue: QueueName | Literal[""] = Field(default="", description="这类来电人进入的队列；空表示按号码的队列")
