"""The callers: each dials when their time has come, and hangs up when they have made up their mind to.

dial > greeting > in line > rings at a desk > accepted > in the room > goodbye
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from ivr.traffic.company import Company
from ivr.traffic.news import News
from ivr.traffic.plan import GREETING_SECONDS, Caller, Moment, Plan, Wish

RINGS_SECONDS = 2.0  # about as long as an operator takes to accept
ON_THE_WAY_SECONDS = 1.0  # about as long as both need into the room

# What they do beside the waiting, as soon as they hear that it can be done.
KEYS: dict[Wish, list[dict[str, object]]] = {
    Wish.NOTHING: [],
    Wish.CALL_BACK: [{"when": "请按星号键", "press": "*"}, {"when": "确认请按 1", "press": "1"}],
    Wish.MESSAGE: [
        {"when": "如需留言", "press": "1"},
        {"when": "请在提示音后留言", "say": 4.0},
        {"press": "#"},
    ],
}


async def everybody_dials(
    plan: Plan, company: Company, news: News, callers: list[Caller], dialled: list[str]
) -> None:
    """All of them, each in their own time, until all have hung up. `dialled` grows by each call."""
    async with asyncio.TaskGroup() as town:
        for caller in callers:
            town.create_task(_call(plan, company, news, caller, dialled))


async def _call(plan: Plan, company: Company, news: News, caller: Caller, dialled: list[str]) -> None:
    await asyncio.sleep(plan.real(caller.at))
    if caller.wish is Wish.CALL_BACK:
        await company.phone(caller.number, caller.phone)
    sid = await company.dial(caller.number, caller.dials, KEYS[caller.wish])
    dialled.append(sid)
    await first(company.is_over(sid), _has_had_enough(plan, news, caller, sid))
    await company.hang_up(sid)
    await company.is_over(sid)


async def _has_had_enough(plan: Plan, news: News, caller: Caller, sid: str) -> None:
    """Returns when they hang up: at the moment that is theirs, after the talk, or out of patience before it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(plan.real(caller.patience)):
            await _their_moment(plan, news, caller, sid)
    if caller.hangs_up is Moment.PATIENCE and news.has_happened("join", sid):
        await asyncio.sleep(plan.real(caller.talk))


async def _their_moment(plan: Plan, news: News, caller: Caller, sid: str) -> None:
    match caller.hangs_up:
        case Moment.GREETING:
            await asyncio.sleep(plan.real(caller.nerve * GREETING_SECONDS))
        case Moment.OFFER:
            await news.happens("offer", sid)
            await asyncio.sleep(plan.real(caller.nerve * RINGS_SECONDS))
        case Moment.ACCEPTANCE:
            await news.happens("accept", sid)
            await asyncio.sleep(plan.real(caller.nerve * ON_THE_WAY_SECONDS))
        case Moment.PATIENCE:
            await news.happens("join", sid)


async def first(*things: Coroutine[None, None, None]) -> None:
    """Waits for one of these, and gives up the others."""
    tasks = [asyncio.create_task(thing) for thing in things]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
