"""The rules of a promise (会后联系您): within how much working time it is to be kept, and who is told if it is not."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Spells


class Promises(Page):
    """What becomes of “会后联系您”. All times are working time of the calendar's workdays."""

    working: Annotated[Spells, Field(min_length=1)] = Field(
        default=(("09:00", "12:00"), ("13:00", "17:00")), description="工作日的工作时段，期限只算这些时段"
    )
    keep_minutes: int = Field(
        default=240, ge=10, le=6000, description="承诺联系后，应在多少工作分钟内联系来电人（分钟）"
    )
    remind_minutes: int = Field(
        default=60, ge=0, le=6000, description="到期前多少工作分钟提醒本人；0 表示到期才提醒（分钟）"
    )
    office_minutes: int = Field(
        default=120, ge=1, le=6000, description="逾期后交其办公室，多少工作分钟仍未联系再交值班室（分钟）"
    )
    duty_minutes: int = Field(
        default=120, ge=1, le=6000, description="交值班室后，多少工作分钟仍未联系列为待办事项（分钟）"
    )
    talk_seconds: int = Field(default=20, ge=1, le=600, description="回拨接通多久才算已经联系（秒）")
    link_days: int = Field(default=7, ge=1, le=60, description="提醒中的回拨链接几天内有效（天）")

    @model_validator(mode="after")
    def _reminds_in_time(self) -> Self:
        if self.remind_minutes >= self.keep_minutes:
            raise ValueError("remind_minutes 应小于 keep_minutes，否则一承诺就提醒")
        return self
