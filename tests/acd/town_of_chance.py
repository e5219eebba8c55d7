"""A town that is driven by chance: any callers, operators, skills and priorities, and a carrier that loses, repeats and
muddles its news. Whatever anybody does is a sentence, so that a sequence can be told as a story.

Hypothesis runs its steps one after another without a loop, so each machine has an event loop of its own.
"""

import asyncio
from collections.abc import Awaitable
from itertools import chain
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from ivr import acd
from ivr.acd import Whom, callbacks, desk_probes, direct, party
from ivr.carrier.twilio import Twilio
from ivr.demo import Demo
from ivr.handbook import CALENDAR, HOTLINES, read_folder
from ivr.hotline import Hotline, rules
from ivr.keys import root
from ivr.store import connect
from tests.acd.books import not_ended_in_one_way, what_is_wrong
from tests.acd.people import (
    comes_in,
    everybody_goes_home,
    is_called,
    is_reached,
    leg_of,
    phone_of,
    sid_of,
    the_guest_comes,
    the_guest_goes,
)
from tests.acd.probed import is_over, rings_at_a_desk
from tests.cast import MAYOR
from tests.conftest import Clock

T = TypeVar("T")
SETTINGS = Demo(port=1, simulator_port=2, folder=Path(".data"), redis_url="unix:///nowhere").settings()
NANNING = read_folder(HOTLINES / "nanning", CALENDAR)
CALLERS = st.integers(1, 6)
OPERATORS = st.sampled_from(["9001", "9002", "9003"])
SKILLS = st.sampled_from(["main", "main tax=3", "tax=1", "main land=2 tax=2"])
QUEUES = st.sampled_from(["main", "tax", "land"])
SECONDS = st.sampled_from([0.5, 2, 5, 9, 16, 31, 61])


class Town(RuleBasedStateMachine):
    """Callers 1 to 6 and operators 9001 to 9003. Each rule is one thing that somebody does, and one sentence."""

    url = ""  # of the store; set by whoever runs the machine

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.carrier = self.now(_a_carrier())  # nobody asks it anything here
        self.story: list[str] = []
        self.calls: dict[int, str] = {}  # the call that each caller is in, or was in last
        self.dialled = 0
        self.has_failed = False
        self.hotline = self.now(_open(self.url, self.clock, self.carrier))

    def now(self, act: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_wait_for(act))

    def tell(self, sentence: str, said: object = "") -> None:
        word = said[0] if isinstance(said, tuple) else said
        self.story.append(f"{len(self.story) + 1}. {sentence}{f' ({word})' if word else ''}.")

    def teardown(self) -> None:
        try:
            if not self.has_failed:
                self.now(everybody_goes_home(self.hotline))
                self.holds(self.now(not_ended_in_one_way(self.hotline)))
        finally:
            self.now(close(self.hotline, self.carrier))
            self.loop.close()

    @invariant()
    def the_books_balance(self) -> None:
        self.holds(self.now(what_is_wrong(self.hotline)))

    @invariant()
    def there_is_nothing_to_mend(self) -> None:
        self.holds(self.now(acd.reconcile(self.hotline, mend=False)))

    def holds(self, wrong: list[str]) -> None:
        if wrong:
            self.has_failed = True
            raise AssertionError("\n".join(["", *self.story, "Then it is wrong that:", *wrong]))

    @initialize(skills=st.tuples(SKILLS, SKILLS, SKILLS), callers=st.integers(1, 3))
    def a_morning(self, skills: tuple[str, str, str], callers: int) -> None:
        """Everybody is at a desk, and the first have called: or most of what follows would be about nobody."""
        for operator, served in zip(("9001", "9002", "9003"), skills, strict=True):
            self.an_operator_sits_down(operator, served)
        for caller in range(1, callers + 1):
            self.a_caller_dials(caller, "main", 0, 1)

    # -------------------------------------------------------------------------------------- callers

    @rule(caller=CALLERS, queue=QUEUES, priority=st.integers(0, 9), is_open=st.integers(0, 9))
    def a_caller_dials(self, caller: int, queue: str, priority: int, is_open: int) -> None:
        self.dialled += 1
        sid = self.calls[caller] = sid_of(self.dialled)
        arrival = acd.arrive(
            self.hotline, sid, line=MAYOR, caller=f"+86200000{caller:04d}", queue=queue, priority=priority,
            is_open=is_open > 0,
        )  # fmt: skip
        self.tell(f"Caller {caller} dials for {queue} with priority {priority}", self.now(arrival))
        self.a_caller_comes_round(caller)

    @rule(caller=CALLERS)
    def a_caller_comes_round(self, caller: int) -> None:
        self.tell(f"Caller {caller} stands in line", self.now(acd.wait(self.hotline, self.call_of(caller))))

    @rule(caller=CALLERS)
    def a_caller_asks_for_their_room(self, caller: int) -> None:
        self.tell(
            f"Caller {caller} asks for their room", self.now(acd.meet(self.hotline, self.call_of(caller)))
        )

    @rule(caller=CALLERS)
    def a_caller_hangs_up(self, caller: int) -> None:
        said = self.now(acd.hang_up(self.hotline, self.call_of(caller), by="caller"))
        self.tell(f"Caller {caller} hangs up", said)

    @rule(caller=CALLERS)
    def a_caller_leaves_words(self, caller: int) -> None:
        said = self.now(acd.keep_message(self.hotline, self.call_of(caller), recording="RE1", seconds=5))
        self.tell(f"Caller {caller} leaves words", said)

    # -------------------------------------------------------------------------------------- operators

    @rule(operator=OPERATORS, skills=SKILLS)
    def an_operator_sits_down(self, operator: str, skills: str) -> None:
        self.tell(
            f"{operator} sits down for {skills}",
            self.now(acd.sign_in(self.hotline, operator=operator, queues=skills)),
        )
        self.an_operator_is_ready(operator)

    @rule(operator=OPERATORS)
    def an_operator_is_ready(self, operator: str) -> None:
        self.tell(f"{operator} is ready", self.now(acd.ready(self.hotline, operator=operator)))

    @rule(operator=OPERATORS, reason=st.sampled_from(["用餐", "会议"]))
    def an_operator_pauses(self, operator: str, reason: str) -> None:
        self.tell(
            f"{operator} pauses for {reason}",
            self.now(acd.pause(self.hotline, operator=operator, reason=reason)),
        )

    @rule(operator=OPERATORS)
    def an_operator_leaves(self, operator: str) -> None:
        self.tell(f"{operator} leaves after this call", self.now(acd.leave(self.hotline, operator=operator)))

    @rule(operator=OPERATORS)
    def an_operator_takes_what_rings(self, operator: str) -> None:
        call = self.ringing_at(operator)
        word = self.now(acd.accept(self.hotline, call, operator=operator, room=f"room-{call}"))
        self.tell(f"{operator} takes what rings", word)

    @rule(operator=OPERATORS)
    def both_come_into_the_room(self, operator: str) -> None:
        call = self.ringing_at(operator)
        self.now(comes_in(self.hotline, call, operator, room=f"room-{call}"))
        self.tell(f"{operator} and their caller come into the room")

    @rule(operator=OPERATORS)
    def an_operator_declines(self, operator: str) -> None:
        said = self.now(acd.decline(self.hotline, self.ringing_at(operator), operator=operator))
        self.tell(f"{operator} declines", said)

    @rule(operator=OPERATORS, caller=CALLERS)
    def an_operator_picks(self, operator: str, caller: int) -> None:
        call = self.call_of(caller)
        said = self.now(acd.pick(self.hotline, call, operator=operator, room=f"room-{call}"))
        self.tell(f"{operator} picks caller {caller}", said)

    @rule(operator=OPERATORS)
    def an_operator_hangs_up(self, operator: str) -> None:
        self.tell(f"{operator} hangs up", self.now(acd.release(self.hotline, operator=operator)))

    @rule(operator=OPERATORS)
    def an_operator_finishes(self, operator: str) -> None:
        self.tell(
            f"{operator} has finished the wrap-up", self.now(acd.finish(self.hotline, operator=operator))
        )

    @rule(operator=OPERATORS)
    def an_operator_goes_home(self, operator: str) -> None:
        self.tell(f"{operator} goes home", self.now(acd.sign_out(self.hotline, operator=operator)))

    # -------------------------------------------------------------------------------------- a dial test at a desk

    @rule(is_taken=st.booleans())
    def a_test_rings_at_a_desk(self, is_taken: bool) -> None:
        operator = self.now(rings_at_a_desk(self.hotline, MAYOR, is_taken=is_taken))
        self.tell(f"A dial test rings at the desk of {operator}" + ", who takes it" * is_taken)

    @rule(operator=OPERATORS)
    def an_operator_has_heard_the_test(self, operator: str) -> None:
        heard = desk_probes.heard_out(self.hotline, operator=operator, leg=phone_of(operator))
        self.tell(f"{operator} has heard the test", self.now(heard))

    @rule()
    def the_test_is_over(self) -> None:
        self.now(is_over(self.hotline, MAYOR))
        self.tell("The dial test is over")

    # -------------------------------------------------------------------------------------- held, and handed on

    @rule(operator=OPERATORS, on=st.booleans())
    def an_operator_holds(self, operator: str, on: bool) -> None:
        act = party.hold if on else party.resume
        said = self.now(act(self.hotline, operator=operator))
        self.tell(f"{operator} puts their caller on hold" if on else f"{operator} takes them off hold", said)

    @rule(operator=OPERATORS, colleague=OPERATORS, mode=st.sampled_from(["consult", "conference"]))
    def an_operator_asks_a_colleague(self, operator: str, colleague: str, mode: party.Mode) -> None:
        asked = party.invite(
            self.hotline, operator=operator, kind="operator", who=colleague, name="同事", mode=mode
        )
        self.tell(f"{operator} asks {colleague} into the talk ({mode})", self.now(asked))

    @rule(operator=OPERATORS, mode=st.sampled_from(["consult", "conference"]))
    def an_operator_asks_a_department(self, operator: str, mode: party.Mode) -> None:
        asked = party.invite(
            self.hotline, operator=operator, kind="outside", who="+867710000900", name="某部门", mode=mode
        )
        self.tell(f"{operator} calls a department into the talk ({mode})", self.now(asked))

    @rule(operator=OPERATORS)
    def whoever_was_asked_comes(self, operator: str) -> None:
        self.now(the_guest_comes(self.hotline, operator))
        self.tell(f"Whoever {operator} asked comes into the room")

    @rule(operator=OPERATORS, why=st.sampled_from(["busy", "left"]))
    def whoever_was_asked_goes(self, operator: str, why: party.WhyNot) -> None:
        self.now(the_guest_goes(self.hotline, operator, why))
        self.tell(f"Whoever {operator} asked is gone ({why})")

    @rule(operator=OPERATORS)
    def an_operator_hands_their_caller_on(self, operator: str) -> None:
        said = self.now(party.transfer(self.hotline, operator=operator))
        self.tell(f"{operator} hands their caller on", said)

    # -------------------------------------------------------------------------------------- called back

    @rule(caller=CALLERS, is_open=st.integers(0, 4))
    def a_caller_leaves_the_line_for_a_call_back(self, caller: int, is_open: int) -> None:
        asked = callbacks.ask_back(
            self.hotline, self.call_of(caller), number=f"+86200000{caller:04d}", place="queue", pressed="1",
            typed=False, is_open=is_open > 0,
        )  # fmt: skip
        self.tell(f"Caller {caller} asks to be called back", self.now(asked))

    @rule(operator=OPERATORS)
    def an_operator_calls_back(self, operator: str) -> None:
        back = self.ringing_at(operator)
        self.now(is_called(self.hotline, back, operator, room=f"room-{back}"))
        self.tell(f"{operator} calls back who waits for it")

    @rule(operator=OPERATORS, busy=st.booleans())
    def whoever_is_called_back_answers(self, operator: str, busy: bool) -> None:
        back = self.ringing_at(operator)
        if busy:
            said = self.now(callbacks.leg_ended(self.hotline, back, leg=leg_of(back), why="busy"))
            return self.tell(f"Whoever {operator} calls back is busy", said)
        self.now(is_reached(self.hotline, back, room=f"room-{back}"))
        for leg in (phone_of(operator), leg_of(back)):
            self.now(acd.join(self.hotline, back, leg=leg, room=f"room-{back}"))
        return self.tell(f"Whoever {operator} calls back presses 1")

    @rule(is_open=st.booleans())
    def the_doors(self, is_open: bool) -> None:
        said = self.now(callbacks.doors(self.hotline, is_open=is_open))
        self.tell(f"The doors are {'open' if is_open else 'shut'}", said)

    # -------------------------------------------------------------------------------------- answered in person

    @rule(caller=CALLERS)
    def a_caller_rings_an_official(self, caller: int) -> None:
        self.dialled += 1
        sid = self.calls[caller] = sid_of(self.dialled)
        arrival = acd.arrive(
            self.hotline, sid, line=MAYOR, caller=f"+86200000{caller:04d}", is_open=True, in_person=True
        )
        self.now(arrival)
        said = self.now(direct.ring(self.hotline, sid, whom=Whom.OWN, seconds=25))
        self.tell(f"Caller {caller} rings an official", said)

    @rule(caller=CALLERS, answers=st.booleans())
    def an_official(self, caller: int, answers: bool) -> None:
        call = self.call_of(caller)
        if answers:
            said: object = self.now(direct.answer_in_person(self.hotline, call, whom=Whom.OWN))
            return self.tell(f"The official whom caller {caller} rings presses 1", said)
        said = self.now(direct.rang(self.hotline, call, whom=Whom.OWN, why="busy", who="official"))
        return self.tell(f"The official whom caller {caller} rings is busy", said)

    @rule(caller=CALLERS)
    def a_caller_turns_to_the_operators(self, caller: int) -> None:
        said = self.now(direct.turn_to_operators(self.hotline, self.call_of(caller), is_open=True))
        self.tell(f"Caller {caller} would rather have an operator", said)
        self.a_caller_comes_round(caller)

    # -------------------------------------------------------------------------------------- the carrier's news

    @rule(caller=CALLERS, operator=OPERATORS, times=st.integers(1, 2))
    def news_of_a_phone_that_came_in(self, caller: int, operator: str, times: int) -> None:
        """Perhaps of a phone that is nobody's here, perhaps twice, perhaps before the other's, perhaps late."""
        call = self.call_of(caller)
        for _ in range(times):
            said = self.now(acd.join(self.hotline, call, leg=phone_of(operator), room=f"room-{call}"))
            self.tell(f"News: the phone of {operator} is in the room of caller {caller}", said)

    @rule(
        caller=CALLERS,
        operator=OPERATORS,
        who=st.sampled_from(["caller", "operator"]),
        times=st.integers(1, 2),
    )
    def news_of_a_phone_that_left(self, caller: int, operator: str, who: str, times: int) -> None:
        call = self.call_of(caller)
        leg = call if who == "caller" else phone_of(operator)
        for _ in range(times):
            said = self.now(acd.quit_room(self.hotline, call, leg=leg, room=f"room-{call}"))
            self.tell(f"News: the {who}'s phone ({operator}) left the room of caller {caller}", said)

    @rule(seconds=SECONDS)
    def time_passes_at_desks_that_are_there(self, seconds: float) -> None:
        self.tell(f"{seconds} seconds pass, every console is there")
        for _ in range(int(seconds // 5) + 1):
            self.now(_every_desk_beats(self.hotline))
            self.passes(min(seconds, 5))

    @rule(seconds=SECONDS)
    def time_passes_in_silence(self, seconds: float) -> None:
        self.tell(f"{seconds} seconds pass, no console is heard of")
        self.passes(seconds)

    # -------------------------------------------------------------------------------------- what they go by

    def passes(self, seconds: float) -> None:
        self.clock.passes(seconds)
        while self.now(acd.tick(self.hotline)):
            pass

    def call_of(self, caller: int) -> str:
        """The call of this caller, or of another if they have none: most of what happens is about somebody."""
        known = list(self.calls.values())
        return self.calls.get(caller) or (known[caller % len(known)] if known else sid_of(999_000 + caller))

    def ringing_at(self, operator: str) -> str:
        call: str | None = self.now(acd.desk(self.hotline, operator))["operator"].get("call")
        return call or sid_of(999_999)


async def _wait_for(act: Awaitable[T]) -> T:
    return await act


async def _a_carrier() -> Twilio:
    return Twilio(SETTINGS)


async def _open(url: str, clock: Clock, carrier: Twilio) -> Hotline:
    store = connect(url)
    await store.redis.flushdb()
    await store.ask("HSET", root("nanning") + "rules", *chain(*rules(NANNING).items()))
    return Hotline("nanning", store, carrier, SETTINGS, NANNING, clock)


async def close(hotline: Hotline, carrier: Twilio) -> None:
    await hotline.store.close()
    await carrier.close()


async def _every_desk_beats(hotline: Hotline) -> None:
    for operator in await hotline.store.ask("SMEMBERS", hotline.key("operators")):
        await acd.renew(hotline, operator=operator)
