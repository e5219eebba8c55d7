"""The rules of the dial test (拨测): from which number, when, and how long."""

from typing import Annotated

from pydantic import AfterValidator, Field

from ivr.page import Page
from ivr.profile.fields import Number, clock_time, no_repeats

Times = Annotated[tuple[Annotated[str, AfterValidator(clock_time)], ...], AfterValidator(no_repeats)]


class Probes(Page):
    """Every published number is called now and then as a citizen would call it, and what was heard is kept."""

    number: Number | None = Field(
        default=None,
        description="拨测时显示的主叫号码（国际格式）：须是运营商账户可用、不对外公布的号码；不填则不能拨测",
    )
    times: Times = Field(
        default=(),
        description='每天几点自动拨测全部号码，服务时间内外各安排一次为宜，如 ["09:30", "22:30"]；空列表表示不自动拨测',
    )
    ring_seconds: int = Field(default=30, ge=5, le=60, description="拨测振铃多久算无人接听（秒）")
    listen_seconds: int = Field(default=12, ge=5, le=60, description="接通后多久听不到一句话算接通无声（秒）")
