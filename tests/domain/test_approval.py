"""A new text that the domestic gateway has not approved is refused when it is saved."""

from dataclasses import replace

import pytest

from config.settings import Settings
from ivr import changes
from ivr.errors import Invalid
from ivr.handbook import Handbook
from ivr.hotline import Hotline

SENDER = "+8677100000001"
SECRETS = {
    "aliyun_sms_access_key_secret": "demo-secret-not-a-secret",
    "aliyun_sms_report_secret": "demo-report-not-a-secret",
}
APPROVED = "${duty_office}值班电话${duty_phone}，${post}会后联系您。"


def configured(hotline: Hotline, **templates: str) -> None:
    values = {"aliyun_sms_access_key_id": "demo", "aliyun_sms_templates": templates}
    hotline.settings = Settings.model_validate({**hotline.settings.model_dump(), **values, **SECRETS})


def says(text: str, known: Handbook) -> Handbook:
    texts = known.profile.texts.model_copy(update={"sender": SENDER, "template": text})
    return replace(known, profile=known.profile.model_copy(update={"texts": texts}))


async def test_a_text_that_is_approved_is_saved_and_another_is_not(hotline: Hotline) -> None:
    before = hotline.handbook
    promised = {f"SMS_{n}": text for n, text in enumerate(promises_of(before), 1)}
    configured(hotline, SMS_9=APPROVED, **promised)
    await changes.change(hotline, "短信", None, lambda known: says(APPROVED.replace("$", ""), known))
    assert hotline.handbook.profile.texts.sender == SENDER
    with pytest.raises(Invalid, match="阿里云没有通过"):
        await changes.change(
            hotline, "短信", None, lambda known: says("{post}会后一定联系您，请放心。", known)
        )


async def test_what_was_saved_before_does_not_keep_anybody_from_saving_something_else(
    hotline: Hotline,
) -> None:
    await changes.change(hotline, "短信", None, lambda known: says("{post}会后一定联系您，请放心。", known))
    configured(hotline, SMS_9=APPROVED)
    await changes.override(hotline, "closed")
    assert hotline.handbook.override == "closed"


async def test_without_a_gateway_every_text_may_be_saved(hotline: Hotline) -> None:
    await changes.change(hotline, "短信", None, lambda known: says("{post}会后一定联系您，请放心。", known))
    assert hotline.handbook.profile.texts.sender == SENDER


def promises_of(known: Handbook) -> list[str]:
    """As they would stand in the gateway's console."""
    rules = known.profile.promises
    return [text.replace("{", "${") for text in (rules.remind_text, rules.office_text, rules.duty_text)]
