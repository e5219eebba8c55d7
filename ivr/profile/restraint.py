"""How far a caller may go: rung often, they are asked, then slowed down, and never shut out without a word."""

from typing import Annotated

from pydantic import AfterValidator, Field

from ivr.page import Page
from ivr.profile.fields import diallable, no_repeats


class Restraint(Page):
    """Limits of one caller. Whoever withholds their number is nobody in particular, and has none."""

    calls_allowed: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="同一号码在时段内最多来电几次，多一次先提醒，再多排在别人之后；0 表示不限（次）",
    )
    calls_window_seconds: int = Field(default=600, ge=60, le=86400, description="上一项所说的时段（秒）")
    slow_seconds: int = Field(
        default=300, ge=0, le=3600, description="来电过多的人比先来后到再晚多久，仍会接听（秒）"
    )
    never_limited: Annotated[
        tuple[Annotated[str, AfterValidator(diallable)], ...], AfterValidator(no_repeats)
    ] = Field(
        default=("110", "119", "120", "122"),
        description="从不限制的来电号码（国际格式或短号），如紧急电话、总机",
    )
    longest_block_hours: int = Field(
        default=72, ge=1, le=720, description="班长限制一个号码来电，一次最长多久（小时）"
    )
