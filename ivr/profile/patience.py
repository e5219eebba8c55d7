"""What is done for those who wait, and when it is kinder not to let them wait."""

from pydantic import Field

from ivr.page import Page


class Patience(Page):
    """Seconds and limits of waiting."""

    first_comfort_seconds: int = Field(
        default=20, ge=0, le=600, description="排队多久后说第一句安抚语；0 表示不说（秒）"
    )
    comfort_gap_seconds: int = Field(
        default=40, ge=10, le=600, description="两句安抚语之间至少隔多久；几句轮流说，不连说同一句（秒）"
    )
    max_waiting_per_operator: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="平均每位在岗话务员最多多少人排队，再来电告知线路已满；0 表示不按此限制（人）",
    )
    leave_unstaffed: bool = Field(
        default=False, description="最后一位话务员签出后，true 让还在排队的来电人改为留言，false 让他们继续等"
    )
    unstaffed_grace_seconds: int = Field(
        default=60, ge=0, le=3600, description="无人在岗多久后才告知还在排队的来电人（秒）"
    )
    again_seconds: int = Field(
        default=0, ge=0, le=7 * 86400, description="多久内再次来电时先说“欢迎再次来电”；0 表示不说（秒）"
    )
