"""The rules of webhooks out (推送): how long somebody's system is tried again, and how much waits for it."""

from typing import Annotated

from pydantic import Field

from ivr.page import Page

Minutes = Annotated[int, Field(ge=1, le=1440)]
DAY_MS = 24 * 3600 * 1000


class HookRules(Page):
    """Other systems are told what happens. One that does not answer is tried again, each time later."""

    retry_minutes: Annotated[tuple[Minutes, ...], Field(min_length=1, max_length=10)] = Field(
        default=(1, 5, 30, 120, 360),
        description="送不到时隔多久再试，逐次写出；最后一次仍送不到即暂停这个推送并告警（分钟）",
    )
    waiting_at_most: int = Field(
        default=5000, ge=100, le=20000, description="每个推送最多积压多少条，再多的不再收下（条）"
    )
    keep_days: int = Field(default=7, ge=1, le=90, description="送达或失败的推送保留多久可查（天）")

    @property
    def waits(self) -> tuple[int, ...]:
        """The seconds before each further try."""
        return tuple(60 * minutes for minutes in self.retry_minutes)

    @property
    def keep_ms(self) -> int:
        return self.keep_days * DAY_MS
