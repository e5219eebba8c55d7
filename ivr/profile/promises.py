"""The rules of a promise (会后联系您): within how much working time it is to be kept, and who is told if it is not."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Spells, Text
from ivr.profile.texts import a_template

VARIABLES = ("post", "tail", "due", "link")


def a_reminder(text: str) -> str:
    """A text that may lead to the promise: without {link} it is kept on the page. Raises ValueError."""
    return a_template(text, VARIABLES)


Reminder = Annotated[Text, AfterValidator(a_reminder)]


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
        default=120, ge=1, le=6000, description="交值班室后，多少工作分钟仍未联系转为工单（分钟）"
    )
    case_minutes: int = Field(
        default=420,
        ge=1,
        le=6000,
        description="转为工单或退回后，应在多少工作分钟内反馈；反馈后在同样期限内办结（分钟）",
    )
    talk_seconds: int = Field(default=20, ge=1, le=600, description="回拨接通多久才算已经联系（秒）")
    link_days: int = Field(default=7, ge=1, le=60, description="提醒中的回拨链接几天内有效（天）")

    remind_text: Reminder = Field(
        default="有一位来电人（尾号{tail}）在等您回电，请于{due}前联系。点此回拨或登记：{link}",
        description="到期前发给本人的短信；变量 {post} 职务 {tail} 来电人尾号 {due} 期限 {link} 链接",
    )
    office_text: Reminder = Field(
        default="{post}承诺联系的来电人（尾号{tail}）到{due}仍未联系，请办公室催办，登录：{link}",
        description="逾期后发给第二电话（办公室）的短信；变量同上，{link} 须登录",
    )
    duty_text: Reminder = Field(
        default="{post}承诺联系的来电人（尾号{tail}）到{due}仍未联系，请值班室办理，登录：{link}",
        description="再逾期后发给值班电话的短信；变量同上，{link} 须登录",
    )

    @model_validator(mode="after")
    def _reminds_in_time(self) -> Self:
        if self.remind_minutes >= self.keep_minutes:
            raise ValueError("remind_minutes 应小于 keep_minutes，否则一承诺就提醒")
        return self
