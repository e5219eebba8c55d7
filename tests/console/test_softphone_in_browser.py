"""The softphone at the desk: Twilio's, as far as its documented interface goes, the headset, and a line that breaks.

In place of the vendored SDK the pages load a stand-in of the same interface, which calls the pretended phone company.
"""

import json
from pathlib import Path

from playwright.async_api import BrowserContext, Page, Route, expect

from tests.cast import MAYOR, WANG, ZHOU
from tests.console.office import Office, is_accessible, press, rings, standing, talks

STAND_IN = (Path(__file__).parent / "twilio_device.js").read_text()
NO_MICROPHONE = """
if (navigator.mediaDevices) {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
}
"""


async def seat_at_twilio(office: Office) -> BrowserContext:
    """A seat whose pages are told that the carrier is Twilio, and get the stand-in for its SDK."""
    seat = await office.seat()

    async def ticket(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(json={**await answer.json(), "driver": "twilio", "url": None})

    async def sdk(route: Route) -> None:
        script = STAND_IN.replace("COMPANY", json.dumps(office.town.company_url))
        await route.fulfill(content_type="text/javascript", body=script)

    await seat.route("**/desk/softphone", ticket)
    await seat.route("**/twilio.min.js", sdk)
    return seat


async def asked(page: Page, what: str) -> list[object]:
    """What the SDK was asked to do under this name, each time."""
    found: list[list[object]] = await page.evaluate("window.stand.asked")
    return [values for name, *values in found if name == what]


async def happens(page: Page, event: str, *values: object, to: str = "calls.at(-1)") -> None:
    await page.evaluate(f"([event, values]) => window.stand.{to}.emit(event, ...values)", [event, values])


async def test_a_call_through_twilios_softphone_and_all_that_its_sdk_tells_of_it(office: Office) -> None:
    desk = await office.ready(WANG, await seat_at_twilio(office))
    assert await asked(desk, "Device") == [[15]], "each of its sounds has one of ours"
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    await zhou.is_in_the_room()
    assert await asked(desk, "connect") == [[{}]]

    quality, tag = desk.locator("#quality"), desk.locator("#softphone")
    sample = {"rtt": 40, "jitter": 3, "packetsLostFraction": 0, "mos": 4.4}
    await happens(desk, "warning", "high-rtt", {})
    await happens(desk, "sample", sample)
    await expect(quality).to_have_text("延迟大")
    await happens(desk, "warning-cleared", "high-rtt")
    await happens(desk, "sample", sample)
    await expect(quality).to_have_text("音质良好")
    await happens(desk, "sample", {**sample, "packetsLostFraction": 12})
    await expect(quality).to_have_text("丢包多")
    await happens(desk, "volume", 0.25, 0.01)
    await expect(desk.get_by_role("meter", name="您的声音")).to_have_attribute("aria-valuenow", "0.50")
    await happens(desk, "reconnecting", {"code": 53405, "message": "media"})
    await expect(tag).to_have_text("通话中，正在重连")
    await happens(desk, "reconnected")
    await expect(tag).to_have_text("通话中")

    await desk.keyboard.press("F8")
    await press(desk, "键盘")
    await press(desk, "5")
    await desk.keyboard.press("Escape")
    assert (await asked(desk, "mute"))[-1] == [True]
    assert await asked(desk, "sendDigits") == [["5"]]
    await desk.keyboard.press("F9")
    await expect(standing(desk)).to_have_text("话后整理")
    await desk.wait_for_function("() => window.stand.asked.some(([name]) => name === 'disconnect')")
    assert await asked(desk, "disconnect") == [[]]
    await expect(tag).to_have_text("就绪")
    await expect(quality).to_be_hidden()
    await zhou.record()


async def test_a_token_is_renewed_when_the_phone_is_idle_and_nobody_registers_twice(office: Office) -> None:
    desk = await office.ready(WANG, await seat_at_twilio(office))
    tag = desk.locator("#softphone")
    await happens(desk, "tokenWillExpire", to="devices[0]")
    await desk.wait_for_function("() => window.stand.asked.some(([name]) => name === 'updateToken')")

    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    await happens(desk, "tokenWillExpire", to="devices[0]")
    await happens(desk, "error", {"code": 20104, "message": "AccessTokenExpired"}, to="devices[0]")
    await expect(tag).to_have_text("通话中")
    assert len(await asked(desk, "updateToken")) == 1, "a call is waited out"
    await zhou.hangs_up()
    await happens(desk, "disconnect")
    await desk.wait_for_function(
        "() => window.stand.asked.filter(([name]) => name === 'updateToken').length === 2"
    )

    await desk.evaluate("window.stand.devices[0].become('unregistered')")
    await expect(tag).to_have_text("已断开，正在重连")
    await desk.evaluate("window.stand.devices[0].become('registered')")
    await expect(tag).to_have_text("就绪")
    assert await asked(desk, "register") == [[]]
    await desk.evaluate("window.stand.devices[0].emit('incoming', new window.Twilio.Call('CA0'))")
    assert await asked(desk, "reject") == [[]], "nobody calls a desk"
    await zhou.record()


async def test_the_headset_is_chosen_tried_and_remembered(office: Office) -> None:
    seat = await seat_at_twilio(office)
    desk = await office.signed_in(WANG, seat)
    await press(desk, "设备")
    panel = desk.get_by_role("dialog", name="耳麦和音质")
    microphone = panel.locator("#choose-microphone")
    await expect(microphone.locator("option")).not_to_have_count(1)  # the pretended ones of this browser
    await microphone.select_option(index=1)
    chosen = await microphone.input_value()
    await expect(panel.get_by_role("meter", name="麦克风的声音")).not_to_have_attribute(
        "aria-valuenow", "0.00"
    )
    await press(desk, "试听")
    await is_accessible(desk, "the panel of the headset")
    await desk.reload()
    await press(desk, "设备")
    await expect(microphone).to_have_value(chosen)
    await desk.evaluate("localStorage.setItem('softphone.microphone', 'unplugged')")
    await desk.reload()
    await press(desk, "设备")
    await expect(microphone.locator("option:checked")).to_have_text("上次选的没有接上，现用系统默认")

    await desk.evaluate("localStorage.setItem('softphone.microphone', 'headset')")
    await desk.evaluate("localStorage.setItem('softphone.speaker', 'headset')")
    await desk.reload()
    await press(desk, "签入")
    await expect(desk.locator("#softphone")).to_have_text("就绪")
    assert await asked(desk, "setInputDevice") == [["headset"]]
    assert (
        await asked(desk, "speakerDevices.set") == await asked(desk, "ringtoneDevices.set") == [["headset"]]
    )


async def test_a_desk_that_may_not_use_the_microphone_is_told_what_to_do(office: Office) -> None:
    seat = await seat_at_twilio(office)
    await seat.add_init_script(NO_MICROPHONE)
    desk = await office.signed_in(WANG, seat)
    await press(desk, "签入")
    await expect(desk.locator("#notice")).to_contain_text("请点地址栏左侧的图标，允许麦克风")
    await expect(standing(desk)).to_have_text("未签入")
    await press(desk, "设备")
    await expect(desk.get_by_role("dialog")).to_contain_text("浏览器不许使用麦克风")


async def test_a_line_to_the_company_that_breaks_in_a_call_comes_back_by_itself(office: Office) -> None:
    # The company's own softphone: its socket is cut, the sound and the call go on.
    seat = await office.seat()
    await seat.add_init_script(
        "const Plain = WebSocket;"
        "window.WebSocket = class extends Plain { constructor(...where) { super(...where); window.socket = this; } };"
    )
    desk = await office.ready(WANG, seat)
    zhou = await office.town.caller(ZHOU).dials(MAYOR)
    await rings(desk)
    await talks(desk)
    await desk.evaluate("window.words = []")
    await desk.evaluate(
        "new MutationObserver(() => window.words.push(document.getElementById('softphone').textContent))"
        ".observe(document.getElementById('softphone'), { childList: true, characterData: true, subtree: true })"
    )
    await desk.evaluate("window.socket.close()")
    await desk.wait_for_function(
        "() => window.words.includes('通话中，正在重连') && window.words.at(-1) === '通话中'"
    )
    await zhou.is_in_the_room()
    await desk.keyboard.press("F9")
    await expect(standing(desk)).to_have_text("话后整理")
    await zhou.record()
