"""The rules of calling back: where it is offered, how often and when it is tried, and the list of missed callers."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ivr.page import Page
from ivr.profile.fields import no_repeats

Place = Literal["queue", "closed", "full", "unstaffed", "waited_too_long"]


class CallbackRules(Page):
    """Call-backs, messages and missed callers."""

    offered: Annotated[tuple[Place, ...], AfterValidator(no_repeats)] = Field(
        default=(),
        description="何时可预约回电：queue 排队中按星号键，closed 非服务时间，full 线路已满，"
        "unstaffed 无人在岗，waited_too_long 等待超时；空列表表示不提供",
    )
    area_code: str = Field(
        default="",
        pattern=r"^([1-9]\d{1,2})?$",
        description="来电人输入本地固定电话而没有加区号时，补上的区号（不带 0）",
    )
    press_key: bool = Field(
        default=True, description="回拨接通后，true 请对方按 1 才接入（语音信箱不算接通），false 直接接入"
    )
    tries: int = Field(default=3, ge=1, le=10, description="最多回拨多少次，仍未接通则记为无法接通（次）")
    minutes: int = Field(default=15, ge=1, le=1440, description="未接通后多久再拨（分钟）")
    ring_seconds: int = Field(default=30, ge=10, le=60, description="每次振铃多久（秒）")
    days: int = Field(default=3, ge=1, le=30, description="预约的回电最多保留多久（天）")
    withdraw_when_answered: bool = Field(
        default=True, description="来电人再次来电并已接通时，true 撤销其预约的回电"
    )
    missed_days: int = Field(default=7, ge=1, le=90, description="漏接名单最多保留多久（天）")
    claim_minutes: int = Field(default=30, ge=1, le=480, description="认领的留言多久未处理就放回（分钟）")

    def for_the_queue(self) -> dict[str, int]:
        """Those that Lua needs, by the names it knows them by."""
        return {
            "callback_tries": self.tries,
            "callback_minutes": self.minutes,
            "callback_days": self.days,
            "callback_ring_seconds": self.ring_seconds,
            "callback_withdraw_when_answered": int(self.withdraw_when_answered),
            "missed_days": self.missed_days,
            "claim_minutes": self.claim_minutes,
        }
