"""What a supervisor does, tried in every state of a call and of an operator: as in `test_refusals`, the word and what
it leads to, or that nothing changed."""

import pytest

from ivr import acd
from ivr.acd import CallState, listening, supervision
from ivr.acd.listening import Mode
from ivr.acd.supervision import State
from ivr.hotline import Hotline
from tests.acd.people import sid_of
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
from tests.cast import SUPERVISOR, WANG

OF_A_CALL = """
           none  greeting  waiting  offered  connecting  talking  parting  ended  ringing  in_person  missed
prioritise GONE  OK        OK       OK       GONE        GONE     GONE     GONE   GONE     GONE       GONE
advance    GONE  GONE      ALREADY  GONE     GONE        GONE     GONE     GONE   GONE     GONE       GONE
requeue    GONE  OK        OK       GONE     GONE        GONE     GONE     GONE   GONE     GONE       GONE
lend_ear   GONE  GONE      GONE     GONE     GONE        OK       GONE     GONE   GONE     GONE       GONE
hear       GONE  GONE      GONE     GONE     GONE        GONE     GONE     GONE   GONE     GONE       GONE
withdraw   ALREADY ALREADY ALREADY  ALREADY  ALREADY     ALREADY  ALREADY  ALREADY ALREADY ALREADY    ALREADY
take_over  GONE  GONE      GONE     GONE     GONE        GONE     GONE     GONE   GONE     GONE       GONE
"""

OF_AN_OPERATOR = """
             off          paused        idle         offered       connecting       talking       wrap_up
force_ready  GONE         OK>idle       OK           OK            OK               OK            OK
force_pause  GONE         OK            OK>paused    OK            OK               OK            OK
force_off    GONE         OK>off        OK>off       OK            OK               OK            OK>off
ask_help     GONE         OK            OK           OK            OK               OK            OK
give_help    ALREADY      ALREADY       ALREADY      ALREADY       ALREADY          ALREADY       ALREADY
"""


async def force(hotline: Hotline, state: State) -> supervision.Forced:
    return await supervision.force(
        hotline, WANG, state=state, by=SUPERVISOR, why="换班", notice="n1", seconds=60
    )


MOVES: dict[str, Move] = {
    "prioritise": lambda h: supervision.prioritise(h, SID, priority=3, by=SUPERVISOR),
    "advance": lambda h: supervision.advance(h, SID, by=SUPERVISOR),
    "requeue": lambda h: supervision.requeue(h, SID, queue="tax", by=SUPERVISOR),
    "lend_ear": lambda h: listening.lend_ear(h, SID, supervisor=SUPERVISOR, mode=Mode.LISTEN),
    "hear": lambda h: listening.hear(h, supervisor=SUPERVISOR, leg=sid_of(9)),
    "withdraw": lambda h: listening.withdraw(h, supervisor=SUPERVISOR),
    "take_over": lambda h: listening.take_over(h, SID, supervisor=SUPERVISOR),
    "force_ready": lambda h: force(h, State.READY),
    "force_pause": lambda h: force(h, State.PAUSED),
    "force_off": lambda h: force(h, State.OFF),
    "ask_help": lambda h: supervision.ask_help(h, operator=WANG, why=""),
    "give_help": lambda h: supervision.give_help(h, operator=WANG, by=SUPERVISOR),
}


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_A_CALL))
async def test_every_move_of_a_supervisor_in_every_state_of_a_call(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_call_to(hotline, state)
    said = await MOVES[move](hotline)
    assert (word_of(said), await call_state(hotline)) == (expected, state)


@pytest.mark.parametrize(("move", "state", "expected"), cells(OF_AN_OPERATOR))
async def test_every_move_of_a_supervisor_in_every_state_of_an_operator(
    hotline: Hotline, move: str, state: str, expected: str
) -> None:
    await bring_operator_to(hotline, state)
    said = await MOVES[move](hotline)
    word, _, after = expected.partition(">")
    assert (word_of(said), await operator_state(hotline)) == (word, after or state)


async def test_the_table_holds_every_state_of_a_call_there_is(hotline: Hotline) -> None:
    table = await acd.moves(hotline)
    states = {state for event in table.values() for move in event.get("call", {}).items() for state in move}
    of_a_call_back = {"later", "calling"}
    assert states == {state.value for state in CallState}
    assert {state for _, state, _ in cells(OF_A_CALL)} == states - of_a_call_back
