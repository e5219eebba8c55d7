"""A caller chooses their language by one key, once: somebody who speaks it answers, now and for a year."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cast import LI, MAYOR, WANG
from tests.story.call_backs import asks_and_is_rung
from tests.story.rules import rules
from tests.town import Town

SPEAKER = "+862000000021"
OTHER = "+862000000022"
THIRD = "+862000000023"
FOURTH = "+862000000024"
FIFTH = "+862000000025"
SIXTH = "+862000000026"
SEVENTH = "+862000000027"
OFFER = "粤语服务请按 2。"
YUE = {
    "title": "粤语",
    "key": "2",
    "offer": OFFER,
    "code": "zh-HK",
    "voice": "Polly.Hiujin-Neural",
    "queue": "yue",
}


WELCOME = "您好，而家为您服务。"  # any words will do here, as long as they are not the others


@pytest_asyncio.fixture
async def bilingual(town: Town) -> AsyncIterator[Town]:
    queue = {"title": "粤语", "skills": ["粤语"]}
    async with rules(town, "queues", yue=queue), rules(town, "languages", yue=YUE):
        yield town


@pytest_asyncio.fixture
async def written(town: Town) -> AsyncIterator[Town]:
    """A language in which there are sentences, and whose callers wait for whoever answers the number."""
    async with rules(town, "languages", yue={**YUE, "queue": ""}):
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


async def test_whoever_chose_a_language_hears_what_there_is_in_it_and_the_rest_as_all_do(
    written: Town,
) -> None:
    bilingual = written
    await _writes(bilingual, "greeting", WELCOME)
    await _writes(bilingual, "please_wait", "请等一阵。")
    await _writes(bilingual, "meet_operator", "{operator_digits} 号为您服务。")
    caller = await bilingual.caller(FOURTH).dials(MAYOR)
    await caller.hears(OFFER)
    assert WELCOME not in await caller.everything_heard(), "nothing is chosen yet"
    await caller.presses("2")
    assert (await caller.hears("请等一阵。"))["language"] == "zh-HK"
    await caller.hears("waiting.wav")
    await caller.hangs_up()
    await caller.record()

    again = await bilingual.caller(FOURTH).dials(MAYOR)
    assert (await again.hears(WELCOME))["language"] == "zh-HK"
    await again.hears("waiting.wav")
    wang = await bilingual.operator(WANG)
    await wang.accepts()
    assert (await again.hears("九零零一 号为您服务。"))["language"] == "zh-HK", "fetched out of the music"
    await wang.is_on("talking")
    await wang.hangs_up()
    last = await again.hears("评价")
    assert last["language"] == "cmn-CN", "of which there is nothing in it"


async def test_a_sentence_in_a_language_must_be_sayable_and_is_taken_back_by_emptying_it(
    bilingual: Town,
) -> None:
    await _writes(bilingual, "greeting", "您好{nobody}", expect=422)
    await _writes(bilingual, "whisper", "您好", expect=404)
    await _writes(bilingual, "greeting", WELCOME)
    await _chooses(bilingual, FIFTH)
    await _writes(bilingual, "greeting", "")
    again = await bilingual.caller(FIFTH).dials(MAYOR)
    assert (await again.hears("欢迎拨打"))["language"] == "cmn-CN"


async def test_whoever_is_called_back_hears_the_language_they_chose(written: Town) -> None:
    await _writes(written, "callback_announce", "{title}而家覆您，請按 1。")
    await _chooses(written, SIXTH)
    caller, wang = await asks_and_is_rung(written, SIXTH)
    await caller.picks_up()
    assert (await caller.hears("而家覆您"))["language"] == "zh-HK"
    await caller.presses("1")
    await caller.is_in_the_room()
    await wang.is_on("talking")
    await _writes(written, "callback_broken_off", "请收线，即刻再覆您。")
    await wang.holds()
    await wang.drops_the_phone()
    assert (await caller.hears("即刻再覆您"))["language"] == "zh-HK", "also when something goes wrong"


async def test_whose_language_is_spoken_no_more_is_asked_again(town: Town) -> None:
    async with rules(town, "languages", yue={**YUE, "queue": ""}):
        await _chooses(town, SEVENTH)
    other = {**YUE, "title": "壮语", "key": "3", "offer": "壮语服务请按 3。", "queue": ""}
    async with rules(town, "languages", zha=other):
        again = await town.caller(SEVENTH).dials(MAYOR)
        await again.hears("壮语服务请按 3。")
        await again.hears("waiting.wav")


async def _chooses(town: Town, number: str) -> None:
    """They have chosen the language, and hung up before anybody answered."""
    caller = await town.caller(number).dials(MAYOR)
    await caller.hears(OFFER)
    await caller.presses("2")
    await caller.hears("waiting.wav")
    await caller.hangs_up()
    await caller.record()


async def _writes(town: Town, key: str, text: str, *, expect: int = 200) -> None:
    where = f"/api/nanning/languages/yue/prompts/{key}"
    await town.ask("PUT", where, token=town.admin_token(), json={"text": text}, expect=expect)
