"""What an operator may do at the desk, and how long they may be away from it."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Text, no_repeats


class DeskRules(Page):
    """Rights and limits of a desk."""

    everybody_picks: bool = Field(
        default=False,
        description="true 让每位话务员都可以从等候列表手工接起来电；false 只有班长和有下一项所写技能的可以",
    )
    pick_skill: Text = Field(default="选接", description="可以手工接起来电的话务员所需的技能")
    longest_breaks: Annotated[tuple[Text, ...], AfterValidator(no_repeats)] = Field(
        default=(), description='各种小休最长多少分钟，超过后提醒班长，如 ["用餐 60"]；没写的不限'
    )

    phone_shift_hours: int = Field(
        default=10, ge=1, le=24, description="用话机签入的最长多少小时，到时自动签出，正在通话的等通话结束"
    )

    @model_validator(mode="after")
    def _names_minutes(self) -> Self:
        for limit in self.longest_breaks:
            reason, _, minutes = limit.rpartition(" ")
            if not reason or not minutes.isdecimal() or not 1 <= int(minutes) <= 24 * 60:
                raise ValueError(f"“{limit}”不是时限：请写成 用餐 60，即原因、空格、1 到 1440 分钟")
        return self

    def longest_break_seconds(self) -> dict[str, int]:
        """Reason of a break -> how long it may last. What has no limit is not in it."""
        limits = (limit.rpartition(" ") for limit in self.longest_breaks)
        return {reason: int(minutes) * 60 for reason, _, minutes in limits}
