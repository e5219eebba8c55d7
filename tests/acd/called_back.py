"""Call-backs as the queue knows them: brought to each of their states by real moves."""

from typing import Any

from ivr import acd
from ivr.acd import callbacks, party
from ivr.hotline import Hotline
from tests.acd.people import asks_back, is_called, is_reached, leg_of, phone_of, sits_down
from tests.cast import WANG


async def brought_to(hotline: Hotline, state: str) -> str:
    """By real moves, each state from the one before it; operator 9001 is there from `offered` on."""
    is_open = state != "later"
    await callbacks.doors(hotline, is_open=is_open)
    back = await asks_back(hotline, 1, is_open=is_open)
    if state in ("later", "waiting"):
        await acd.sign_in(hotline, operator=WANG)  # there, and not ready
        return back
    await sits_down(hotline, WANG)
    if state == "offered":
        return back
    await acd.accept(hotline, back, operator=WANG, room="r1")
    if state == "connecting":
        return back
    await is_called(hotline, back, WANG)
    if state == "calling":
        return back
    await is_reached(hotline, back)
    if state == "reached":
        return back
    await acd.join(hotline, back, leg=phone_of(WANG), room="r1")
    await acd.join(hotline, back, leg=leg_of(back), room="r1")
    await after_the_talk_began(hotline, back, state)
    return back


async def after_the_talk_began(hotline: Hotline, back: str, state: str) -> None:
    if state == "held":
        await party.hold(hotline, operator=WANG)
    if state == "broken_off":
        await acd.quit_room(hotline, back, leg=phone_of(WANG), room="r1")
    if state == "parting":
        await acd.release(hotline, operator=WANG)
    if state == "ended":
        await callbacks.leg_ended(hotline, back, leg=leg_of(back), why="hung_up")


async def state_of(hotline: Hotline, back: str) -> str:
    """As the table has them: three of them are two at once."""
    state, *more = await hotline.store.ask(
        "HMGET", hotline.key("call", back), "state", "met", "hold", "last_try"
    )
    also = {("connecting", 0): "reached", ("talking", 1): "held", ("later", 2): "broken_off"}
    shown = (more[0], more[1] == "on", more[2] == "broken_off")
    return next((name for (of, n), name in also.items() if of == state and shown[n]), str(state))


async def grows_too_old(hotline: Hotline, back: str) -> str:
    await hotline.store.ask("ZADD", hotline.key("due"), hotline.now(), f"age:{back}")
    await acd.tick(hotline)
    return "0"


async def field(hotline: Hotline, sid: str, name: str) -> Any:
    return await hotline.store.ask("HGET", hotline.key("call", sid), name)
