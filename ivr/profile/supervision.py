"""The rules of supervision: what operators are told, and what raises an alarm."""

from pydantic import Field

from ivr.page import Page


class Supervision(Page):
    """How supervisors and operators deal with each other."""

    notice_seconds: int = Field(
        default=600, ge=10, le=3600, description="班长的消息在坐席页面上最多显示多久（秒）"
    )
    operators_see_listening: bool = Field(
        default=True, description="true 话务员看得到谁在监听自己的通话；false 看不到，但通话记录里始终有"
    )


class Alarms(Page):
    """When a wallboard raises an alarm. An alarm ends only when things are clearly better again."""

    longest_wait_seconds: int = Field(
        default=60, ge=0, le=7200, description="有人排队超过多久告警；0 表示不告警（秒）"
    )
    answered_well_percent: int = Field(
        default=80, ge=0, le=100, description="最近半小时 15 秒接通率低于多少告警；0 表示不告警（%）"
    )
    answered_well_calls: int = Field(
        default=10, ge=1, le=1000, description="最近半小时至少有多少来电才看 15 秒接通率（个）"
    )
    unstaffed: bool = Field(default=True, description="服务时间内有人排队而无人在岗时告警")
    rona: bool = Field(default=True, description="话务员因连续未接被置为示忙时告警")
    breaks: bool = Field(default=True, description="小休超过规定时长时告警")
    carrier_failures: int = Field(
        default=5, ge=0, le=1000, description="五分钟内运营商拒绝或没有应答多少次告警；0 表示不告警（次）"
    )
    store_failures: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="五分钟内数据库中断或应答缓慢多少次告警；0 表示不告警（次）",
    )
    calendar: bool = Field(default=True, description="放假安排缺失时告警")
    probes: bool = Field(default=True, description="公布的号码拨测不通过时告警，再次拨测通过后解除")
    phones: bool = Field(default=True, description="本人电话连续打不通时告警，再次打通后解除")
    codes: bool = Field(default=True, description="有人反复试登记码、登记码被锁定时告警")
    promises: bool = Field(default=True, description="承诺联系来电人而逾期未联系时告警，联系后解除")
    hooks: bool = Field(default=True, description="推送一直送不到而暂停时告警，恢复推送后解除")
