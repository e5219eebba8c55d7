"""Ringing back on a promise in the queue's library: every move in every state, and news in any order or none."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr import acd
from ivr.acd import Word
from ivr.acd import promises as book
from ivr.acd import ring_back as rings
from ivr.hotline import Hotline
from tests.acd.people import sid_of
from tests.acd.promised import SID, make_promise, state_of_promise
from tests.conftest import Clock

OFFICIAL, CALLER, OTHER = sid_of(31), sid_of(32), sid_of(33)

OF_A_RING_BACK = """
                 none      official     caller         talking    over
start            OK>official BUSY       BUSY           BUSY       OK>official
official_takes   GONE      OK>caller    ALREADY        ALREADY    GONE
caller_takes     GONE      GONE         OK>talking     ALREADY    GONE
stranger_takes   GONE      GONE         GONE           GONE       GONE
official_placed  GONE      OK             ALREADY        ALREADY    ALREADY
stranger_placed  GONE      GONE           GONE           GONE       GONE
official_ends    ALREADY   OK>over      OK>over        OK>over    ALREADY
caller_ends      ALREADY   GONE         OK>over        OK>over    ALREADY
"""


MOVES: dict[str, Callable[[Hotline], Awaitable[object]]] = {
    "start": lambda h: rings.start(h, SID, room="r1", by="本人"),
    "official_takes": lambda h: rings.take(h, SID, who="official", leg=OFFICIAL),
    "caller_takes": lambda h: rings.take(h, SID, who="caller", leg=CALLER),
    "stranger_takes": lambda h: rings.take(h, SID, who="official", leg=OTHER),
    "official_placed": lambda h: rings.place(h, SID, who="official", leg=OFFICIAL),
    "stranger_placed": lambda h: rings.place(h, SID, who="official", leg=OTHER),
    "official_ends": lambda h: rings.end(h, SID, who="official", leg=OFFICIAL, status="completed"),
    "caller_ends": lambda h: rings.end(h, SID, who="caller", leg=CALLER, status="completed"),
}
WAY = {
    "none": (),
    "official": ("start",),
    "caller": ("start", "official_takes"),
    "talking": ("start", "official_takes", "caller_takes"),
    "over": ("start", "official_takes", "caller_ends"),
}


def cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in OF_A_RING_BACK.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("move", "state", "expected"), cells())
async def test_every_move_of_a_ring_back_in_every_state(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_to(hotline, state)
    if state == "official" and move.startswith("stranger"):
        await rings.place(hotline, SID, who="official", leg=OFFICIAL)
    word, _, after = expected.partition(">")
    said = await MOVES[move](hotline)
    assert str(said[0] if isinstance(said, tuple) else said) == word
    assert await state_of(hotline) == (after or state)


async def test_a_talk_of_some_length_keeps_the_promise_once(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "talking")
    clock.passes(20)
    words = await asyncio.gather(*(MOVES[end](hotline) for end in ["official_ends", "caller_ends"] * 4))
    assert words.count(Word.OK) == 1
    assert await state_of_promise(hotline) == "kept"
    assert await hotline.store.ask("HGET", hotline.key("promise", SID), "how") == "ring_back"


async def test_a_talk_that_was_hardly_one_does_not(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "talking")
    clock.passes(19)
    await MOVES["caller_ends"](hotline)
    assert await state_of_promise(hotline) == "open"
    assert await result_of(hotline) == "short"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "completed"])
async def test_a_caller_who_does_not_come_leaves_the_promise_open_and_the_official_is_told(
    hotline: Hotline, status: str
) -> None:
    await bring_to(hotline, "caller")
    await rings.end(hotline, SID, who="caller", leg=CALLER, status=status)
    assert (await state_of_promise(hotline), await result_of(hotline)) == ("open", f"caller {status}")
    assert ("unreached", OFFICIAL) in await errands(hotline)
    assert await MOVES["start"](hotline) is Word.OK  # and it can be tried again


async def test_an_official_who_hangs_up_before_the_caller_comes_ends_the_ringing_there(
    hotline: Hotline,
) -> None:
    await bring_to(hotline, "caller")
    await rings.place(hotline, SID, who="caller", leg=CALLER)
    await MOVES["official_ends"](hotline)
    found = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    assert ("hang_up", CALLER) in [(one["what"], one["sid"]) for _, one in found]


async def test_two_who_press_the_button_ring_once(hotline: Hotline) -> None:
    await make_promise(hotline)
    words = await asyncio.gather(*(MOVES["start"](hotline) for _ in range(9)))
    assert sorted(str(word) for word in words) == ["BUSY"] * 8 + ["OK"]


async def test_a_promise_that_is_over_is_not_rung_back(hotline: Hotline) -> None:
    await make_promise(hotline)
    await book.keep(hotline, SID, how=book.How.STATEMENT, by="9010")
    assert await MOVES["start"](hotline) is Word.GONE


@pytest.mark.parametrize(
    ("state", "result"), [("official", "official no-answer"), ("caller", "caller no-answer")]
)
async def test_ringing_of_which_nobody_tells_the_end_ends_by_itself(
    hotline: Hotline, clock: Clock, state: str, result: str
) -> None:
    await bring_to(hotline, state)
    clock.passes(91)
    await acd.tick(hotline)
    assert (await state_of(hotline), await result_of(hotline)) == ("over", result)


async def test_a_talk_of_which_nobody_tells_the_end_is_asked_about(hotline: Hotline, clock: Clock) -> None:
    await bring_to(hotline, "talking")
    for n in (1, 2):
        clock.passes(121)
        await acd.tick(hotline)
        assert (await errands(hotline)).count(("look_back", CALLER)) == n
    assert await state_of(hotline) == "talking"


async def bring_to(hotline: Hotline, state: str) -> None:
    await make_promise(hotline)
    for move in WAY[state]:
        await MOVES[move](hotline)
    assert await state_of(hotline) == state


async def state_of(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("ring_back", SID), "state") or "none")


async def result_of(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("ring_back", SID), "result"))


async def errands(hotline: Hotline) -> list[tuple[str, str]]:
    found = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    return [(one["what"], one["step"]) for _, one in found]
