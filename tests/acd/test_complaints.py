"""What users of other call centres complain of, each once, and that it does not happen here.

Each test names its complaint, under the number it has in our list of them. Those that are not here are about other
parts, and told where those are tested.
"""

import asyncio

import pytest

from ivr import acd, patience
from ivr.acd import CallState, Word, party
from ivr.call import Call
from ivr.hotline import Hotline
from ivr.store import connect
from tests.acd.books import what_is_wrong
from tests.acd.people import call_of, desk_of, dials, lines_up, sid_of, sits_down, takes
from tests.acd.rules import rule
from tests.cast import LI, MAYOR, WANG, ZHAO
from tests.conftest import Clock

# ------------------------------------------------------------------------------------------ stuck or lying states


async def test_an_operator_whose_offer_another_takes_over_is_free_for_the_next_caller(
    hotline: Hotline, clock: Clock
) -> None:
    """1: agents stuck in Reserved when another answers."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.decline(hotline, call, operator=WANG)
    await sits_down(hotline, LI)
    assert await takes(hotline, call, LI) is Word.OK
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"
    await beats(hotline, clock, WANG, seconds=11)  # the rest after declining
    other = await lines_up(hotline, 2)
    assert await call_of(hotline, WANG) == other


@pytest.mark.parametrize("attempt", range(5))
async def test_a_caller_who_hangs_up_as_somebody_answers_has_ended_and_is_nobodys(
    hotline: Hotline, attempt: int
) -> None:
    """2: a caller listed as answered hours after the hang-up."""
    call = await lines_up(hotline, attempt)
    await sits_down(hotline, WANG)
    await asyncio.gather(
        acd.accept(hotline, call, operator=WANG, room="r"),
        acd.hang_up(hotline, call, by="caller"),
        acd.pick_up(hotline, operator=WANG, leg=sid_of(99)),
    )
    state, outcome = await hotline.store.ask("HMGET", hotline.key("call", call), "state", "outcome")
    assert (state, outcome) == ("ended", "abandoned_ringing")
    assert await acd.live(hotline, arrived_before=hotline.now() + 1) == []
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "idle"
    assert await what_is_wrong(hotline) == []


async def test_the_higher_priority_is_served_first_whoever_came_first(hotline: Hotline, clock: Clock) -> None:
    """3: a caller with score 53 is served before one with 303."""
    callers = {}
    for n, priority in enumerate((0, 3, 1, 9, 2)):
        callers[priority] = await lines_up(hotline, n, priority=priority)
        clock.passes(1)
    served = [await next_of(hotline, clock) for _ in range(5)]
    assert served == [callers[priority] for priority in (9, 3, 2, 1, 0)]


async def test_one_operator_who_cannot_be_reached_does_not_hold_up_the_others(
    hotline: Hotline, clock: Clock
) -> None:
    """4: one unavailable agent last in the list halts the distribution."""
    for operator in (WANG, ZHAO, LI):  # the longest idle is rung first
        await sits_down(hotline, operator)
        clock.passes(1)
    clock.passes(4)
    await acd.renew(hotline, operator=LI)
    clock.passes(5)  # 9001 and 9003 have fallen silent, and nobody has noticed yet
    call = await lines_up(hotline, 1)
    assert await call_of(hotline, LI) == call


async def test_a_pause_while_it_rings_rings_out_once_and_never_again(hotline: Hotline, clock: Clock) -> None:
    """5: a change of status during an offer begins a loop of invitations."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await acd.pause(hotline, operator=WANG, reason="用餐")
    assert await call_of(hotline, WANG) == call
    await beats(hotline, clock, WANG, seconds=200)
    assert await call_of(hotline, WANG) is None
    offers = [one for one in await timeline(hotline, call) if one.startswith("offer")]
    assert len(offers) == 1


async def test_a_console_that_is_gone_is_not_available(hotline: Hotline, clock: Clock) -> None:
    """6: the extension is unregistered, the agent still shown as available."""
    await sits_down(hotline, WANG)
    clock.passes(11)
    await acd.tick(hotline)
    assert (await desk_of(hotline, WANG))["operator"]["presence"] == "lapsed"
    await lines_up(hotline, 1)
    assert await call_of(hotline, WANG) is None


async def test_the_last_wish_counts_and_nothing_that_was_pending_comes_after_it(hotline: Hotline) -> None:
    """8: going on a break is overridden by a pending change; 9: a queued next state is not cancelled."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await takes(hotline, call, WANG)
    await acd.leave(hotline, operator=WANG)  # after this call
    await acd.ready(hotline, operator=WANG)  # no: stay
    await acd.pause(hotline, operator=WANG, reason="会议")  # no: a meeting
    await acd.hang_up(hotline, call, by="caller")
    await acd.finish(hotline, operator=WANG)
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["presence"], operator["intent"], operator["reason"]) == ("on", "paused", "会议")


async def test_a_declined_call_leaves_the_only_operator_in_peace_for_a_while(
    hotline: Hotline, clock: Clock
) -> None:
    """9: a rejected call keeps ringing the only agent."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await acd.decline(hotline, call, operator=WANG)
    await beats(hotline, clock, WANG, seconds=5)
    assert await call_of(hotline, WANG) is None
    await beats(hotline, clock, WANG, seconds=5)
    assert await call_of(hotline, WANG) == call


async def test_a_call_rings_at_one_desk_only(hotline: Hotline) -> None:
    """10: the second agent's browser keeps ringing after the first has answered."""
    for operator in (WANG, LI, ZHAO):
        await sits_down(hotline, operator)
    call = await lines_up(hotline, 1)
    ringing = [one for one in (WANG, LI, ZHAO) if await call_of(hotline, one) == call]
    assert len(ringing) == 1
    await takes(hotline, call, ringing[0])
    lines = [(await desk_of(hotline, one))["operator"]["line"] for one in (WANG, LI, ZHAO)]
    assert sorted(lines) == ["idle", "idle", "talking"]


async def test_an_operator_whose_phone_never_comes_is_paused_not_rung_for_ever(
    hotline: Hotline, clock: Clock
) -> None:
    """11: reservations are created and cancelled in a loop while the device is not registered."""
    await rule(hotline, misses_before_pause=1)
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r")
    await beats(hotline, clock, WANG, seconds=300)
    operator = (await desk_of(hotline, WANG))["operator"]
    assert (operator["intent"], operator["reason"]) == ("paused", "RONA")
    assert len([one for one in await timeline(hotline, call) if one.startswith("offer")]) == 1
    assert (await acd.wait(hotline, call)).position == 1, "the caller has lost nothing"


async def test_an_operator_whose_caller_went_unheard_is_not_in_the_call_for_ever(
    hotline: Hotline, clock: Clock
) -> None:
    """7: the agent is locked in the call when the news of its end is lost. Whoever asks the carrier finds the call in
    this list for as long as it lasts here, and its answer ends it, however late."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    await beats(hotline, clock, WANG, seconds=90)
    assert await acd.live(hotline, arrived_before=hotline.now() - 60_000) == [call]
    assert await acd.hang_up(hotline, call, by="carrier") is Word.OK
    assert await acd.live(hotline, arrived_before=hotline.now()) == []
    assert await lines_of(hotline, WANG) == ["wrap_up"]
    await beats(hotline, clock, WANG, seconds=30)
    assert await lines_of(hotline, WANG) == ["idle"]
    assert await what_is_wrong(hotline) == []


# ------------------------------------------------------------------------------------------ the queue's logic


async def test_calls_are_offered_in_order_to_the_last_of_them(hotline: Hotline, clock: Clock) -> None:
    """12: serving the longest waiting caller first stops the offering of calls."""
    callers = []
    for n in range(6):
        callers.append(await lines_up(hotline, n, queue="tax" if n % 2 else "land"))
        clock.passes(1)
    assert [await next_of(hotline, clock, queues="tax land") for _ in range(6)] == callers


async def test_a_wrap_up_lasts_as_long_whichever_queue_rings_next(hotline: Hotline, clock: Clock) -> None:
    """13: the wrap-up ends early with several queues."""
    await sits_down(hotline, WANG, queues="tax land")
    call = await lines_up(hotline, 1, queue="tax")
    await takes(hotline, call, WANG)
    await acd.hang_up(hotline, call, by="caller")
    waiting = await lines_up(hotline, 2, queue="land")
    await beats(hotline, clock, WANG, seconds=25)
    assert (await desk_of(hotline, WANG))["operator"]["line"] == "wrap_up"
    await beats(hotline, clock, WANG, seconds=5)
    assert await call_of(hotline, WANG) == waiting


async def test_after_a_transfer_both_have_their_whole_wrap_up(hotline: Hotline, clock: Clock) -> None:
    """13: the wrap-up is lost after an attended transfer."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    await sits_down(hotline, LI)
    assert await party.hand_over(hotline, call, giver=WANG, taker=LI) is Word.OK
    await beats(hotline, clock, WANG, seconds=5)
    await acd.renew(hotline, operator=LI)
    await acd.hang_up(hotline, call, by="caller")
    waiting = await lines_up(hotline, 2)
    await beats(hotline, clock, WANG, seconds=24)
    assert await lines_of(hotline, WANG, LI) == ["wrap_up", "wrap_up"]
    await beats(hotline, clock, WANG, seconds=1)
    assert await call_of(hotline, WANG) == waiting
    assert await lines_of(hotline, LI) == ["wrap_up"], "theirs began when the caller went"
    await beats(hotline, clock, WANG, seconds=5)
    assert await lines_of(hotline, LI) == ["idle"]


async def test_a_wrap_up_and_a_break_are_seen_with_since_when_and_why_by_every_worker(
    hotline: Hotline, clock: Clock
) -> None:
    """14: the wrap-up is invisible to wallboards; time and reason of a pause are lost with a restart."""
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await takes(hotline, call, WANG)
    clock.passes(5)
    await acd.hang_up(hotline, call, by="caller")
    await acd.pause(hotline, operator=WANG, reason="用餐")
    since = str(hotline.now())
    clock.passes(5)
    restarted = connect(hotline.store.url)
    seen = await restarted.ask("HGETALL", hotline.key("operator", WANG))
    await restarted.close()
    assert (seen["line"], seen["line_since"]) == ("wrap_up", since)
    assert (seen["intent"], seen["reason"], seen["intent_since"]) == ("paused", "用餐", since)


async def test_nobody_is_told_a_worse_place_than_before(hotline: Hotline, clock: Clock) -> None:
    """15: a caller is told “8th” after “7th”."""
    for n in range(3):
        await lines_up(hotline, n)
    last = sid_of(2)
    told = [await acd.wait(hotline, last)]
    for n in range(10, 14):  # of higher priority: they pass
        await lines_up(hotline, n, priority=5)
        clock.passes(10)
        told.append(await acd.wait(hotline, last))
    for sid in (sid_of(0), *map(sid_of, range(10, 14))):
        await acd.hang_up(hotline, sid, by="caller")
        clock.passes(10)
        told.append(await acd.wait(hotline, last))
    said = [turn.position for turn in told if turn.better]
    assert said == [3, 2]


async def test_whoever_waits_is_served_or_told_and_never_left_with_the_music(
    hotline: Hotline, clock: Clock
) -> None:
    """16: calls just stay on music."""
    call, other = await lines_up(hotline, 1), await lines_up(hotline, 2)
    await sits_down(hotline, WANG)
    assert await call_of(hotline, WANG) == call
    clock.passes(900)
    told = await acd.wait(hotline, other)
    assert (told.word, told.state) == (Word.TOO_LONG, CallState.PARTING)
    assert (await acd.wait(hotline, other)).word is Word.TOO_LONG


# ------------------------------------------------------------------------------------------ what is wished for


async def test_a_message_can_be_left_after_a_wait_in_which_nobody_was_ever_there(
    hotline: Hotline, clock: Clock
) -> None:
    """20: voicemail only at the end of the escalation, and a crash when no agent was ever reserved."""
    call = await lines_up(hotline, 1)
    clock.passes(901)
    assert (await acd.wait(hotline, call)).word is Word.TOO_LONG
    assert await acd.keep_message(hotline, call, recording="RE1", seconds=9) is Word.OK
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == "message"


async def test_the_estimate_follows_the_line_while_the_caller_waits(hotline: Hotline, clock: Clock) -> None:
    """24: the estimate must be updated while waiting."""
    pace = acd.Pace(handled_ms=180_000, known=20, waited_ms=120_000)
    at_first = patience.estimate(6, 2, pace)
    assert at_first is not None
    more_operators, further = patience.estimate(6, 4, pace), patience.estimate(2, 2, pace)
    assert at_first not in (more_operators, further)
    for n in range(3):
        await lines_up(hotline, n)
    await acd.sign_in(hotline, operator=WANG)
    first = await acd.wait(hotline, sid_of(2))
    await acd.sign_in(hotline, operator=LI)
    await acd.hang_up(hotline, sid_of(0), by="caller")
    then = await acd.wait(hotline, sid_of(2))
    assert [(turn.position, turn.on_shift) for turn in (first, then)] == [(3, 1), (2, 2)]


@pytest.mark.parametrize("first_to_go", ["caller", "operator"])
async def test_an_answered_call_is_shown_as_answered_whoever_hangs_up(
    hotline: Hotline, first_to_go: str
) -> None:
    """26: every answered call is shown as abandoned."""
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await takes(hotline, call, WANG)
    if first_to_go == "operator":
        await acd.release(hotline, operator=WANG)
    await acd.hang_up(hotline, call, by="caller")
    assert await hotline.store.ask("HGET", hotline.key("call", call), "outcome") == "answered"


@pytest.mark.parametrize("spelt", ["+862000000001", "020/0000 0001", "0086 20 0000-0001", "＋86 20 00000001"])
def test_one_caller_is_the_same_however_a_trunk_spells_the_number(spelt: str) -> None:
    """27: the match of a caller fails on a “/” in the number."""
    assert Call("CA1", {"From": spelt}, {}).number == "+862000000001"


async def test_with_nobody_on_shift_the_caller_is_told_before_the_first_ring_of_music(
    hotline: Hotline,
) -> None:
    """29: nobody is on shift, and it rings for ever."""
    await rule(hotline, join_unstaffed=0)
    arrival = await acd.arrive(hotline, sid_of(1), line=MAYOR, caller="", is_open=True)
    assert arrival.turned_away == "unstaffed"
    await acd.sign_in(hotline, operator=WANG)
    await dials(hotline, 2)
    assert (await acd.wait(hotline, sid_of(2))).word is Word.OK


async def next_of(hotline: Hotline, clock: Clock, *, queues: str = "main") -> str | None:
    """The call that one operator takes next, to its end."""
    await sits_down(hotline, WANG, queues=queues)
    call = await call_of(hotline, WANG)
    if call:
        await takes(hotline, call, WANG)
        await acd.pause(hotline, operator=WANG, reason="小休")
        await acd.hang_up(hotline, call, by="caller")
        await acd.finish(hotline, operator=WANG)
    clock.passes(1)
    return call


async def beats(hotline: Hotline, clock: Clock, operator: str, *, seconds: int) -> None:
    """Time goes by at a desk whose console is there."""
    for _ in range(seconds):
        clock.passes(1)
        await acd.renew(hotline, operator=operator)
        await acd.tick(hotline)


async def lines_of(hotline: Hotline, *operators: str) -> list[str]:
    """What the lines of these operators are doing."""
    return [(await desk_of(hotline, one))["operator"]["line"] for one in operators]


async def timeline(hotline: Hotline, call: str) -> list[str]:
    """The events of a call, in their order."""
    stored = await hotline.store.ask("HGETALL", hotline.key("call", call))
    return [stored[f"t{n}"].partition(" ")[2] for n in range(1, int(stored["moves"]) + 1)]
