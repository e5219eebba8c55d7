"""One town for one run: the machine, the hotline it runs, the phone company, the operators, and what became of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp

from config.settings import Settings
from ivr import accounts
from ivr.carrier.twilio import Twilio
from ivr.demo import Demo
from ivr.hotline import Hotline, open_hotline, teach
from ivr.profile.queue import QueueRules
from ivr.roles import Role
from ivr.store import Store, connect
from ivr.traffic.accidents import Accidents
from ivr.traffic.company import Company
from ivr.traffic.news import News
from ivr.traffic.operators import Operator
from ivr.traffic.plan import Plan

FIRST_SEAT = 9101
SHORTEST = {"ring_seconds": 5, "join_seconds": 6, "lease_seconds": 5, "max_wait_seconds": 30}
"""Of the queue's rules, in a hurry: what their profile allows, and what a restart takes."""
AGAIN = {"tries": 2, "minutes": 1}
"""Of those for call-backs, whatever the speed: no evening is long enough for tries a quarter of an hour apart."""


@dataclass(slots=True)
class Town:
    plan: Plan
    machine: Demo
    hotline: Hotline
    in_person: Hotline
    company: Company
    news: News
    operators: list[Operator]
    accidents: Accidents = field(default_factory=Accidents)
    dialled: list[str] = field(default_factory=list)

    @property
    def hotlines(self) -> tuple[Hotline, Hotline]:
        return self.hotline, self.in_person


@asynccontextmanager
async def founded(plan: Plan, machine: Demo) -> AsyncIterator[Town]:
    """Operators with desks and nobody at them, at a hotline whose rules keep pace with the speed."""
    store, carrier = connect(machine.store_url), Twilio(machine.settings())
    hotline, in_person = [
        await _taught(plan, name, store, carrier, machine.settings())
        for name in (plan.hotline, plan.in_person)
    ]
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            company = Company(machine.simulator_url, http)
            operators = [
                await _hired(plan, machine, hotline, company, http, n) for n in range(plan.operators)
            ]
            yield Town(plan, machine, hotline, in_person, company, News(hotline), operators)
    finally:
        await carrier.close()
        await store.close()


async def _taught(plan: Plan, name: str, store: Store, carrier: Twilio, settings: Settings) -> Hotline:
    """A hotline that keeps pace, and that nobody calls but the plan's callers."""
    handbook = (await open_hotline(name, store, carrier, settings)).handbook
    changed = {
        "queue": _hurried(handbook.profile.queue, plan.speed),
        "callbacks": handbook.profile.callbacks.model_copy(update=AGAIN),
        "probes": handbook.profile.probes.model_copy(update={"times": ()}),
    }
    profile = handbook.profile.model_copy(update=changed)
    await teach(store, name, replace(handbook, profile=profile))
    return await open_hotline(name, store, carrier, settings)


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
        colleagues=tuple(str(FIRST_SEAT + other) for other in range(plan.operators) if other != n),
        company=company,
        http=http,
    )
