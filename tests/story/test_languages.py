"""A caller chooses their language by one key, once: somebody who speaks it answers, now and for a year."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cast import LI, MAYOR, WANG
from tests.story.rules import rules
from tests.town import Town

SPEAKER = "+862000000021"
OTHER = "+862000000022"
THIRD = "+862000000023"
OFFER = "粤语服务请按 2。"
YUE = {
    "title": "粤语",
    "key": "2",
    "offer": OFFER,
    "code": "zh-HK",
    "voice": "Polly.Hiujin-Neural",
    "queue": "yue",
}


@pytest_asyncio.fixture
async def bilingual(town: Town) -> AsyncIterator[Town]:
    queue = {"title": "粤语", "skills": ["粤语"]}
    async with rules(town, "queues", yue=queue), rules(town, "languages", yue=YUE):
        yield town


async def test_whoever_presses_the_key_waits_for_who_speaks_it_and_is_not_asked_again(
    bilingual: Town,
) -> None:
    await bilingual.operator(WANG)  # speaks Mandarin only
    first = await bilingual.caller(SPEAKER).dials(MAYOR)
    heard = await first.hears(OFFER)
    assert heard["language"] == "zh-HK", "the offer is made in the language itself"
    await first.presses("2")
    await first.hears("waiting.wav")
    record = await bilingual.ask("GET", f"/api/nanning/calls/{first.sid}", token=bilingual.admin_token())
    assert (record["queue"], record["state"]) == ("yue", "waiting")
    await first.hangs_up()

    again = await bilingual.caller(SPEAKER).dials(MAYOR)
    await again.hears("waiting.wav")
    assert OFFER not in await again.everything_heard()
    record = await bilingual.ask("GET", f"/api/nanning/calls/{again.sid}", token=bilingual.admin_token())
    assert record["queue"] == "yue"


async def test_whoever_presses_nothing_is_answered_all_the_same(bilingual: Town) -> None:
    li = await bilingual.operator(LI)
    other = await bilingual.caller(OTHER).dials(MAYOR)
    await other.hears(OFFER)
    card = await li.rings()
    assert (card["sid"], card["language"]) == (other.sid, "")


async def test_without_languages_nobody_is_asked(town: Town) -> None:
    caller = await town.caller(OTHER).dials(MAYOR)
    await caller.hears("waiting.wav")
    assert OFFER not in await caller.everything_heard()


async def test_where_talks_are_recorded_whoever_chose_a_language_is_told_so_too(bilingual: Town) -> None:
    async with rules(bilingual, "talk", record_talks=True):
        caller = await bilingual.caller(THIRD).dials(MAYOR)
        await caller.hears(OFFER)
        await caller.presses("2")
        await caller.hears("录音")
        await caller.hears("waiting.wav")
