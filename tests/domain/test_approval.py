"""A new text that the domestic gateway has not approved is refused when it is saved."""

from dataclasses import replace

import pytest

from config.settings import Settings
from ivr import approval, changes, promise_links
from ivr.approval import must_be_approved
from ivr.errors import Invalid
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from tests.acd.people import sid_of

SID = sid_of(1)
SENDER = "+8677100000001"
SECRETS = {
    "aliyun_sms_access_key_secret": "demo-secret-not-a-secret",
    "aliyun_sms_report_secret": "demo-report-not-a-secret",
}
REMINDERS = ("remind_text", "office_text", "duty_text")
APPROVED = "${duty_office}值班电话${duty_phone}，${post}会后联系您。"


def configured(hotline: Hotline, **templates: str) -> None:
    values = {"aliyun_sms_access_key_id": "demo", "aliyun_sms_templates": templates}
    hotline.settings = Settings.model_validate({**hotline.settings.model_dump(), **values, **SECRETS})


def says(text: str, known: Handbook) -> Handbook:
    texts = known.profile.texts.model_copy(update={"sender": SENDER, "template": text})
    promises = known.profile.promises.model_copy(update=without_link(known))
    return replace(known, profile=known.profile.model_copy(update={"texts": texts, "promises": promises}))


def without_link(known: Handbook) -> dict[str, str]:
    """The reminders as a gateway takes them."""
    texts = known.profile.promises.model_dump(include=set(REMINDERS))
    return {name: text.replace("：{link}", "，见“承诺”页面。") for name, text in texts.items()}


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


async def test_a_reminder_whose_link_is_longer_than_the_gateway_takes_is_refused_when_it_is_saved(
    hotline: Hotline,
) -> None:
    linked = "有来电人在等您回电，请打开{link}登记。"
    configured(hotline, SMS_8="有来电人在等您回电，请打开${link}登记。")
    hotline.handbook = says("{post}会后一定联系您，请放心。", hotline.handbook)
    at = {
        long: hotline.settings.model_copy(update={"hotline_public_url": f"https://{host}.example"})
        for long, host in ((True, "hotline.of-the-city"), (False, "a"))
    }
    for name, long in [*((name, True) for name in REMINDERS), ("remind_text", False)]:
        with pytest.raises(Invalid, match=f"promises.{name}：链接超过.*请删去 {{link}}"):
            must_be_approved(at[long], hotline.handbook, reminds(hotline.handbook, name, linked))
    must_be_approved(at[False], hotline.handbook, reminds(hotline.handbook, "duty_text", linked))
    assert len(promise_links.address(hotline, SID)) >= len(hotline.settings.hotline_public_url + approval.KEY)


async def test_a_template_that_takes_whole_sentences_for_one_value_is_refused_when_it_is_saved(
    hotline: Hotline,
) -> None:
    configured(hotline, SMS_8="请注意：${all}")
    with pytest.raises(Invalid, match="填上后超过"):
        must_be_approved(hotline.settings, hotline.handbook, says("请注意：" + "长" * 36, hotline.handbook))


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
    return [text.replace("{", "${") for text in without_link(known).values()]


def reminds(known: Handbook, name: str, text: str) -> Handbook:
    promises = known.profile.promises.model_copy(update={name: text})
    return replace(known, profile=known.profile.model_copy(update={"promises": promises}))
