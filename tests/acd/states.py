"""Every state that a call or an operator can be in, by real moves; and the tables of what every move does in each."""

from collections.abc import Awaitable, Callable

from ivr import acd
from ivr.acd import Whom, direct
from ivr.hotline import Hotline
from tests.acd.people import comes_in, desk_of, dials, lines_up, phone_of, rings_official, sid_of, sits_down
from tests.cast import WANG

SID = sid_of(1)  # of the call that the tables are about; operator 9001 is the one it is, or was, with

Move = Callable[[Hotline], Awaitable[object]]


def cells(table: str) -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


def word_of(said: object) -> str:
    return str(said[0] if isinstance(said, tuple) else said)


async def bring_call_to(hotline: Hotline, state: str) -> None:
    """By real moves, each state from the one before it."""
    early = {"none": nothing, "greeting": dials, "ringing": rings_official}
    if state in early:
        await early[state](hotline, 1)
        return
    if state in ("in_person", "missed"):
        await bring_official_to(hotline, state)
        return
    await lines_up(hotline, 1)
    if state == "waiting":
        return
    await sits_down(hotline, WANG)
    if state == "offered":
        return
    await acd.accept(hotline, SID, operator=WANG, room="r1")
    await acd.pick_up(hotline, operator=WANG, leg=phone_of(WANG))
    if state == "connecting":
        return
    await comes_in(hotline, SID, WANG)
    if state == "parting":
        await acd.release(hotline, operator=WANG)
    if state == "ended":
        await acd.hang_up(hotline, SID, by="caller")


async def nothing(hotline: Hotline, n: int) -> str:
    return ""


async def bring_official_to(hotline: Hotline, state: str) -> None:
    """A call to a post that answers in person."""
    await rings_official(hotline, 1)
    if state == "in_person":
        await direct.answer_in_person(hotline, SID, whom=Whom.OWN)
    if state == "missed":
        await direct.rang(hotline, SID, whom=Whom.OWN, why="busy", who="official")


async def bring_operator_to(hotline: Hotline, state: str) -> None:
    calls = {"offered": "offered", "connecting": "connecting", "talking": "talking", "wrap_up": "ended"}
    if state in calls:
        await bring_call_to(hotline, calls[state])
    elif state == "idle":
        await sits_down(hotline, WANG)
    elif state == "paused":
        await acd.sign_in(hotline, operator=WANG)


async def call_state(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("call", SID), "state") or "none")


async def operator_state(hotline: Hotline) -> str:
    """Off; else what the line does; with an idle line, whether they are paused."""
    operator = (await desk_of(hotline, WANG))["operator"]
    if operator["presence"] == "off":
        return "off"
    return (
        "paused" if operator["line"] == "idle" and operator["intent"] == "paused" else str(operator["line"])
    )
