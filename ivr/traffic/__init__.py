"""`ivr simulate`: a day's callers in a few minutes, operators who are human, accidents, and then the proof.

Everything is real but the people: the application, Valkey and the phone company run as processes of their own, and are
asked over HTTP as anybody would ask them. Nothing here mends what it finds; it waits for the hotline to do so.
"""

import asyncio
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.live import Live

from ivr import demo
from ivr.carrier.twilio import TIMEOUT_SECONDS, TRIES
from ivr.check import check
from ivr.demo import Demo
from ivr.traffic import board
from ivr.traffic.accidents import look_after
from ivr.traffic.audit import LATE_MS, Books, Result, compare, read_ours
from ivr.traffic.callers import everybody_dials
from ivr.traffic.plan import Caller, Faults, Plan, who_dials
from ivr.traffic.quiet import IN_A_HURRY_SECONDS, sweep, until_quiet
from ivr.traffic.town import Town, founded

LONGEST_EVENING_SECONDS = 600.0  # of callers' time, from the last who dials to the last who hangs up
MOSTLY_UP = 0.2  # of the run, at most, may the workers be down who are killed in it
WELCOMES = ("greeting", "full", "unstaffed")  # what is said first to a call that was taken


def simulate(plan: Plan) -> int:
    """The whole run, shown as it goes; 0 if the books balance, 1 if they do not or nothing could be started."""
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="hotline-traffic-"))
    try:
        result = asyncio.run(_until_stopped(plan, folder, console))
    except demo.CannotStart as reason:
        console.print(str(reason), style="red")
        return 1
    except asyncio.CancelledError:
        return 1
    board.show(console, result)
    if result.wrong:
        console.print(f"the logs and the store are kept in {folder}", soft_wrap=True)
        return 1
    shutil.rmtree(folder)
    return 0


async def _until_stopped(plan: Plan, folder: Path, console: Console) -> Result:
    """Told to stop, it still takes down what it started."""
    this = asyncio.current_task()
    if this is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await run(plan, folder, console)


async def run(plan: Plan, folder: Path, console: Console) -> Result:
    """Everything up, the day, the evening, everything down; data and logs are in `folder`."""
    ports = _free_port(), _free_port()
    machine = Demo(*ports, folder=folder, redis_url=None, speed=plan.speed, workers=plan.workers)
    try:
        await demo.open_up(machine)
        plan = await _at_a_speed_it_keeps(plan, machine, console)
        async with founded(plan, machine) as town, _at_work(town):
            await _the_day(town, console)
            return await _the_evening(town)
    finally:
        await demo.close_down(machine)


async def _at_a_speed_it_keeps(plan: Plan, machine: Demo, console: Console) -> Plan:
    """The same day, slower, where this machine takes long to start what is killed: a minute in which nobody is there to
    answer proves nothing. Never slower than life."""
    down = plan.kills.count("app") * machine.start_seconds
    if plan.speed <= 1 or down <= plan.seconds * MOSTLY_UP:
        return plan
    speed = max(1.0, plan.minutes * 60 * MOSTLY_UP / down)
    console.print(f"speed {speed:.1f}, as a start takes {machine.start_seconds:.1f} s here")
    await demo.change_speed(machine, speed)
    return replace(plan, speed=speed)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _at_work(town: Town) -> AsyncIterator[None]:
    """Whoever looks after the machine, writes the news down and sits at a desk, for as long as there is traffic.
    A failure of any of them ends the run."""
    async with asyncio.TaskGroup() as work:
        tasks = [
            work.create_task(one)
            for one in (look_after(town.machine), town.company.follow(), town.news.follow())
        ]
        await town.company.listens()
        tasks += [work.create_task(operator.works()) for operator in town.operators]
        try:
            yield
        finally:
            await _sent_home(tasks)


async def _sent_home(tasks: list[asyncio.Task[None]]) -> None:
    """Asked until they go: a wait that ends in the very moment in which it is cancelled swallows that."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=1)


async def _the_day(town: Town, console: Console) -> None:
    plan = town.plan
    if plan.faults is not Faults.NONE:
        await town.company.misbehave(plan.faults, plan.seed)
    everybody = _everybody(town)
    progress = board.Progress(len(everybody), town.dialled, town.news)
    accidents = asyncio.create_task(town.accidents.happen(plan, town.machine, town.hotline))
    with Live(progress, console=console, refresh_per_second=4), suppress(TimeoutError):
        async with asyncio.timeout(plan.seconds + plan.real(LONGEST_EVENING_SECONDS)):
            await everybody_dials(plan, town.company, town.news, everybody, town.dialled)
            await accidents


def _everybody(town: Town) -> list[Caller]:
    lines, posts = [[line.number for line in hotline.handbook.directory.lines] for hotline in town.hotlines]
    return list(who_dials(town.plan, lines, posts))


async def _the_evening(town: Town) -> Result:
    """The company mends its ways; wait for quiet, send everybody home, and open the books."""
    if town.plan.faults is not Faults.NONE:
        await town.company.behave()
    for operator in town.operators:
        operator.staying = False
    swept = 0
    if town.plan.speed > 1 and await until_quiet(town, IN_A_HURRY_SECONDS):
        swept = await sweep(town)
    wrong = await until_quiet(town)
    for operator in town.operators:
        await operator.goes_home()
    await town.news.catch_up()
    books = await _books(town)
    verdict = compare(books)
    wrong += [*town.news.wrong, *verdict.wrong]
    for hotline in town.hotlines:
        wrong += [finding.wrong for finding in await check(hotline, last=len(books.calls) + 1)]
    wrong += [f"{note['sid']}: the company warns of {note['code']}" for note in await _refused(town)]
    return Result(books, verdict, wrong, swept)


async def _books(town: Town) -> Books:
    rules = town.hotline.handbook.profile.queue
    behaved = town.plan.faults is Faults.NONE
    return Books(
        dialled=town.dialled,
        company=town.company,
        calls={sid: call for hotline in town.hotlines for sid, call in (await read_ours(hotline)).items()},
        accidents=town.accidents,
        late_ms=0 if behaved else LATE_MS,
        early_ms=0 if behaved else rules.join_seconds * 1000 + int(TIMEOUT_SECONDS * TRIES * 1000),
        max_wait_ms=rules.max_wait_seconds * 1000,
        hotline=town.hotline.name,
        welcomes=frozenset(
            hotline.handbook.prompts.say(name).text for hotline in town.hotlines for name in WELCOMES
        ),
    )


async def _refused(town: Town) -> list[dict[str, object]]:
    """Documents of ours that the company would not play: never excused, whatever was killed."""
    return [note for note in await town.company.warnings() if 12_000 <= int(note["code"]) < 14_000]
