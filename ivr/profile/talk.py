"""The rules of a talk: holding, bringing somebody in, recording; and the telephones that can be brought in."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ivr.page import Page
from ivr.profile.fields import Text, diallable, one_line

_SIP = re.compile(r"sips?:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


def a_telephone(address: str) -> str:
    """A number that can be dialled, or a SIP address. Raises ValueError in the words of whoever typed it."""
    if address.startswith("sip"):
        if not _SIP.fullmatch(address):
            raise ValueError(f"“{address}”不是 SIP 地址：请写成 sip:名称@域名")
        return address
    return diallable(address.replace(" ", ""))


Telephone = Annotated[str, AfterValidator(a_telephone)]
Department = tuple[Text, Telephone, Annotated[str, AfterValidator(one_line)]]
Emergency = tuple[Text, Telephone]


class TalkRules(Page):
    """What may happen once caller and operator talk."""

    hold_remind_seconds: int = Field(
        default=60, ge=10, le=600, description="来电人保持多久后提醒话务员，之后每隔这么久再提醒（秒）"
    )
    guest_ring_seconds: int = Field(
        default=30, ge=5, le=120, description="咨询、转接、三方时，对方振铃多久算无人接听（秒）"
    )
    record_talks: bool = Field(default=False, description="通话是否录音；true 时在问候之后先告知来电人")
    record_pause_seconds: int = Field(
        default=60,
        ge=10,
        le=600,
        description="暂停录音多久后自动恢复；涉及证件号等敏感信息时由话务员暂停（秒）",
    )
    dial_prefixes: tuple[Text, ...] = Field(
        default=("+86",), description="通讯录以外，话务员可以手工拨打的号码开头；空列表表示不许手工拨号"
    )
    emergency: tuple[Emergency, ...] = Field(
        default=(), description='一键转接的紧急服务，如 [["110 报警", "110"]]：名称、拨打的号码'
    )
    departments: tuple[Department, ...] = Field(
        default=(),
        description="通讯录：可咨询、转接的部门，各为名称、电话或 SIP 地址、说明（如值班时间，可空）",
    )
