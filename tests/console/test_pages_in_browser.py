"""The staff pages in a real browser, in a real town: what an operator sees, hears and does.

Every page here is watched: an error in its console, or anything that the content security policy refuses, fails the
test that opened it.
"""

import json
from base64 import urlsafe_b64encode

from playwright.async_api import expect

from tests.cast import LI, MAYOR, QIAN, SUN, WANG, ZHOU
from tests.console.office import (
    PATIENCE,
    Office,
    Scheme,
    is_accessible,
    live_calls,
    press,
    rings,
    standing,
    talks,
)

# Lets a test see what nobody can hear here.
BELL_IN_SIGHT = """
for (const [act, word] of [["start", "ringing"], ["stop", "silent"]]) {
  const original = AudioBufferSourceNode.prototype[act];
  AudioBufferSourceNode.prototype[act] = function (...times) {
    document.documentElement.dataset.bell = word;
    original.apply(this, times);
  };
}
"""


# ------------------------------------------------------------------------------------------------ taking calls


async def test_an_operator_takes_a_call_with_the_keyboard_alone_and_finishes_it(office: Office) -> None:
    desk = await office.ready(WANG)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)

    await rings(desk)
    card = desk.get_by_role("region", name="当前来电")
    await expect(card.get_by_role("heading")).to_have_text("南宁市市长")
    await expect(card).to_contain_text("+86 771 0000 0002")
    await expect(card).to_contain_text("+86 20****0001")
    await expect(desk.locator("#announcement")).to_contain_text("来电：南宁市市长")
    await expect(desk).to_have_title("【来电 南宁市市长】")

    await talks(desk)
    await zhou.hears("九零零一号客服代表为您服务")
    await zhou.is_in_the_room()
    await desk.keyboard.press("F8")
    await expect(desk.locator("#softphone")).to_have_text("通话中，已静音")

    await desk.keyboard.press("F9")
    await expect(standing(desk)).to_have_text("话后整理")
    await zhou.hears("感谢您的来电")
    await expect(desk.locator("#softphone")).to_have_text("就绪")

    await press(desk, "完成整理")
    await expect(standing(desk)).to_have_text("空闲")
    await expect(desk.get_by_role("link", name="南宁市市长").first).to_contain_text("已接通")
    assert (await zhou.record())["ended_by"] == "operator"


async def test_a_refused_call_goes_on_waiting_and_the_desk_says_when_it_will_ring_again(
    office: Office,
) -> None:
    desk = await office.ready(WANG)
    qian = await office.town.caller(QIAN).dials(MAYOR)
    await rings(desk)

    await desk.keyboard.press("F4")

    await expect(standing(desk)).to_have_text("暂缓派话")
    await expect(desk.locator("#card")).to_contain_text("秒后自动恢复")
    await expect(desk.locator("#waiting")).to_have_text("1")
    sun = await office.town.caller(SUN).dials(MAYOR)
    await sun.hears("waiting.wav")
    await expect(desk.locator("#waiting")).to_have_text("2")
    a_second_ago = await desk.locator("#standing-for").inner_text()
    await expect(desk.locator("#standing-for")).not_to_have_text(a_second_ago)
    assert await desk.locator("#waiting").inner_text() == "2", "the count does not stay"
    await qian.hangs_up()
    assert (await qian.record())["outcome"].startswith("abandoned")


async def test_a_caller_who_gives_up_stops_the_ringing(office: Office) -> None:
    seat = await office.seat()
    await seat.add_init_script(BELL_IN_SIGHT)
    desk = await office.ready(WANG, seat)
    qian = await office.town.caller(QIAN).dials(MAYOR)
    await rings(desk)
    await expect(desk.locator("html")).to_have_attribute("data-bell", "ringing")

    await qian.hangs_up()

    await expect(standing(desk)).to_have_text("空闲")
    await expect(desk.locator("html")).to_have_attribute("data-bell", "silent")


async def test_an_operator_who_signs_off_has_put_the_phone_away(office: Office) -> None:
    desk = await office.ready(WANG)
    await press(desk, "用餐")
    await expect(standing(desk)).to_have_text("用餐")

    await press(desk, "签出")

    await expect(standing(desk)).to_have_text("未签入")
    await expect(desk.locator("#softphone")).to_have_text("未启用")


async def test_who_signs_out_of_the_pages_is_off_shift_too(office: Office) -> None:
    desk = await office.ready(WANG)

    await press(desk, "退出登录")

    await expect(desk.get_by_role("heading", name="话务员登录")).to_be_visible()
    assert (await office.town.operators[-1].desk())["presence"] == "off"


# ------------------------------------------------------------------------------------------------ staying with it


async def test_a_reload_in_a_call_comes_back_to_it_with_one_phone(office: Office) -> None:
    desk = await office.ready(WANG)
    sun = await office.town.caller(SUN).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    await sun.is_in_the_room()

    await desk.reload()

    await expect(standing(desk)).to_have_text("通话中")
    await expect(desk.locator("#softphone")).to_have_text("通话中")
    phones = [call["from"] for call in await live_calls(office.town)]
    assert sorted(phones) == [SUN, f"client:nanning_{WANG}"]


async def test_a_second_tab_waits_and_may_take_the_desk_over_and_gives_it_back(office: Office) -> None:
    seat = await office.seat()
    first = await office.ready(WANG, seat)
    second = await seat.new_page()
    await second.goto("/desk")
    await expect(second.get_by_role("heading", name="坐席已在其他标签页打开")).to_be_visible()

    await press(second, "在此页接管")

    await expect(standing(second)).to_have_text("空闲")
    await expect(second.locator("#softphone")).to_have_text("就绪")
    await expect(first.get_by_role("heading", name="坐席已在其他标签页打开")).to_be_visible()
    await second.close()
    await expect(standing(first)).to_have_text("空闲")


async def test_a_desk_that_is_cut_off_says_so_and_comes_back_by_itself(office: Office) -> None:
    seat = await office.seat()
    desk = await office.ready(WANG, seat)

    await seat.set_offline(True)
    await expect(standing(desk)).to_have_text("已断开", timeout=PATIENCE)
    await expect(desk.locator("#connection")).to_have_text("已断开，正在重连")

    await seat.set_offline(False)
    await expect(standing(desk)).to_have_text("空闲", timeout=PATIENCE)
    await expect(desk.locator("#connection")).to_have_text("已连接")


async def test_the_heart_of_a_desk_beats_on_while_the_timers_of_its_page_sleep(office: Office) -> None:
    """A browser slows the timers of a tab that nobody looks at to one a minute."""
    seat = await office.seat()
    await seat.add_init_script("window.setInterval = () => 0;")
    desk = await office.ready(WANG, seat)
    for _ in range(2):
        async with desk.expect_response("**/desk/heartbeat") as beat:
            pass
        assert (await (await beat.value).json())["word"] == "OK"


# ------------------------------------------------------------------------------------------------ what they are


async def test_nobody_is_let_in_with_a_wrong_password_and_the_form_keeps_the_rest(office: Office) -> None:
    page = await (await office.seat()).new_page()
    await page.goto("/")
    await page.get_by_label("工号").fill(LI)
    await page.get_by_label("密码").fill("wrong")
    await press(page, "登录")
    await expect(page.get_by_role("alert")).to_contain_text("密码")
    await expect(page.get_by_label("工号")).to_have_value(LI)


async def test_filters_stay_in_the_address_and_an_empty_list_says_what_to_do(office: Office) -> None:
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎")
    await zhou.hangs_up()
    await zhou.record()
    page = await office.signed_in(WANG, await office.seat())

    await page.goto("/calls")
    await page.get_by_label("拨打的号码").select_option(MAYOR)
    await page.get_by_label("来电号码").fill(ZHOU)
    await press(page, "筛选")
    assert f"caller=%2B{ZHOU[1:]}" in page.url
    await expect(page.get_by_label("来电号码")).to_have_value(ZHOU)
    await expect(page.get_by_role("row", name="南宁市市长").first).to_be_visible()

    await page.get_by_role("table").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("南宁市市长")
    await expect(page.get_by_role("table")).to_contain_text("来电人线路断开")

    await page.goto("/calls?caller=%2B862000009999")
    await expect(page.get_by_role("heading", name="没有符合条件的通话")).to_be_visible()


async def test_every_page_can_be_used_by_everybody_in_light_and_in_dark(office: Office) -> None:
    sittings: tuple[tuple[Scheme, str], ...] = (("light", WANG), ("dark", LI))
    for scheme, number in sittings:
        seat = await office.seat(scheme)
        visitor = await seat.new_page()
        await visitor.goto("/")
        await is_accessible(visitor, f"sign-in, {scheme}")
        desk = await office.ready(number, seat)
        await is_accessible(desk, f"ready, {scheme}")
        sun = await office.town.caller(SUN).dials(MAYOR)
        await rings(desk)
        await is_accessible(desk, f"ringing, {scheme}")
        await talks(desk)
        await is_accessible(desk, f"talking, {scheme}")
        await sun.hangs_up()
        await expect(standing(desk)).to_have_text("话后整理")
        await is_accessible(desk, f"wrap-up, {scheme}")
        await sun.record()
        for path in ("/calls", "/calls?operator=none", f"/calls/{sun.sid}"):
            await visitor.goto(path)
            await is_accessible(visitor, f"{path}, {scheme}")
        await press(desk, "签出")
        await expect(standing(desk)).to_have_text("未签入")


async def test_a_ringing_desk_fits_an_office_screen_and_a_telephone(office: Office) -> None:
    desk = await office.ready(WANG)
    await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    for width, height in ((1366, 768), (390, 844)):
        await desk.set_viewport_size({"width": width, "height": height})
        box = await desk.get_by_role("button", name="接听").bounding_box()
        assert box is not None and box["y"] + box["height"] <= height, (
            f"接听 is below the edge of {width}x{height}"
        )
        assert await desk.evaluate("document.documentElement.scrollWidth") <= width
    await desk.set_viewport_size({"width": 1366, "height": 768})
    assert await desk.evaluate("document.documentElement.scrollHeight") <= 768


async def test_the_twilio_softphone_fetches_no_sound_from_its_maker(office: Office) -> None:
    page = await office.signed_in(WANG, await office.seat())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    trouble = await page.evaluate(
        """async (token) => {
            const { TwilioSoftphone } = await import("/static/softphone_twilio.js");
            const phone = new TwilioSoftphone();
            const failed = new Promise((tell) => phone.addEventListener("error", ({ detail }) => tell(detail.code)));
            phone.register(token);
            return failed;
        }""",
        _token_of_nobody(),
    )

    office.troubles.clear()  # here the policy opens the way to the simulator only, and must have said so
    assert isinstance(trouble, int), "the SDK did not get as far as its own connection"
    assert [url for url in asked if not url.startswith((office.town.url, "wss:"))] == []
    assert any(url.endswith("/static/silence.wav") for url in asked)


def _token_of_nobody() -> str:
    """Shaped like an access token, signed by nobody."""
    parts = (
        {"alg": "HS256", "cty": "twilio-fpa;v=1"},
        {"exp": 4_000_000_000, "grants": {"identity": "nobody"}},
    )
    return ".".join(
        [*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "none"]
    )
