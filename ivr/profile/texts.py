"""The rules of texts: who sends them, their words, and how many a caller may get."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Number, Spells, Text

VARIABLES = ("duty_office", "duty_phone", "post")
LONGEST = 500  # what networks in China take, filled in; https://www.twilio.com/docs/sms
LONGEST_VALUE = 35  # of a variable, as domestic gateways allow
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def a_template(text: str, variables: tuple[str, ...] = VARIABLES) -> str:
    """A text that gateways approve. Raises ValueError, saying what they refuse and how to write it."""
    names = _VARIABLE.findall(text)
    strangers = [name for name in names if name not in variables]
    rest = _VARIABLE.sub("", text)
    if strangers or "{" in rest or "}" in rest:
        raise ValueError(f"变量只能是 {'、'.join(f'{{{name}}}' for name in variables)}：请改正大括号里的名称")
    if len(set(names)) < len(names):
        raise ValueError("同一个变量只能出现一次，短信网关不会通过：请改写其中一处")
    if "}{" in text:
        raise ValueError("两个变量紧挨着，短信网关不会通过：请在中间加上文字")
    if "【" in text or "】" in text:
        raise ValueError("签名【】由系统加在最前：请删去正文里的【】")
    if re.search(r"https?:|www\.|\.(com|cn|net)\b", text):
        raise ValueError("短信网关不通过带网址的模板：请删去网址")
    if len(rest) < 4:
        raise ValueError("除变量外至少要有四个字：请写完整")
    if len(rest) + LONGEST_VALUE * len(names) > LONGEST:
        raise ValueError(f"填上变量后会超过 {LONGEST} 个字：请缩短")
    return text


Template = Annotated[Text, AfterValidator(a_template)]


def fill(template: str, values: dict[str, str]) -> str:
    """The template with its variables filled in, each cut to what gateways allow."""
    return _VARIABLE.sub(lambda found: values[found[1]][:LONGEST_VALUE], template)


class TextRules(Page):
    """What is sent to callers whom an official did not answer."""

    sender: Number | None = Field(
        default=None,
        description="发短信的号码（国际格式），在运营商账户里；"
        "经国内短信网关发送时填任一公布号码；不填则不发短信，改为口头告知",
    )
    signature: Text = Field(default="领导公开电话", description="短信签名，显示在正文前的【】里")
    template: Template = Field(
        default="您拨打的{post}电话暂时无法接听，会后联系您，如有急事，请拨打{duty_office}值班电话{duty_phone}。",
        description="本人未接时发的短信；号码簿的“短信”一列可另写本人的；变量 {post} 职务 {duty_office} {duty_phone}",
    )
    quiet: Spells = Field(default=(), description='不发短信的时段，改为口头告知，如 [["00:00", "06:00"]]')
    a_number: int = Field(default=4, ge=0, le=20, description="同一号码 24 小时内最多收几条（条）")
    alike: int = Field(default=2, ge=0, le=20, description="同一号码 24 小时内最多收几条内容相同的（条）")
    a_day: int = Field(default=5000, ge=0, le=1_000_000, description="全热线每天最多发几条（条）")
    failures_before_alarm: int = Field(
        default=5, ge=0, le=1000, description="连续几条没有送达就告警，再有一条送达后解除；0 表示不告警（条）"
    )

    @model_validator(mode="after")
    def _networks_take_it(self) -> Self:
        if self.alike > self.a_number:
            raise ValueError("alike 不应大于 a_number：相同的短信也算在总数里")
        return self
