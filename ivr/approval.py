"""Texts that a domestic gateway has not approved are refused when they are saved, not when somebody waits for one."""

import re
from collections.abc import Iterator

from config.settings import Settings
from ivr.carrier.approved import match, read
from ivr.errors import Invalid
from ivr.handbook import Handbook

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def must_be_approved(settings: Settings, known: Handbook, altered: Handbook) -> None:
    """Of the texts that are new. Raises Invalid, naming each that no approved template says."""
    if not settings.aliyun_sms_access_key_id or altered.profile.texts.sender is None:
        return
    approved, before = read(settings.aliyun_sms_templates), set(_texts(known))
    if known.profile.texts.sender is None:
        before = set()
    link = f"{settings.hotline_public_url}/promise/0"
    lost = [
        f"{place}：阿里云没有通过这样的模板。请先在阿里云申请，再写进 ALIYUN_SMS_TEMPLATES"
        for place, text in _texts(altered)
        if (place, text) not in before and match(approved, _filled(text, link)) is None
    ]
    if lost:
        raise Invalid("\n".join(lost))


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
