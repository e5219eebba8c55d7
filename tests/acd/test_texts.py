"""Texts: one for a call, within the caps, sent at most once, whatever is said in whatever order."""

import asyncio

import pytest

from ivr.acd import Word, texts
from ivr.acd.texts import TextState
from ivr.hotline import Hotline
from tests.acd.people import dials, sid_of
from tests.cast import MAYOR, WU
from tests.conftest import Clock

DAY = 24 * 3600


async def written(hotline: Hotline, n: int, words: str = "会后联系您") -> texts.Written:
    sid = await dials(hotline, n)
    return await texts.write_text(hotline, sid, number=WU, line=MAYOR, words=words, day="2026-11-23")


async def state_of(hotline: Hotline, n: int) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("text", sid_of(n)), "state"))


async def test_of_many_who_ask_for_one_text_and_many_who_send_it_one_does(hotline: Hotline) -> None:
    asked = await asyncio.gather(*(written(hotline, 1) for _ in range(20)))
    assert sorted(one.word for one in asked) == [Word.ALREADY] * 19 + [Word.OK]
    taken = await asyncio.gather(*(texts.send_text(hotline, sid_of(1)) for _ in range(20)))
    assert sorted(one.word for one in taken) == [Word.GONE] * 19 + [Word.OK]


async def test_a_third_alike_and_a_fifth_at_all_are_not_sent_within_a_day(
    hotline: Hotline, clock: Clock
) -> None:
    assert [(await written(hotline, n)).cap for n in (1, 2, 3)] == ["", "", "alike"]
    assert [(await written(hotline, n, f"{n}")).cap for n in (4, 5, 6)] == ["", "", "number"]
    clock.passes(DAY + 1)
    assert (await written(hotline, 7)).word is Word.OK


async def test_no_more_are_sent_a_day_than_the_hotline_may(hotline: Hotline) -> None:
    await hotline.store.ask("HSET", hotline.key("rules"), "texts_a_day", 1)
    assert (await written(hotline, 1)).word is Word.OK
    assert (await written(hotline, 2, "另一条")).cap == "day"


async def test_what_is_said_late_or_twice_of_a_text_does_not_turn_it_back(hotline: Hotline) -> None:
    await written(hotline, 1)
    await texts.send_text(hotline, sid_of(1))
    assert await texts.text_is(hotline, sid_of(1), TextState.DELIVERED) is Word.OK
    for late in (TextState.SENT, TextState.DELIVERED, TextState.UNSURE, TextState.UNDELIVERED):
        assert await texts.text_is(hotline, sid_of(1), late) is Word.ALREADY
    assert await state_of(hotline, 1) == "delivered"


async def test_a_text_whose_sender_died_is_unsure_and_is_not_sent_again(
    hotline: Hotline, clock: Clock
) -> None:
    await written(hotline, 1)
    await texts.send_text(hotline, sid_of(1))
    clock.passes(91)
    await hotline.ask("acd_tick", 100)
    assert await state_of(hotline, 1) == "unsure"
    assert (await texts.send_text(hotline, sid_of(1))).word is Word.GONE


async def test_a_text_waits_ten_minutes_for_a_gateway_that_is_busy_and_is_refused_then(
    hotline: Hotline, clock: Clock
) -> None:
    await written(hotline, 1)
    for state in ["queued"] * 9 + ["refused"]:
        await texts.send_text(hotline, sid_of(1))
        await texts.text_is(hotline, sid_of(1), TextState.QUEUED)
        clock.passes(61)
        await hotline.ask("acd_tick", 100)
        assert await state_of(hotline, 1) == state


async def test_a_text_that_no_network_reports_on_counts_with_those_that_did_not_arrive(
    hotline: Hotline, clock: Clock
) -> None:
    for n, state in enumerate((TextState.SENT, TextState.UNDELIVERED, TextState.REFUSED, TextState.UNSURE)):
        await written(hotline, n, f"第{n}条")
        await texts.send_text(hotline, sid_of(n))
        await texts.text_is(hotline, sid_of(n), state, "30005")
    clock.passes(30 * 60 + 1)
    await hotline.ask("acd_tick", 100)
    assert await state_of(hotline, 0) == "unreported"
    assert await hotline.store.ask("HGET", hotline.key("texts_failing"), "failed") == "4"
    assert await texts.text_is(hotline, sid_of(0), TextState.DELIVERED) is Word.OK, "the report was only late"
    assert await hotline.store.ask("EXISTS", hotline.key("texts_failing")) == 0


async def test_one_text_counts_once_among_those_that_did_not_arrive_whatever_else_is_said_of_it(
    hotline: Hotline,
) -> None:
    for n, states in enumerate(
        (
            (TextState.UNSURE, TextState.UNDELIVERED),
            (TextState.SENT, TextState.UNREPORTED, TextState.UNDELIVERED),
            (TextState.UNSURE, TextState.SENT, TextState.UNDELIVERED),
        )
    ):
        await written(hotline, n, f"第{n}条")
        await texts.send_text(hotline, sid_of(n))
        for state in states:
            assert await texts.text_is(hotline, sid_of(n), state, "30005") is Word.OK
    assert await hotline.store.ask("HGET", hotline.key("texts_failing"), "failed") == "3"


@pytest.mark.parametrize(
    ("stage", "word"), [("official", Word.GONE), ("office", Word.OK), ("duty", Word.GONE)]
)
async def test_whoever_is_now_to_act_on_a_promise_is_told_by_one_text(
    hotline: Hotline, stage: str, word: Word
) -> None:
    await hotline.store.ask("HSET", hotline.key("promise", sid_of(1)), "state", "office")
    words = await asyncio.gather(*(tell(hotline, stage) for _ in range(8)))
    assert sorted(words) == sorted([word] + [Word.GONE if word is Word.GONE else Word.ALREADY] * 7)
    texts_sent = await hotline.store.ask("EXISTS", hotline.key("text", f"{sid_of(1)}-{stage}"))
    assert texts_sent == (word is Word.OK)


async def test_what_became_of_a_reminder_is_known_of_its_promise(hotline: Hotline) -> None:
    promise = hotline.key("promise", sid_of(1))
    await hotline.store.ask("HSET", promise, "state", "duty")
    await tell(hotline, "duty")
    text = f"{sid_of(1)}-duty"
    assert (await texts.send_text(hotline, text)).word is Word.OK
    await texts.text_is(hotline, text, TextState.UNDELIVERED, "30005")
    assert await hotline.store.ask("HGET", promise, "told_duty") == "undelivered"
    assert (await texts.send_text(hotline, text)).word is Word.GONE, "nobody gets it twice"


async def tell(hotline: Hotline, stage: str) -> Word:
    return await texts.tell_of_promise(
        hotline,
        sid_of(1),
        stage=stage,
        number="+8615400000118",
        line=MAYOR,
        words="在等您回电",
        day="today",
        why_not="",
    )
