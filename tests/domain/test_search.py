"""Calls are found by any of their facts together, a caller also by their last digits, and put in order by how long."""

import pytest

from ivr import acd, privacy, records
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.records import Sort, Sought
from ivr.roles import Person, Role
from tests.acd.people import dials, lines_up, sid_of, sits_down, takes
from tests.cast import SUPERVISOR, WANG
from tests.conftest import Clock

HAN = Person("nanning", SUPERVISOR, Role.SUPERVISOR)
WANG_HERSELF = Person("nanning", WANG, Role.OPERATOR)


@pytest.fixture
async def day(hotline: Hotline, clock: Clock) -> Hotline:
    """Three calls that were answered; the first waited 6 s and talked 7 s, the second 3 and 9, the third 8 and 4."""
    await sits_down(hotline, WANG)
    for n, waits, talks in ((1, 6, 7), (2, 3, 9), (3, 8, 4)):
        await lines_up(hotline, n)
        clock.passes(waits)
        await acd.renew(hotline, operator=WANG)
        await takes(hotline, sid_of(n), WANG, room=f"r{n}")
        clock.passes(talks)
        await acd.hang_up(hotline, sid_of(n), by="caller")
        await acd.finish(hotline, operator=WANG)
        await acd.renew(hotline, operator=WANG)
    return hotline


async def found(hotline: Hotline, **asked: object) -> list[str]:
    return [one.sid for one in (await records.search(hotline, Sought.model_validate(asked))).calls]


@pytest.mark.parametrize(
    ("sort", "order"), [("arrived", (3, 2, 1)), ("waited", (3, 1, 2)), ("talked", (2, 1, 3))]
)
async def test_the_newest_or_the_longest_come_first(day: Hotline, sort: Sort, order: tuple[int, ...]) -> None:
    assert await found(day, sort=sort) == [sid_of(n) for n in order]


async def test_the_longest_are_read_page_by_page(day: Hotline) -> None:
    sought, seen, cursor = Sought(sort="talked"), [], ""
    for _ in range(3):
        page = await records.search(day, sought, limit=1, cursor=cursor)
        seen += [one.sid for one in page.calls]
        cursor = page.cursor or ""
    assert (seen, cursor) == ([sid_of(2), sid_of(1), sid_of(3)], "")
    with pytest.raises(Invalid):
        await records.search(day, sought, cursor="1-1")


async def test_too_many_to_be_put_in_order_are_refused_in_words(
    day: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LOOKED_AT_MOST", 2)
    with pytest.raises(Invalid, match="缩短日期范围"):
        await found(day, sort="waited")


async def test_a_caller_is_found_by_their_last_digits_and_a_sealed_one_is_not(day: Hotline) -> None:
    caller = str(await day.store.ask("HGET", day.key("call", sid_of(2)), "caller"))
    assert await found(day, caller=caller[-4:]) == [sid_of(2)]
    assert await found(day, caller=caller) == [sid_of(2)]
    assert await found(day, caller="9" + caller[-4:]) == []
    await privacy.seal(day, WANG_HERSELF, sid_of(2))
    tail = Sought(caller=caller[-4:])
    assert (await privacy.search(day, WANG_HERSELF, tail)).calls == []
    assert len((await privacy.search(day, HAN, tail)).calls) == 1


async def test_the_calls_of_one_queue(day: Hotline) -> None:
    await dials(day, 4, queue="tax")
    assert await found(day, queue="tax") == [sid_of(4)]
    assert await found(day, queue="main") == [sid_of(3), sid_of(2), sid_of(1)]
