"""Texts that a domestic gateway has not approved are refused when they are saved, not when somebody waits for one."""

import re
from collections.abc import Iterator

from config.settings import Settings
from ivr.carrier.approved import LONGEST_VALUE, Approved, match, read
from ivr.errors import Invalid
from ivr.handbook import Handbook

_VARIABLE = re.compile(r"\{([^{}]*)\}")
PAGE = "/promises"
KEY = (
    "/promise/" + "0" * 75
)  # as long as the shortest that an official is sent: hotline, call, time and signature


def must_be_approved(settings: Settings, known: Handbook, altered: Handbook) -> None:
    """Of the texts that are new. Raises Invalid, naming each that no approved template says, or not at that length."""
    if not settings.aliyun_sms_access_key_id or altered.profile.texts.sender is None:
        return
    approved, before = read(settings.aliyun_sms_templates), set(_texts(known))
    if known.profile.texts.sender is None:
        before = set()
    url = settings.hotline_public_url
    new = [(place, text) for place, text in _texts(altered) if (place, text) not in before]
    wrong = {
        place: _why_not(approved, text, url + (KEY if place == "promises.remind_text" else PAGE))
        for place, text in new
    }
    lost = [f"{place}：{why}" for place, why in wrong.items() if why]
    if lost:
        raise Invalid("\n".join(lost))


def _why_not(approved: tuple[Approved, ...], text: str, link: str) -> str:
    """Why the gateway would not send it; "" if it would."""
    if "{link}" in text and len(link) > LONGEST_VALUE:
        return f"链接超过阿里云允许的 {LONGEST_VALUE} 个字。请删去 {{link}}，请收到的人登录后在“承诺”页面回拨或登记"
    found = match(approved, _filled(text, link))
    if found is None:
        return "阿里云没有通过这样的模板。请先在阿里云申请，再写进 ALIYUN_SMS_TEMPLATES"
    if found.too_long:
        return f"模板的变量填上后超过阿里云允许的 {LONGEST_VALUE} 个字。请按这里的原文在阿里云申请模板"
    return ""


def _texts(known: Handbook) -> Iterator[tuple[str, str]]:
    """Where each text stands, and what it says."""
    yield "texts.template", known.profile.texts.template
    promises = known.profile.promises
    for name in ("remind_text", "office_text", "duty_text"):
        yield f"promises.{name}", getattr(promises, name)
    for line in known.directory.lines:
        if line.text:
            yield f"{line.display_name}的短信", line.text


def _filled(text: str, link: str) -> str:
    return _VARIABLE.sub(lambda found: link if found[1] == "link" else "0", text)
