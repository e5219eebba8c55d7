"""Every move in every state: the word it answers and what it leads to (`WORD>state`), or that nothing changed (`WORD`).

Operator 9001 is the one the call is, or was, with; the moves of the operator are theirs.
"""

import pytest

from ivr import acd
from ivr.acd import CallState, Line, Whom, callbacks, callers, direct, privacy
from ivr.hotline import Hotline
from tests.acd.people import phone_of, sid_of
from tests.acd.states import (
    SID,
    Move,
    bring_call_to,
    bring_operator_to,
    call_state,
    cells,
    operator_state,
    word_of,
)
from tests.cast import MAYOR, WANG

OF_A_CALL = """
             none         greeting      waiting      offered        connecting       talking       parting     ended
arrive       OK>greeting  ALREADY       ALREADY      ALREADY        ALREADY          ALREADY       ALREADY     ALREADY
wait         GONE         OK>waiting    OK           OK             OK               OK            GONE        GONE
accept       GONE         GONE          GONE         OK>connecting  ALREADY          ALREADY       GONE        GONE
decline      GONE         GONE          GONE         OK>waiting     GONE             GONE          GONE        GONE
pick         BUSY         BUSY          BUSY         BUSY           ALREADY          ALREADY       BUSY        BUSY
speak        GONE         OK            GONE         GONE           GONE             GONE          GONE        GONE
meet         GONE         GONE          BACK         BACK           OK               OK            GONE        GONE
pick_up      GONE         GONE          GONE         GONE           OK               GONE          GONE        GONE
caller_in    GONE         GONE          GONE         GONE           WAITING          ALREADY       GONE        GONE
operator_in  GONE         GONE          GONE         GONE           WAITING          ALREADY       GONE        GONE
caller_out   GONE         GONE          GONE         GONE           OK               OK>parting    ALREADY     GONE
operator_out GONE         GONE          GONE         GONE           OK>waiting       OK>offered    ALREADY     GONE
outside      GONE         ALREADY       BACK         BACK           BACK             ALONE>offered ALREADY     ALREADY
release      GONE         GONE          GONE         GONE           GONE             OK>parting    GONE        GONE
seal         GONE         OK           OK           OK             OK               OK            OK          OK
unseal       GONE         ALREADY      ALREADY      ALREADY        ALREADY          ALREADY       ALREADY     ALREADY
ring         GONE         OK>ringing    GONE         GONE           GONE             GONE          GONE        GONE
ring_duty    GONE         OK>ringing    GONE         GONE           GONE             GONE          GONE        GONE
ring_asleep  GONE         AWAY>missed   GONE         GONE           GONE             GONE          GONE        GONE
press_1      GONE         GONE          GONE         GONE           GONE             GONE          GONE        GONE
talked       GONE         GONE          GONE         GONE           GONE             GONE          OK          GONE
not_answered GONE         GONE          GONE         GONE           GONE             GONE          OK          GONE
learn_why    GONE         GONE          GONE         GONE           GONE             GONE          GONE        GONE
reason       GONE         GONE          GONE         GONE           GONE             GONE          GONE        GONE
operators    GONE         ALREADY       ALREADY      ALREADY        ALREADY          ALREADY       ALREADY     ALREADY
give_up      ALREADY      ALREADY       ALREADY      ALREADY        ALREADY          ALREADY       ALREADY     ALREADY
hang_up      GONE         OK>ended      OK>ended     OK>ended       OK>ended         OK>ended      OK>ended    ALREADY
ask_back     GONE         GONE          OK>parting   BACK           BACK             BACK          GONE        GONE
"""

OF_A_CALL_IN_PERSON = """
             ringing       in_person     missed
arrive       ALREADY       ALREADY       ALREADY
wait         GONE          GONE          OK>waiting
accept       GONE          GONE          GONE
decline      GONE          GONE          GONE
pick         BUSY          BUSY          BUSY
speak        GONE          GONE          GONE
meet         GONE          GONE          GONE
pick_up      GONE          GONE          GONE
caller_in    GONE          GONE          GONE
operator_in  GONE          GONE          GONE
caller_out   GONE          GONE          GONE
operator_out GONE          GONE          GONE
outside      ALREADY       ALREADY       ALREADY
release      GONE          GONE          GONE
seal         OK            OK            OK
unseal       ALREADY       ALREADY       ALREADY
ring         ALREADY       GONE          AWAY
ring_duty    OK>ringing    GONE          OK>ringing
ring_asleep  ALREADY       GONE          AWAY
press_1      OK>in_person  ALREADY       GONE
talked       OK>parting    OK>parting    BACK
not_answered BACK>missed   BACK>missed   BACK
learn_why    OK            ALREADY       OK
reason       GONE          GONE          OK
operators    ALREADY       ALREADY       OK
give_up      ALREADY       ALREADY       OK>parting
hang_up      OK>ended      OK>ended      OK>ended
ask_back     GONE          GONE          GONE
"""

OF_AN_OPERATOR = """
             off          paused        idle         offered       connecting       talking       wrap_up
sign_in      OK>paused    ALREADY       ALREADY      ALREADY       ALREADY          ALREADY       ALREADY
sign_out     ALREADY      OK>off        OK>off       BUSY          BUSY             BUSY          OK>off
renew        GONE         OK            OK           OK            OK               OK            OK
ready        GONE         OK>idle       ALREADY      ALREADY       ALREADY          ALREADY       ALREADY
pause        GONE         OK            OK>paused    OK            OK               OK            OK
leave        GONE         OK>off        OK>off       OK            OK               OK            OK
finish       ALREADY      ALREADY       ALREADY      ALREADY       ALREADY          ALREADY       OK>idle
"""

MOVES: dict[str, Move] = {
    "arrive": lambda h: acd.arrive(h, SID, line=MAYOR, caller="", is_open=True),
    "wait": lambda h: acd.wait(h, SID),
    "accept": lambda h: acd.accept(h, SID, operator=WANG, room="r1"),
    "pick": lambda h: acd.pick(h, SID, operator=WANG, room="r1"),
    "speak": lambda h: callers.speak(h, SID, "yue"),
    "decline": lambda h: acd.decline(h, SID, operator=WANG),
    "meet": lambda h: acd.meet(h, SID),
    "pick_up": lambda h: acd.pick_up(h, operator=WANG, leg=sid_of(9)),
    "caller_in": lambda h: acd.join(h, SID, leg=SID, room="r1"),
    "operator_in": lambda h: acd.join(h, SID, leg=phone_of(WANG), room="r1"),
    "caller_out": lambda h: acd.quit_room(h, SID, leg=SID, room="r1"),
    "operator_out": lambda h: acd.quit_room(h, SID, leg=phone_of(WANG), room="r1"),
    "outside": lambda h: acd.leave_room(h, SID, leg=SID, room="r1", is_up=True),
    "release": lambda h: acd.release(h, operator=WANG),
    "seal": lambda h: privacy.seal(h, SID, operator=WANG),
    "unseal": lambda h: privacy.unseal(h, SID),
    "ring": lambda h: direct.ring(h, SID, whom=Whom.OWN, seconds=25),
    "ring_duty": lambda h: direct.ring(h, SID, whom=Whom.DUTY, seconds=25),
    "ring_asleep": lambda h: direct.ring(h, SID, whom=Whom.OWN, seconds=25, reason="quiet"),
    "press_1": lambda h: direct.answer_in_person(h, SID, whom=Whom.OWN),
    "talked": lambda h: direct.rang(h, SID, whom=Whom.OWN, why="", who="official"),
    "not_answered": lambda h: direct.rang(h, SID, whom=Whom.OWN, why="busy", who="official"),
    "learn_why": lambda h: direct.learn_why(h, SID, whom=Whom.OWN, why="declined"),
    "reason": lambda h: direct.reason(h, SID),
    "operators": lambda h: direct.turn_to_operators(h, SID, is_open=True),
    "give_up": lambda h: direct.give_up(h, SID),
    "hang_up": lambda h: acd.hang_up(h, SID, by="caller"),
    "ask_back": lambda h: callbacks.ask_back(
        h, SID, number="+862000000001", place="queue", pressed="1", typed=False, is_open=True
    ),
    "sign_in": lambda h: acd.sign_in(h, operator=WANG),
    "sign_out": lambda h: acd.sign_out(h, operator=WANG),
    "renew": lambda h: acd.renew(h, operator=WANG),
    "ready": lambda h: acd.ready(h, operator=WANG),
    "pause": lambda h: acd.pause(h, operator=WANG, reason="用餐"),
    "leave": lambda h: acd.leave(h, operator=WANG),
    "finish": lambda h: acd.finish(h, operator=WANG),
}


@pytest.mark.parametrize(("move", "state", "expected"), [*cells(OF_A_CALL), *cells(OF_A_CALL_IN_PERSON)])
async def test_every_move_of_a_call_in_every_state(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_call_to(hotline, state)
    assert await call_state(hotline) == state
    said = await MOVES[move](hotline)
    word, _, after = expected.partition(">")
    assert (word_of(said), await call_state(hotline)) == (word, after or state)


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_AN_OPERATOR))
async def test_every_move_of_an_operator_in_every_state(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_operator_to(hotline, state)
    assert await operator_state(hotline) == state
    said = await MOVES[move](hotline)
    word, _, after = expected.partition(">")
    assert (word_of(said), await operator_state(hotline)) == (word, after or state)


async def test_the_tables_hold_every_state_and_every_event_there_is(hotline: Hotline) -> None:
    """What the Lua table knows, the Python words and the tables above know too."""
    table = await acd.moves(hotline)
    states = {state for event in table.values() for move in event.get("call", {}).items() for state in move}
    tabled = {state for _, state, _ in [*cells(OF_A_CALL), *cells(OF_A_CALL_IN_PERSON)]}
    assert (
        states == {state.value for state in CallState} == tabled | {"later", "calling"}
    )  # those of a call-back
    lines = {state for event in table.values() for move in event.get("line", {}).items() for state in move}
    assert lines == {line.value for line in Line}
