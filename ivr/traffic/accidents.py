"""Accidents on purpose: `kill -9` of the web workers and of Valkey, at moments that the seed draws.

Whoever dies is started again, as anything that looks after processes would.
"""

import asyncio
import os
import signal
from dataclasses import dataclass, field

from ivr import demo
from ivr.demo import Demo
from ivr.hotline import Hotline
from ivr.traffic.plan import Plan

APP_TWICE_AND_VALKEY = ("app", "valkey", "app")
LOOK_SECONDS = 0.1
SHAKEN_MS = 20_000  # how long after an accident a call may still feel it: deadlines, claims, retries


@dataclass(slots=True)
class Accidents:
    """When what was killed, by the hotline's clock."""

    happened: list[tuple[int, str]] = field(default_factory=list)

    async def happen(self, plan: Plan, machine: Demo, hotline: Hotline) -> None:
        """All of them, between a tenth and nine tenths of the run; none if none are planned."""
        chance = plan.chance("accidents")
        moments = sorted(plan.seconds * chance.uniform(0.1, 0.9) for _ in plan.kills)
        now = 0.0
        for moment, part in zip(moments, plan.kills, strict=True):
            await asyncio.sleep(moment - now)
            now = moment
            self.happened.append((hotline.now(), part))
            _kill(machine, part)

    def shook(self, since: int, until: int) -> bool:
        """Whether a call that lived then (ms since 1970) may have felt one of them."""
        return any(since < at + SHAKEN_MS and at < until for at, _ in self.happened)


async def look_after(machine: Demo) -> None:
    while True:
        await demo.revive(machine)
        await asyncio.sleep(LOOK_SECONDS)


def _kill(machine: Demo, name: str) -> None:
    part = next(one for one in machine.parts if one.name == name)
    if part.process is not None and not part.is_down():
        os.killpg(os.getpgid(part.process.pid), signal.SIGKILL)
