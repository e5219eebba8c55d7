"""紧急播报, 来电人类别, another language and 接起 in a browser: set on a page, and borne out by the next caller."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.cast import ADMIN, MAYOR, QIAN, SECRETARY, SUN, SUPERVISOR, WANG, ZHOU
from tests.console.office import PATIENCE, Office, Scheme, fits, is_accessible, press, standing
from tests.story.rules import rules

TYPHOON = "受台风影响，政务服务大厅今天下午暂停办理。"
FIRM = "+862000000019"
YUE = {"title": "粤语", "key": "2", "offer": "粤语服务请按 2。", "code": "zh-HK", "voice": "V", "queue": ""}


@pytest_asyncio.fixture
async def picking(office: Office) -> AsyncIterator[Office]:
    """Everybody at a desk may pick."""
    async with rules(office.town, "desk", everybody_picks=True):
        yield office


@pytest_asyncio.fixture
async def quiet(office: Office) -> AsyncIterator[Office]:
    """Whatever was announced is taken back."""
    yield office
    where = "/api/nanning/announcement"
    await office.town.ask("DELETE", where, token=office.town.admin_token())


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_a_supervisor_announces_is_heard_before_the_greeting_until_it_is_taken_back(
    quiet: Office, scheme: Scheme
) -> None:
    office = quiet
    page = await office.in_the_pages(SUPERVISOR, await office.seat(scheme))
    await page.goto("/wallboard")
    await page.get_by_role("link", name="紧急播报").click()
    await page.get_by_role("textbox", name="内容").fill(TYPHOON)
    await expect(page.locator("[data-part=heard]")).to_contain_text(f"来电人听到：{TYPHOON} 欢迎拨打")
    await press(page, "开始播报")
    await expect(page.locator("#said")).to_have_text("已开始播报，下一位来电人就会听到")
    await expect(page.locator("blockquote")).to_contain_text(TYPHOON)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎拨打")
    heard = [words for words in await zhou.everything_heard() if words]
    assert heard[0] == TYPHOON
    await fits(page, f"announcement, {scheme}")
    await page.goto("/calls")
    await expect(page.get_by_text(f"来电人先听到紧急播报：{TYPHOON}")).to_be_visible()
    await page.get_by_role("link", name="修改或撤下").click()

    await press(page, "撤下")
    await expect(page.locator("#said")).to_contain_text("已撤下")
    qian = await office.town.caller(QIAN).dials(MAYOR)
    await qian.hears("欢迎拨打")
    assert TYPHOON not in await qian.everything_heard()

    await press(page, f"再次播报：{TYPHOON}")
    await expect(page.locator("blockquote")).to_contain_text(TYPHOON)
    await press(page, "撤下")
    await expect(page.get_by_text("没有播报")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_admin_puts_a_caller_into_a_class_and_takes_them_out(office: Office, scheme: Scheme) -> None:
    page = await office.in_the_pages(ADMIN, await office.seat(scheme))
    await page.goto("/admin/callers")
    form = page.get_by_role("form", name="登记号码")
    await form.get_by_label("类别").select_option(label="企业")
    await form.get_by_label("依据").fill("重点企业名单")
    await form.get_by_label("号码").fill("020-00000019")
    await press(page, "登记")
    row = page.get_by_role("row", name="+86 20****0019")
    await expect(row).to_contain_text("重点企业名单")
    await fits(page, f"classes, {scheme}")

    firm = await office.town.caller(FIRM).dials(MAYOR)
    await firm.hears("waiting.wav")
    wang = await office.town.operator(WANG)
    assert (await wang.rings())["caller_class"] == "企业"
    await firm.hangs_up()

    await row.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="还没有登记号码")).to_be_visible()
    await page.goto("/audit")
    listed = page.get_by_role("region", name="审计记录")
    await expect(listed).to_contain_text("enterprise：+86 20****0019")
    await expect(listed).to_contain_text("移出：+86 20****0019")


async def test_a_sentence_is_written_in_a_language_that_callers_may_choose(office: Office) -> None:
    async with rules(office.town, "languages", yue=YUE):
        page = await office.in_the_pages(ADMIN, await office.seat())
        await page.goto("/admin/prompts")
        await page.get_by_role("link", name="粤语").click()
        greeting = page.get_by_role("row", name="电话接通后的第一句")
        await greeting.get_by_role("textbox").fill("粤语的问候。")
        await greeting.get_by_role("button", name="保存").click()
        await expect(greeting.get_by_role("status")).to_have_text("已保存", timeout=PATIENCE)
        await fits(page, "translation, light")
        said = office.town.hotline().handbook.prompts_in("yue").say("greeting")
        assert (said.text, said.language) == ("粤语的问候。", "zh-HK")


async def test_an_operator_picks_the_second_in_line_on_their_desk(picking: Office) -> None:
    town = picking.town
    page = await picking.signed_in(WANG, await picking.seat())
    await press(page, "签入")
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    sun = await town.caller(SUN).dials(SECRETARY)
    await sun.hears("waiting.wav")
    line = page.locator("#line")
    await expect(line.get_by_role("button")).to_have_count(2)
    await is_accessible(page, "the line at the desk")
    await line.get_by_role("button", name="接起 南宁市委书记 的来电人 +86 20****0003").click()
    await sun.is_in_the_room()
    await expect(standing(page)).to_have_text("通话中")
    await expect(line.get_by_role("button")).to_have_count(1)
    await expect(line.get_by_role("button")).to_be_disabled()
    assert not (await zhou.call())["room"]
