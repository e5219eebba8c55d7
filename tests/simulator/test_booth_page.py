"""The booth in a real browser, and its sister in the terminal, against a running phone company.

A small hotline of our own answers the calls, in its own thread, as any TwiML application would.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ACCOUNT, AUTH_TOKEN = "AC" + "1" * 32, "booth-test-token"
MAYOR, SECRETARY = "+8677100000001", "+8677100000002"
SWITCH_TOKEN = "booth-test-switch"
PROJECT = Path(__file__).parents[2]
PATIENCE = 15.0  # seconds

MENU = """<Response><Gather numDigits="1" timeout="30" action="/pressed">
<Say language="zh-CN">这里是市长公开电话，请按一。</Say></Gather></Response>"""
REPLY = "<Response><Message>已登记开会</Message></Response>"
AFTER_THE_KEY = """<Response><Say language="zh-CN">正在为您转接。</Say><Pause length="300"/></Response>"""


@dataclass
class Hotline:
    """Answers the phone company's questions, and keeps one switch."""

    port: int
    open_all_day: bool = False
    answers_about_the_switch: bool = True
    pressed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def front_of(hotline: Hotline) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = urllib.parse.parse_qs(self.body().decode())
            hotline.pressed += form.get("Digits", [])
            documents = {"/pressed": AFTER_THE_KEY, "/texts": REPLY}
            self.reply("text/xml", documents.get(self.path, MENU))

        def do_GET(self) -> None:
            if not hotline.answers_about_the_switch:
                self.send_error(503)
                return
            self.reply("application/json", json.dumps({"open_all_day": hotline.open_all_day}))

        def do_PUT(self) -> None:
            assert self.headers["Authorization"] == f"Bearer {SWITCH_TOKEN}"
            hotline.open_all_day = json.loads(self.body())["open_all_day"]
            self.do_GET()

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def reply(self, media_type: str, text: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Front


@dataclass
class PhoneCompany:
    """The simulator as a process of its own, which can be stopped and started again on the same port."""

    port: int
    hotline: Hotline
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        switch = {
            "label": "南宁：全天开放（演示）",
            "url": f"{self.hotline.address}/switch",
            "token": SWITCH_TOKEN,
            "field": "open_all_day",
        }
        settings = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_KEY": "SK" + "2" * 32,
            "TWILIO_API_SECRET": "booth-test-secret",
            "SIMULATOR_PORT": str(self.port),
            "SIMULATOR_SPEED": "4",
            "SIMULATOR_SWITCHES": json.dumps([switch]),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ivr.simulator", "serve"], env={**os.environ, **settings}, cwd=PROJECT
        )
        self._wait_until_up()
        self._publish(MAYOR, "南宁 市长")
        self._publish(SECRETARY, "南宁 市委书记")

    def stop(self) -> None:
        """As a power cut would: nobody is told."""
        assert self.process
        self.process.kill()
        self.process.wait(PATIENCE)

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/simulator/numbers").close()
                return
            except urllib.error.URLError:
                assert time.monotonic() < deadline, "the phone company did not start"
                threading.Event().wait(0.05)

    def _publish(self, number: str, name: str) -> None:
        address = self.hotline.address
        fields = {
            "PhoneNumber": number,
            "FriendlyName": name,
            "VoiceUrl": f"{address}/voice",
            "SmsUrl": f"{address}/texts",
        }
        request = urllib.request.Request(
            f"{self.address}/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Authorization": "Basic " + b64encode(f"{ACCOUNT}:{AUTH_TOKEN}".encode()).decode()},
        )
        urllib.request.urlopen(request).close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def hotline() -> Iterator[Hotline]:
    hotline = Hotline(free_port())
    server = ThreadingHTTPServer(("127.0.0.1", hotline.port), front_of(hotline))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield hotline
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def phone_company(hotline: Hotline) -> Iterator[PhoneCompany]:
    company = PhoneCompany(free_port(), hotline)
    company.start()
    yield company
    company.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*quiet, "--no-first-run"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def booth(browser: Browser, phone_company: PhoneCompany) -> Iterator[Page]:
    """A visitor at the booth. Mistakes of the page fail the test; every call is hung up afterwards."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("console", lambda note: mistakes.append(note.text) if "Content Security" in note.text else None)
    page.goto(phone_company.address)
    yield page
    for card in page.locator(".card").all():
        if card.locator(".end").is_visible():
            card.locator(".end").click()
    expect(page.locator(".end:visible")).to_have_count(0)
    page.close()
    assert not mistakes


def test_a_newcomer_dials_the_mayor_by_keyboard_alone(booth: Page, hotline: Hotline) -> None:
    expect(booth.locator("#first")).to_be_focused()
    booth.keyboard.press("Enter")
    expect(booth.get_by_role("log")).to_contain_text("这里是市长公开电话，请按一。")
    expect(booth.get_by_text("正在等您按键")).to_be_visible()

    booth.keyboard.press("1")

    expect(booth.get_by_role("log")).to_contain_text("您按了 1")
    expect(booth.get_by_role("log")).to_contain_text("正在为您转接。")
    assert hotline.pressed[-1] == "1"

    booth.locator("#hang-up").click()
    expect(booth.locator(".state")).to_have_text("已结束")
    expect(booth.get_by_role("log")).to_contain_text("您挂断了")


def test_a_reload_comes_back_to_the_same_call(booth: Page) -> None:
    booth.locator("#first").click()
    expect(booth.get_by_role("log")).to_contain_text("请按一")

    booth.reload()

    expect(booth.get_by_role("log")).to_contain_text("请按一")
    expect(booth.locator(".state")).to_have_text("通话中")
    booth.keyboard.press("1")
    expect(booth.get_by_role("log")).to_contain_text("正在为您转接。")


def test_four_callers_telephone_at_once_and_a_fifth_call_is_refused(booth: Page) -> None:
    mayor = booth.get_by_role("button", name="拨打 南宁 市长 +86")
    for calls in range(1, 5):
        mayor.click()
        expect(booth.locator(".state", has_text="通话中")).to_have_count(calls)

    mayor.click()

    expect(booth.get_by_role("alert").filter(has_text="四位来电人都在通话中")).to_be_visible()
    expect(booth.locator(".card")).to_have_count(4)


def test_the_phone_of_an_official_writes_to_their_number_and_reads_the_answer(
    booth: Page, phone_company: PhoneCompany
) -> None:
    registered = {"name": "南宁 市委书记 本人手机", "behaviour": "by_hand"}
    request = urllib.request.Request(
        f"{phone_company.address}/simulator/phones/+8615400000199",
        data=json.dumps(registered).encode(),
        method="PUT",
    )
    urllib.request.urlopen(request).close()
    booth.get_by_role("button", name="短信").click()
    booth.get_by_label("找手机").fill("书记")
    expect(booth.get_by_label("发到")).to_have_value(SECRETARY)
    booth.get_by_label("内容").fill("开会 15:00")
    booth.keyboard.press("Enter")

    texts = booth.get_by_role("log", name="这部手机的短信")
    expect(texts).to_contain_text("发给 南宁 市委书记")
    expect(texts).to_contain_text("开会 15:00")
    expect(texts).to_contain_text("已登记开会")
    booth.get_by_role("button", name="关闭").click()
    expect(texts).to_be_hidden()


def test_a_number_that_nobody_has_is_said_to_be_unassigned(booth: Page) -> None:
    booth.locator("#to").fill("0771 0000 0999")
    booth.keyboard.press("Enter")
    expect(booth.locator("#notice")).to_have_text("您拨的号码是空号：+86 771 0000 0999")


def test_a_switch_shows_what_the_other_side_says_and_nothing_else(booth: Page, hotline: Hotline) -> None:
    switch = booth.get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_contain_text("开")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert hotline.open_all_day

    hotline.answers_about_the_switch = False
    booth.reload()
    expect(switch).to_contain_text("未知")
    expect(booth.locator(".trouble")).to_contain_text("读不到它的状态")
    hotline.answers_about_the_switch = True


def test_a_restart_of_the_phone_company_ends_the_call_on_the_page_too(
    booth: Page, phone_company: PhoneCompany
) -> None:
    booth.locator("#first").click()
    expect(booth.locator(".state")).to_have_text("通话中")

    phone_company.stop()
    expect(booth.locator("#exchange")).to_contain_text("电话公司没有应答")
    phone_company.start()

    expect(booth.locator("#exchange")).to_be_hidden(timeout=PATIENCE * 1000)
    expect(booth.locator(".state")).to_have_text("已断线")
    expect(booth.locator("#numbers")).to_contain_text("市委书记")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_call_fits_the_screen(booth: Page, width: int, height: int) -> None:
    booth.set_viewport_size({"width": width, "height": height})
    booth.locator("#first").click()
    expect(booth.get_by_text("正在等您按键")).to_be_in_viewport()
    expect(booth.locator("#hang-up")).to_be_in_viewport()
    sideways = booth.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert sideways <= 0


def test_the_same_call_can_be_made_from_a_terminal(phone_company: PhoneCompany) -> None:
    printed = telephone(phone_company, "市长", "--press", "4:1", "--hang-up-after", "7")
    assert printed.returncode == 0
    assert "这里是市长公开电话，请按一。" in printed.stdout
    assert "您按了 1" in printed.stdout
    assert "正在为您转接。" in printed.stdout
    assert "您挂断了" in printed.stdout


def test_the_terminal_lists_the_numbers_when_a_name_is_not_clear(phone_company: PhoneCompany) -> None:
    printed = telephone(phone_company, "南宁")
    assert printed.returncode == 2
    assert MAYOR in printed.stdout
    assert SECRETARY in printed.stdout


def test_the_terminal_says_what_to_do_when_no_phone_company_runs(hotline: Hotline) -> None:
    printed = telephone(PhoneCompany(free_port(), hotline))
    assert printed.returncode == 1
    assert "make run" in printed.stdout


def telephone(company: PhoneCompany, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ivr.simulator", "call", *arguments, "--simulator", company.address],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
