"""What supervisors press explains itself before it is pressed."""

from html.parser import HTMLParser

import aiohttp

from tests.cast import SUPERVISOR
from tests.town import Operator, Town


class Buttons(HTMLParser):
    """The buttons of a page, and the words that stand under each id."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[dict[str, str]] = []
        self.words: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "button":
            self.buttons.append(given)
        if tag == "span":
            self._open.append(given.get("id", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.words[self._open[-1]] = self.words.get(self._open[-1], "") + data


async def test_each_button_that_acts_on_an_operator_or_a_caller_says_what_it_will_do(town: Town) -> None:
    """19: supervisors do not know what their buttons do."""
    headers = {"Authorization": f"Bearer {Operator(town, SUPERVISOR).token}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as boss, boss.get("/wallboard") as answer:
        page = Buttons()
        page.feed(await answer.text())
    in_a_dialog = [one for one in page.buttons if one.get("value", "close") != "close"]
    in_a_row = [one for one in page.buttons if one.get("data-act") in ("listen", "whisper", "barge", "take")]
    assert len(in_a_dialog) == 7 and len(in_a_row) == 4
    assert all(len(page.words[one["aria-describedby"]]) > 5 for one in in_a_dialog)
    assert all(len(one["title"]) > 5 for one in in_a_row)
