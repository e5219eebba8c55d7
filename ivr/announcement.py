"""What every caller is told before anything else, while it is on: a typhoon, a power cut, a changed number."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from ivr.page import Page
from ivr.profile.fields import Text
from ivr.prompts import UNSPEAKABLE


def _speakable(text: str) -> str:
    if UNSPEAKABLE.search(text):
        raise ValueError("含有看不见的控制字符，运营商会拒绝整段回答：请删掉，手工重新输入")
    return text


class Announcement(Page):
    """The words, and until when they are said; without an end, until an admin takes them back."""

    text: Annotated[Text, AfterValidator(_speakable), Field(max_length=300)] = Field(
        description="紧急播报，在问候语之前说"
    )
    until: AwareDatetime | None = Field(default=None, description="播报到什么时候（含时区）；不写则直到撤下")

    @model_validator(mode="after")
    def _ends_with_a_stop(self) -> Self:
        if self.text[-1] not in "。！？!?.":
            raise ValueError("结尾没有句号：播报会与问候语连成一句，请补上")
        return self

    def is_on(self, now: datetime) -> bool:
        return self.until is None or now < self.until
