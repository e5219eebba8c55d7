"""The picture of a call: who did what when, as lanes of bars."""

from ivr import acd, records
from ivr.acd import party
from ivr.hotline import Hotline
from routes import timeline
from routes.timeline import Bar, Lane
from tests.acd.people import comes_in, lines_up, phone_of, sid_of, sits_down, takes
from tests.cast import LI, WANG
from tests.conftest import Clock

SID, ROOM = sid_of(1), "r1"


def bars(lane: Lane) -> list[tuple[str, float, float]]:
    return [(bar.phase, bar.since, bar.until) for bar in lane.bars]


async def test_ringing_talk_and_a_handing_over_stand_in_the_lanes_of_those_who_had_them(
    hotline: Hotline, clock: Clock
) -> None:
    await lines_up(hotline, 1)
    clock.passes(10)
    await sits_down(hotline, WANG)
    clock.passes(4)
    await acd.accept(hotline, SID, operator=WANG, room=ROOM)
    clock.passes(2)
    await comes_in(hotline, SID, WANG, room=ROOM)
    clock.passes(60)
    await sits_down(hotline, LI)
    await party.hand_over(hotline, SID, giver=WANG, taker=LI)
    clock.passes(30)
    await acd.hang_up(hotline, SID, by="caller")

    picture = timeline.draw(await records.read(hotline, SID))

    caller, wang, li = picture.lanes
    assert bars(caller) == [
        ("waiting", 0, 10), ("ringing", 10, 14), ("connecting", 14, 16), ("talking", 16, 106)
    ]  # fmt: skip
    assert bars(wang) == [("ringing", 10, 14), ("connecting", 14, 16), ("talking", 16, 76)]
    assert bars(li) == [("talking", 76, 106)]
    assert (picture.whole, picture.ticks) == (106, [0, 30, 60, 90])
    assert picture.totals == {"waiting": 10, "ringing": 4, "connecting": 2, "talking": 90}


async def test_the_wrap_up_follows_the_talk_in_the_operators_lane(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    await lines_up(hotline, 1)
    await takes(hotline, SID, WANG, room=ROOM)
    clock.passes(20)
    await acd.hang_up(hotline, SID, by="caller")
    clock.passes(15)
    await acd.finish(hotline, operator=WANG)
    picture = timeline.draw(await records.read(hotline, SID))
    assert picture.lanes[1].bars[-1] == Bar("wrap_up", 20, 35)
    assert picture.whole == 35


async def test_an_offer_that_was_declined_is_a_short_bar_and_the_caller_waits_on(
    hotline: Hotline, clock: Clock
) -> None:
    await sits_down(hotline, WANG)
    await lines_up(hotline, 1)
    clock.passes(3)
    await acd.decline(hotline, SID, operator=WANG)
    clock.passes(7)
    picture = timeline.draw(await records.read(hotline, SID))
    assert bars(picture.lanes[0]) == [("ringing", 0, 3)]  # it still waits: that bar has no end yet
    assert bars(picture.lanes[1]) == [("ringing", 0, 3)]


async def test_every_event_that_moves_a_caller_begins_something_in_the_picture(hotline: Hotline) -> None:
    moves = await acd.moves(hotline)
    moving = {
        event
        for event, parts in moves.items()
        if any(before != after for before, after in parts.get("call", {}).items())
    }
    assert moving - set(timeline.BEGINS) == set()


async def test_a_caller_whose_operator_was_lost_is_drawn_as_waiting(hotline: Hotline, clock: Clock) -> None:
    await sits_down(hotline, WANG)
    await lines_up(hotline, 1)
    await takes(hotline, SID, WANG, room=ROOM)
    clock.passes(10)
    await acd.pause(hotline, operator=WANG, reason="小休")
    await acd.quit_room(hotline, SID, leg=phone_of(WANG), room=ROOM)
    clock.passes(60)
    await acd.hang_up(hotline, SID, by="caller")
    caller, wang = timeline.draw(await records.read(hotline, SID)).lanes
    assert bars(caller) == [("talking", 0, 10), ("waiting", 10, 70)]
    assert bars(wang) == [("talking", 0, 10)]
