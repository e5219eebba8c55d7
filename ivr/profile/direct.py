"""How the phones of officials are rung: through which trunk, for how long, and when not."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Number, Spells


class DirectRules(Page):
    """What holds for every post that answers in person, unless its row in the directory says otherwise."""

    ring_seconds: int = Field(default=25, ge=5, le=120, description="每个电话响铃多久算无人接听（秒）")
    quiet: Spells = Field(default=(), description='免打扰时段，不打本人电话，如 [["00:00", "06:00"]]')
    trunk: Literal["number", "byoc", "sip"] = Field(
        default="number",
        description="怎样打到本人电话：number 由运营商直拨；byoc 经自带中继；sip 经本市的 SIP 中继",
    )
    byoc: str = Field(
        default="", pattern=r"^(BY[0-9a-f]{32})?$", description="自带中继的编号；经自带中继拨打时填写"
    )
    sip_domain: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.-]*(:\d+)?$",
        description="SIP 中继的域名；经本市的 SIP 中继拨打时填写，如 trunk.example.gov.cn",
    )
    shown_number: Number | None = Field(
        default=None, description="本人手机上显示的来电号码（国际格式）；不填则显示来电人拨打的号码"
    )
    failures_before_alarm: int = Field(
        default=3, ge=1, le=20, description="本人电话连续几次打不通（空号、线路故障）就报警（次）"
    )

    @model_validator(mode="after")
    def _has_its_trunk(self) -> Self:
        if self.trunk == "byoc" and not self.byoc:
            raise ValueError("trunk 为 byoc 时要有 byoc 编号：请填上 BY 开头的编号")
        if self.trunk == "sip" and not self.sip_domain:
            raise ValueError("trunk 为 sip 时要有 sip_domain：请填上本市中继的域名")
        return self
