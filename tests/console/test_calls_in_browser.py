"""The pages of calls in a real browser: what is shown of a caller, to whom, and the picture of a call."""

from playwright.async_api import expect

from tests.cast import ADMIN, MAYOR, SUPERVISOR, WANG, ZHOU
from tests.console.office import Office, Scheme, is_accessible, press
from tests.town import Caller


async def a_call(office: Office) -> Caller:
    """Answered by 9001, and over."""
    wang = await office.town.operator(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await zhou.is_in_the_room()
    await wang.hangs_up()
    await zhou.is_hung_up_on()
    await zhou.record()
    await wang.finishes()
    return zhou


async def test_a_number_is_shown_for_a_reason_and_a_minute_and_then_sealed(office: Office) -> None:
    zhou = await a_call(office)
    seat = await office.seat()
    page = await office.in_the_pages(SUPERVISOR, seat)
    await page.goto(f"/calls/{zhou.sid}")
    await page.clock.install()
    await expect(page.locator("#caller")).to_have_text("+86 20****0001")

    await page.get_by_label("查看完整号码的理由").fill("通话中断，回拨来电人")
    await press(page, "查看完整号码")
    await expect(page.locator("#caller")).to_have_text("+86 20 0000 0001")
    await page.clock.fast_forward(61_000)
    await expect(page.locator("#caller")).to_have_text("+86 20****0001")

    await press(page, "来电人要求保密")
    await expect(page.locator("#caller")).to_have_text("已保密")
    await page.get_by_label("解除保密的理由").fill("误操作")
    await press(page, "解除保密")
    await expect(page.locator("#caller")).to_have_text("+86 20****0001")


async def test_the_picture_of_a_call_has_a_lane_for_everybody_and_words_for_who_cannot_see_it(
    office: Office,
) -> None:
    zhou = await a_call(office)
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        seat = await office.seat(scheme)
        page = await office.in_the_pages(ADMIN, seat)
        await page.goto(f"/calls/{zhou.sid}")
        picture = page.get_by_role("img", name="通话经过的图")
        words = await picture.get_attribute("aria-label") or ""
        assert "来电人，问候" in words and f"话务员 {WANG}，振铃" in words
        assert await picture.locator("rect.phase.talking").count() == 2
        told = page.locator("figcaption .key")
        phases = await picture.locator("rect.phase").evaluate_all(
            "all => new Set(all.map((one) => one.classList[1])).size"
        )
        assert await told.count() == phases, "what happened is told, however short it was"
        await expect(told.filter(has_text="接通")).to_have_text("接通 不到 1 秒")
        await is_accessible(page, f"a call, {scheme}")
        await page.goto("/audit")
        await is_accessible(page, f"the audit, {scheme}")
        for path in ("/account", "/tokens"):
            await page.goto(path)
            await is_accessible(page, f"{path}, {scheme}")


async def test_the_calls_of_a_search_are_fetched_as_a_file_with_its_progress_in_sight(office: Office) -> None:
    zhou = await a_call(office)
    page = await office.in_the_pages(SUPERVISOR, await office.seat())
    await page.goto(f"/calls?line=%2B{MAYOR[1:]}&operator={WANG}")
    await page.get_by_text("导出这些通话").click()
    await page.get_by_label("CSV").check()
    await page.get_by_label("含完整号码", exact=True).check()
    await press(page, "导出")
    await expect(page.get_by_role("alert")).to_contain_text("理由")
    office.troubles.clear()  # the browser notes the refusal, which was meant

    await page.get_by_label("理由").fill("回访统计")
    await press(page, "导出")
    done = page.locator("#exports li", has_text="CSV，含完整号码").filter(has_text="完成").first
    await expect(done).to_be_visible()
    await is_accessible(page, "an export")
    async with page.expect_download() as fetched:
        await done.get_by_role("link", name="下载").click()
    text = (await (await fetched.value).path()).read_text("utf-8-sig")
    assert zhou.sid in text and "020 00000001" in text and f"{SUPERVISOR} 20" in text
