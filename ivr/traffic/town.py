"""One town for one run: the machine, the hotline it runs, the phone company, the operators, and what became of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp

from ivr import accounts
from ivr.carrier.twilio import Twilio
from ivr.demo import Demo
from ivr.hotline import Hotline, open_hotline, teach
from ivr.profile.queue import QueueRules
from ivr.roles import Role
from ivr.store import connect
from ivr.traffic.accidents import Accidents
from ivr.traffic.company import Company
from ivr.traffic.news import News
from ivr.traffic.operators import Operator
from ivr.traffic.plan import Plan

FIRST_SEAT = 9101
SHORTEST = {"ring_seconds": 5, "join_seconds": 6, "lease_seconds": 5, "max_wait_seconds": 30}
"""Of the queue's rules, in a hurry: what their profile allows, and what a restart takes."""


@dataclass(slots=True)
class Town:
    plan: Plan
    machine: Demo
    hotline: Hotline
    company: Company
    news: News
    operators: list[Operator]
    accidents: Accidents = field(default_factory=Accidents)
    dialled: list[str] = field(default_factory=list)


@asynccontextmanager
async def founded(plan: Plan, machine: Demo) -> AsyncIterator[Town]:
    """Operators with desks and nobody at them, at a hotline whose rules keep pace with the speed."""
    store, carrier = connect(machine.store_url), Twilio(machine.settings())
    hotline = await open_hotline(plan.hotline, store, carrier, machine.settings())
    handbook = hotline.handbook
    rules = _hurried(handbook.profile.queue, plan.speed)
    probes = handbook.profile.probes.model_copy(update={"times": ()})  # nobody calls but the plan's callers
    profile = handbook.profile.model_copy(update={"queue": rules, "probes": probes})
    await teach(store, plan.hotline, replace(handbook, profile=profile))
    hotline = await open_hotline(plan.hotline, store, carrier, machine.settings())
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            company = Company(machine.simulator_url, http)
            operators = [
                await _hired(plan, machine, hotline, company, http, n) for n in range(plan.operators)
            ]
            yield Town(plan, machine, hotline, company, News(hotline), operators)
    finally:
        await carrier.close()
        await store.close()


def _hurried(rules: QueueRules, speed: float) -> QueueRules:
    """Everything that takes seconds takes `speed` times less; nothing changes at the speed of life."""
    seconds = {name: value for name, value in rules.model_dump().items() if name.endswith("_seconds")}
    return rules.model_copy(
        update={
            name: max(SHORTEST.get(name, 1), round(value / speed)) for name, value in seconds.items() if value
        }
    )


async def _hired(
    plan: Plan, machine: Demo, hotline: Hotline, company: Company, http: aiohttp.ClientSession, n: int
) -> Operator:
    number = str(FIRST_SEAT + n)
    return Operator(
        number=number,
        token=await accounts.issue_token(
            machine.settings(), hotline.store, plan.hotline, role=Role.OPERATOR, id=number
        ),
        url=f"{machine.url}/api/{plan.hotline}",
        lease_seconds=hotline.handbook.profile.queue.lease_seconds,
        plan=plan,
        company=company,
        http=http,
    )
