"""Call-backs that are left with nobody: rung again, first of all, and never on two lines at once."""

from ivr import acd
from ivr.acd import Word, callbacks, party
from ivr.check import check
from ivr.hotline import Hotline
from tests.acd.books import what_is_wrong
from tests.acd.called_back import brought_to, field, grows_too_old, state_of
from tests.acd.people import call_of, desk_of, is_called, is_reached, leg_of, lines_up, phone_of, sits_down
from tests.cast import LI, WANG
from tests.conftest import Clock


async def test_who_is_still_on_the_line_after_the_talk_is_led_to_the_goodbye_on_their_own_leg(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "parting")
    clock.passes(31)
    await acd.tick(hotline)
    [*_, (_, errand)] = await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")
    assert (errand["what"], errand["sid"]) == ("tell", leg_of(back))
    assert errand["step"].split() == [f"after_call_back?call={back}&room=r1"]  # and their language, if any


async def test_whoever_is_left_with_nobody_is_rung_again_first_of_all_and_it_is_no_try(
    hotline: Hotline, clock: Clock
) -> None:
    ahead = await lines_up(hotline, 9)
    back = await brought_to(hotline, "waiting")
    assert await callbacks.make_now(hotline, back, operator=WANG, room="r1") is Word.OK
    await is_called(hotline, back, WANG)
    await is_reached(hotline, back)
    for leg in (phone_of(WANG), leg_of(back)):
        await acd.join(hotline, back, leg=leg, room="r1")
    clock.passes(20)
    await party.hold(hotline, operator=WANG)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await state_of(hotline, back) == "broken_off"
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"

    clock.passes(16)  # nobody said that their line is down
    await acd.tick(hotline)
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == back
    assert await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1) == [ahead]
    assert await field(hotline, back, "tries") == "0"
    assert await what_is_wrong(hotline) == []


async def test_whose_talk_was_broken_off_and_who_is_not_reached_again_counts_as_unreachable(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "held")
    clock.passes(20)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="hung_up")
    await acd.finish(hotline, operator=WANG)
    for _ in range(3):
        await callbacks.make_now(hotline, back, operator=WANG, room="r1")
        await is_called(hotline, back, WANG)
        await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="busy")
        clock.passes(15 * 60 + 10)
        await sits_down(hotline, WANG)
        await acd.tick(hotline)
    assert await field(hotline, back, "outcome") == "unreachable"
    assert await field(hotline, back, "talked") == "20000"
    assert await what_is_wrong(hotline) == []
    wrong = [found.wrong for found in await check(hotline, again=False)]
    assert [one for one in wrong if "errand" not in one] == []  # which no worker runs here


async def test_a_talk_that_was_broken_off_and_never_taken_up_again_ends_as_unreachable_too(
    hotline: Hotline,
) -> None:
    back = await brought_to(hotline, "broken_off")
    await grows_too_old(hotline, back)
    assert await field(hotline, back, "outcome") == "unreachable"


async def test_whose_operator_was_lost_before_they_met_is_offered_to_nobody_while_their_line_is_up(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "reached")
    await sits_down(hotline, LI)
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await call_of(hotline, LI) is None
    assert await acd.leave_room(hotline, back, leg=leg_of(back), room="r1", is_up=True) is Word.BACK
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="completed") is Word.OK
    assert await call_of(hotline, LI) == back
    assert await field(hotline, back, "tries") == "0"
    assert await what_is_wrong(hotline) == []


async def test_nor_is_the_line_forgotten_when_the_books_are_put_right(hotline: Hotline) -> None:
    """The operator's record was lost: whoever is alone in the room is told, and is rung again."""
    back = await brought_to(hotline, "reached")
    await hotline.store.ask("HDEL", hotline.key("operator", WANG), "call")
    assert any("nobody_has" in found for found in await acd.reconcile(hotline, mend=True))
    errands = [told for _, told in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")]
    [led] = [one for one in errands if one["sid"] == leg_of(back)]
    assert (led["what"], led["step"].split()) == ("tell", ["sorry_later"])
    assert await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="completed") is Word.OK
    assert await call_of(hotline, WANG) == back
    stored = await hotline.store.ask("HGETALL", hotline.key("call", back))
    assert [event.split()[1] for event in stored.values() if "stand_back" in event] == ["stand_back"]


async def test_nor_for_longer_than_a_moment_though_nobody_says_that_it_is_down(
    hotline: Hotline, clock: Clock
) -> None:
    back = await brought_to(hotline, "reached")
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    clock.passes(16)
    await acd.tick(hotline)
    await sits_down(hotline, LI)
    assert await call_of(hotline, LI) == back


async def test_a_phone_that_begins_to_ring_when_its_try_is_over_is_put_down(hotline: Hotline) -> None:
    back = await brought_to(hotline, "connecting")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    assert await callbacks.rung(hotline, back, room="r1", leg=leg_of(back)) is Word.GONE
    assert await callbacks.rung(hotline, back, room="r1", leg=leg_of(back)) is Word.GONE  # told twice
    errands = [told for _, told in await hotline.store.ask("XRANGE", hotline.key("errands"), "-", "+")]
    assert [one["what"] for one in errands if one["sid"] == leg_of(back)] == ["hang_up"]
    assert await what_is_wrong(hotline) == []
