"""Languages that callers may choose by one key, where a hotline has operators who speak them."""

from typing import Literal

from pydantic import Field

from ivr.page import Page
from ivr.profile.fields import QueueName, Text


class Language(Page):
    """One language: the key, the sentence that offers it, and the queue whose operators speak it."""

    title: Text = Field(description="语言名称，显示在坐席页面上，如 粤语、壮语、平话")
    key: str = Field(pattern=r"^[1-9]$", description="来电人按哪个键选择")
    offer: Text = Field(description="用这种语言说的一句，如 粤语服务请按 2；接在问候语之后")
    code: str = Field(pattern=r"^[a-z]{2,3}-[A-Z]{2}$", description="这一句的播报语言，如 zh-HK")
    voice: Text = Field(description="这一句用的合成语音")
    queue: QueueName | Literal[""] = Field(default="", description="选择之后进入的队列；空表示按号码的队列")
