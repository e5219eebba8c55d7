"""拨测到人 at the desk of an operator: the card says that it is a test and of which number, and nothing of a caller."""

import pytest
from playwright.async_api import Page, expect

from tests.cast import WANG
from tests.console.office import PATIENCE, Office, Scheme, is_accessible, press, standing

# Each standing that the desk comes to, with what it offers then; the sentence is soon over.
WATCH = """() => {
  window.seen = [];
  const tag = document.getElementById("standing");
  const isShown = (id) => Boolean(document.getElementById(id).offsetParent);
  const note = () => window.seen.push([tag.textContent, ["hold", "ask", "noting"].filter(isShown)]);
  new MutationObserver(note).observe(tag, { childList: true, characterData: true, subtree: true });
}"""


@pytest.mark.parametrize(("scheme", "number"), [("light", "+8677100000008"), ("dark", "+8677100000009")])
async def test_a_supervisor_has_an_operator_rung_who_takes_it_like_a_call(
    office: Office, scheme: Scheme, number: str
) -> None:
    desk = await office.ready(WANG, await office.seat(scheme))
    supervisor = await office.in_the_pages("9010", await office.seat(scheme))
    await supervisor.goto(f"/probes/{number}")
    confirmed = supervisor.get_by_role("button", name="确认，现在让一位话务员接听")
    await expect(confirmed).to_be_hidden()
    await supervisor.get_by_text("拨测到人…").click()
    await _fits(supervisor, f"before an operator is rung, {scheme}")
    await confirmed.click()

    await expect(standing(desk)).to_have_text("拨测振铃", timeout=PATIENCE)
    card = desk.locator("#card")
    await expect(card).to_contain_text("这是拨测，没有来电人")
    await expect(card.get_by_text("+86 771 0000")).to_be_visible()
    await expect(card.get_by_text("来电人", exact=True)).to_be_hidden()
    await _fits(desk, f"a test rings, {scheme}")
    await desk.evaluate(WATCH)
    await desk.keyboard.press("F2")
    await expect(standing(desk)).to_have_text("空闲", timeout=PATIENCE)  # by itself, and with no wrap-up
    assert ["拨测中", []] in await desk.evaluate("window.seen")
    await expect(desk.locator("#softphone")).to_have_text("就绪")

    answered = supervisor.get_by_role("row").filter(has_text=f"话务员 {WANG}")
    await expect(answered).to_be_visible(timeout=PATIENCE)
    await expect(answered).to_contain_text("到人")
    await _fits(supervisor, f"an operator answered, {scheme}")
    await press(desk, "签出")


async def _fits(page: Page, where: str) -> None:
    await is_accessible(page, where)
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{where}: {width} pixels too wide"
