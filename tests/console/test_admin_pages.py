"""管理 in a real browser: what an administrator changes, and what the next caller hears of it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.cast import ADMIN, MAYOR, SECRETARY, ZHOU
from tests.console.editions import back_to, newest
from tests.console.office import ARGUMENTS, CHROMIUM, Office, Scheme, press
from tests.story.rules import rules
from tests.town import Town

NEW = "您好，这里是南宁直通车。"
YUE = {"title": "粤语", "key": "2", "offer": "粤语服务请按 2。", "code": "zh-HK", "voice": "V", "queue": ""}
REFUSALS = ("409 (Conflict)", "422 (Unprocessable")
"""The browser's own words for what a test meant to be refused."""


@pytest_asyncio.fixture
async def office(town: Town) -> AsyncIterator[Office]:
    """The office; whatever was changed in it is as it was, afterwards."""
    before = await newest(town)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        office = Office(town, browser)
        yield office
        await browser.close()
    if await newest(town) != before:
        await back_to(town, before)
    assert not [trouble for trouble in office.troubles if not any(words in trouble for words in REFUSALS)]


async def administrator(office: Office, path: str, scheme: Scheme = "light", width: int = 1366) -> Page:
    page = await office.signed_in(ADMIN, await office.seat(scheme, width))
    await page.goto(path)
    return page


async def test_a_prompt_is_changed_on_its_page_and_heard_by_the_next_caller(office: Office) -> None:
    page = await administrator(office, "/admin/prompts")
    await page.get_by_role("link", name="电话接通后的第一句").click()
    await page.get_by_label("播报的文字").fill("您好{nobody}")
    await press(page, "立即发布")
    await expect(page.get_by_role("alert")).to_contain_text("变量 {nobody} 不能用在这里")

    await page.get_by_label("播报的文字").fill(NEW)
    await expect(page.locator("[data-part=heard]")).to_have_text(f"来电人听到：{NEW}")
    await expect(page.locator("[data-part=twiml]")).to_contain_text(NEW)
    await press(page, "立即发布")

    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await expect(page.get_by_role("row", name="电话接通后的第一句")).to_contain_text(NEW)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears(NEW)
    await zhou.hangs_up()


async def test_the_second_of_two_editors_keeps_what_they_typed(office: Office) -> None:
    first = await administrator(office, "/admin/prompts/greeting")
    second = await first.context.new_page()
    await second.goto("/admin/prompts/greeting")
    await first.get_by_label("播报的文字").fill(NEW)
    await press(first, "立即发布")
    await expect(first.get_by_role("heading", name="提示语")).to_be_visible()

    await second.get_by_label("播报的文字").fill("另一句问候。")
    await press(second, "立即发布")

    await expect(second.get_by_role("alert")).to_contain_text("别人改过这一项")
    await expect(second.get_by_label("播报的文字")).to_have_value("另一句问候。")
    await press(second, "仍按我填写的保存")
    await expect(second.get_by_role("row", name="电话接通后的第一句")).to_contain_text("另一句问候。")


async def test_saving_one_sentence_keeps_what_is_typed_of_the_next(office: Office) -> None:
    async with rules(office.town, "languages", yue=YUE):
        page = await administrator(office, "/admin/languages")
        rows = page.locator("tbody tr")
        first, second = rows.nth(0), rows.nth(1)
        await second.get_by_role("textbox").fill("写到一半")
        for text in ("第一句。", "又改了的第一句。"):  # the second time from what the first left
            await first.get_by_role("textbox").fill(text)
            await expect(first.get_by_role("status")).to_be_empty()
            await first.get_by_role("button", name="保存").click()
            await expect(first.get_by_role("status")).to_have_text("已保存")
        await expect(second.get_by_role("textbox")).to_have_value("写到一半")


async def test_a_fault_is_said_in_its_own_form_when_another_has_a_field_of_that_name(office: Office) -> None:
    page = await administrator(office, "/admin/settings")
    for section in ("direct", "texts"):
        form = page.locator(f"form#{section}")
        failures = form.locator("[name='fields.failures_before_alarm']")
        await failures.fill("-1")
        await form.get_by_role("button", name="保存").click()
        await expect(form.locator(".fault")).to_have_count(1)
        await expect(failures).to_have_accessible_description(await form.locator(".fault").inner_text())


async def test_a_change_is_undone_from_the_list_of_changes(office: Office) -> None:
    page = await administrator(office, "/admin/prompts/thank")
    before = await page.get_by_label("播报的文字").input_value()
    await page.get_by_label("播报的文字").fill("谢谢。")
    await press(page, "立即发布")
    await expect(page.get_by_role("row", name="通话结束、评价之后")).to_contain_text("谢谢。")
    await page.goto("/admin/editions")
    await expect(page.locator("ins").first).to_have_text("谢谢。")
    await expect(page.locator(".differences dt").first).to_have_text(
        "提示语“通话结束、评价之后” 文字", use_inner_text=True
    )
    await page.get_by_role("button", name="恢复到此版本").first.click()
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    await page.goto("/admin/prompts/thank")
    await expect(page.get_by_label("播报的文字")).to_have_value(before)


async def test_a_sentence_is_recorded_in_the_browser_and_played_to_the_next_caller(office: Office) -> None:
    page = await administrator(office, "/admin/prompts/greeting")
    await press(page, "开始录音")  # the browser's microphone is one that beeps
    await expect(page.locator("[data-part=recording-said]")).to_have_text("正在录音……")
    await expect(page.locator("[data-part=recording-length]")).to_have_text("1 秒")
    await press(page, "停止录音")
    await expect(page.locator("[data-part=recording-said]")).to_contain_text("已转为电话音质")
    await press(page, "立即发布")
    await expect(page.get_by_role("row", name="电话接通后的第一句")).to_contain_text("录音")
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("nanning-")
    await zhou.hangs_up()


async def test_a_number_is_withdrawn_and_its_withdrawal_published(office: Office) -> None:
    page = await administrator(office, "/admin/numbers")
    await page.get_by_role("link", name="+86 771 0000 0002").click()
    await page.get_by_label("改为哪个号码").select_option(SECRETARY)
    await press(page, "撤下")
    await expect(page.get_by_text("已撤下", exact=True).first).to_be_visible()
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("零七七一，零零零零，零零零一")
    await page.goto("/admin/numbers")
    await expect(page.get_by_role("heading", name="待向社会公布（1）")).to_be_visible()
    await page.get_by_label("拨打的号码").fill("0771 0000 0002")
    await press(page, "看看")
    await expect(page.get_by_role("status").filter(has_text="号码已撤下")).to_be_visible()

    await page.get_by_role("link", name="南宁市市长").click()
    await press(page, "登记为已公布")
    await expect(page.get_by_role("alert")).to_be_hidden()
    await expect(page.locator(".fault")).to_have_text("请填写这一项")
    await page.get_by_label("公布渠道").fill("市政府网站")
    await press(page, "登记为已公布")

    await expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible()
    await expect(page.get_by_role("row", name="撤下")).to_contain_text("市政府网站")
    await press(page, "重新启用")
    await expect(page.get_by_text("在用", exact=True)).to_be_visible()


async def test_a_day_is_clicked_to_rest_and_the_line_is_closed(office: Office) -> None:
    town = office.town
    page = await administrator(office, "/admin/hours")
    await saves(page, page.get_by_role("button", name="按日历开放"))
    await page.get_by_label("工作日的人工服务时段").fill("00:00-24:00")
    await page.get_by_label("休息日和节假日的人工服务时段").fill("")
    await saves(page, page.get_by_role("form", name="每天的时段").get_by_role("button", name="保存"))
    if not (await town.ask("GET", "/api/nanning/opening", token=town.admin_token()))["is_open"]:
        await change_today(page, "改为上班")  # the test runs on a day of rest
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎")
    await zhou.hangs_up()

    await change_today(page, "改为休息")

    await expect(page.locator(".day.today")).to_have_attribute("data-corner", "休")
    late = await town.caller(ZHOU).dials(MAYOR)
    await late.hears("现在是非服务时间")
    await late.hangs_up()


async def saves(page: Page, button: Locator) -> None:
    """The page comes again, and says that it was done."""
    async with page.expect_event("load"):
        await button.click()
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


async def change_today(page: Page, what: str) -> None:
    await page.locator(".day.today").click()
    await page.get_by_label("原因").fill("停电检修")
    await saves(page, page.get_by_role("button", name=what))
    await expect(page.locator(".day.today.corrected")).to_be_visible()


async def test_the_official_notice_of_a_year_is_pasted_as_it_is_written(office: Office) -> None:
    page = await administrator(office, "/admin/hours?year=2028")
    await expect(page.get_by_text("放假通知尚未导入").last).to_be_visible()
    form = page.get_by_role("form", name="导入放假通知")
    await form.get_by_label("依据的通知").fill("测试用通知")
    await form.get_by_label("放假的日子").fill("2028-10-01 至 2028-10-03\n2028-10-04")
    await form.get_by_label("调休上班").fill("2028-10-09")
    await form.get_by_role("button", name="导入").click()
    await expect(form.get_by_role("alert")).to_contain_text("2028-10-09 不是周末")
    await form.get_by_label("调休上班").fill("2028-10-07")
    await form.get_by_role("button", name="导入").click()
    await expect(page.get_by_role("button", name="10月4日 休息")).to_be_visible()
    await expect(page.get_by_role("button", name="10月7日 上班")).to_be_visible()


async def test_a_rule_that_cannot_be_is_said_at_its_field_and_one_that_can_is_kept(office: Office) -> None:
    page = await administrator(office, "/admin/settings")
    rules = page.get_by_role("form", name="排队与派话规则")
    seconds = rules.get_by_label("振铃多久无人接听")
    await seconds.fill("3")
    await rules.get_by_role("button", name="保存").click()
    await expect(rules.locator(".fault")).to_have_text("不能小于 5（现在是 3）")
    await expect(seconds).to_be_focused()
    await seconds.fill("25")
    await saves(page, rules.get_by_role("button", name="保存"))
    await expect(seconds).to_have_value("25")


async def test_a_queue_is_added_and_taken_away(office: Office) -> None:
    page = await administrator(office, "/admin/queues")
    await page.get_by_text("新增或删除").click()
    form = page.get_by_role("form", name="新增 各个队列")
    await form.get_by_label("代号").fill("Tax")
    await form.get_by_label("队列名称").fill("税务")
    await form.get_by_role("button", name="新增").click()
    await expect(form.locator(".fault")).to_contain_text("小写字母开头")
    await form.get_by_label("代号").fill("tax")
    await form.get_by_label("接听所需技能").fill("税务\n粤语")
    await form.get_by_role("button", name="新增").click()
    await expect(page.get_by_role("group", name="税务")).to_contain_text("有技能的 无人")
    await expect(page.get_by_role("group", name="税务").get_by_label("接听所需技能")).to_have_value(
        "税务\n粤语"
    )
    await page.get_by_text("新增或删除").click()
    await press(page, "删除“税务”")
    await expect(page.get_by_role("group", name="税务")).to_be_hidden()


async def test_a_newcomer_gets_a_password_that_is_shown_once(office: Office) -> None:
    page = await administrator(office, "/admin/staff")
    await page.get_by_label("工号").fill("9078")
    await page.get_by_label("技能").fill("税务=2")
    await press(page, "新增")
    await expect(page.locator(".secret")).to_contain_text("临时密码：")
    password = (await page.locator(".secret").inner_text()).partition("：")[2].partition("　")[0]
    await page.reload()
    await expect(page.locator(".secret")).to_be_hidden()

    theirs = await (await office.seat()).new_page()
    await theirs.goto("/")
    await theirs.get_by_label("工号").fill("9078")
    await theirs.get_by_label("密码").fill(password)
    await press(theirs, "登录")
    await expect(theirs.get_by_text("9078").first).to_be_visible()

    await page.get_by_role("link", name="9078").click()
    await press(page, "删除")
    await expect(page.get_by_role("link", name="9078")).to_be_hidden()
