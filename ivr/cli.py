"""The command `ivr`."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from redis.exceptions import RedisError

from config.settings import Settings, Unset, read_demo_settings, read_settings
from ivr import acd, audit, check, demo, probe_report, recordings, traffic
from ivr.account_commands import staff, token
from ivr.audit import Act
from ivr.carrier.twilio import Twilio
from ivr.check import LAST_CALLS
from ivr.handbook import CALENDAR, from_sections, read_folder, write_folder
from ivr.hotline import loaded, stored_sections, teach
from ivr.shell import COMMAND_LINE, Name, opened, whoever_types, with_store
from ivr.store import Store, examine
from ivr.traffic.accidents import APP_TWICE_AND_VALKEY
from ivr.traffic.plan import Faults, Plan

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="直通车: the hotline.", pretty_exceptions_enable=False
)
app.add_typer(staff, name="staff")
app.add_typer(token, name="token")

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 75  # longer than desks and carriers are silent between two requests


@app.command()
def serve(
    host: str = "127.0.0.1", port: int = 8000, workers: Annotated[int, typer.Option(min=1)] = 1
) -> None:
    """Answer calls. Settings come from the environment."""
    with_store(_examined)
    with tempfile.TemporaryDirectory(prefix="hotline-counters-") as counters:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counters  # noqa: TID251 - how that library is told
        uvicorn.run(
            "routes.app:create_app",
            factory=True,
            http="routes.one_packet:OnePacket",
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )


@app.command("demo")
def run_demo() -> None:
    """Everything on this machine, with a pretend phone company: what `make run` starts."""
    try:
        settings = read_demo_settings()
    except Unset as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(demo.run(settings))


@app.command()
def simulate(
    callers_per_minute: Annotated[float, typer.Option(min=0.1)] = 60.0,
    operators: Annotated[int, typer.Option(min=1, max=800)] = 20,
    minutes: Annotated[float, typer.Option(min=0.1)] = 3.0,
    faults: Annotated[Faults, typer.Option(help="What the phone company does wrong.")] = Faults.NONE,
    seed: Annotated[int, typer.Option(help="The same seed is the same callers.")] = 1,
    speed: Annotated[float, typer.Option(min=0.1, help="How many times faster than life.")] = 1.0,
    workers: Annotated[int, typer.Option(min=1)] = 1,
    kill: Annotated[bool, typer.Option("--kill", help="Kill the workers twice, and Valkey once.")] = False,
) -> None:
    """Play a day's traffic on a system of its own, and prove that no caller was lost: 0 if so, 1 if not."""
    kills = APP_TWICE_AND_VALKEY if kill else ()
    plan = Plan(callers_per_minute, operators, minutes, faults, seed, speed, workers, kills)
    raise typer.Exit(traffic.simulate(plan))


@app.command("check")
def check_the_books(
    hotline: Annotated[str, typer.Argument(help="One of them; all that are served, without.")] = "",
    mend: Annotated[bool, typer.Option("--mend", help="Put right what the queue can put right.")] = False,
    last: Annotated[int, typer.Option(min=1, help="How many of the newest calls to look at.")] = LAST_CALLS,
    head: Annotated[
        str, typer.Option(help="Of the audit, as an earlier check printed it: it must still be there.")
    ] = "",
) -> None:
    """Whether the books of a live system balance: 0 if so, 1 if not, 2 if they cannot be read."""

    async def look(store: Store) -> int:
        settings = read_settings()
        names = (hotline,) if hotline else settings.hotline_hotlines
        return sum(
            [await _wrong_in(name, store, settings, mend=mend, last=last, head=head) for name in names]
        )

    raise typer.Exit(1 if with_store(look) else 0)


async def _wrong_in(name: str, store: Store, settings: Settings, *, mend: bool, last: int, head: str) -> int:
    """Says what is wrong in one hotline's books, and how many things are."""
    carrier = Twilio(settings)
    try:
        books = await check.open_books(name, store, carrier, settings)
        if mend:
            await audit.note(books, whoever_types(name), Act.CHANGE, "核对账目，自动整理")
        for mended in await acd.reconcile(books, mend=True) if mend else ():
            typer.echo(f"{name}: mended {mended}")
        found = await check.check(books, last=last, head=head)
        audited = await audit.head(books)
    finally:
        await carrier.close()
    for finding in found:
        typer.echo(f"{name}: {finding.wrong}. To mend it, {finding.mend}.")
    typer.echo(f"{name}: {len(found) or 'nothing'} wrong; the head of the audit is {audited}")
    return len(found)


@app.command("probe")
def dial_test(
    numbers: Annotated[
        list[str] | None, typer.Argument(help="Published numbers, as in the directory.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every published number.")] = False,
    through: Annotated[
        bool, typer.Option("--through", help="Go on to a person: rings the official, or an operator.")
    ] = False,
    hotline: Annotated[str, typer.Option(help="One of them; all that are served, without.")] = "",
) -> None:
    """Call published numbers as a citizen would, one a second: 0 if each answers as it should, 1 if not."""
    if bool(numbers) == everything:
        raise typer.BadParameter("name the numbers to call, or --all")
    if through and everything:
        raise typer.BadParameter("--through rings people: name the numbers")

    async def test(store: Store) -> bool:
        settings = read_settings()
        carrier = Twilio(settings)
        try:
            names = (hotline,) if hotline else settings.hotline_hotlines
            served = [await check.open_books(name, store, carrier, settings) for name in names]
            return await probe_report.all_pass(served, numbers or [], typer.echo, through=through)
        finally:
            await carrier.close()

    raise typer.Exit(0 if with_store(test) else 1)


@app.command()
def load(
    hotline: Name,
    folder: Annotated[Path, typer.Argument(help="A folder like config/hotlines/nanning.")],
    calendar: Annotated[
        Path, typer.Option(help="The official notices; a dump has its own beside it.")
    ] = CALENDAR,
) -> None:
    """Put a folder's directory, prompts, hours and calendar into the store, in place of what is there."""
    notices = folder / "calendar" if (folder / "calendar").is_dir() else calendar

    async def put(store: Store) -> None:
        handbook = read_folder(folder, notices)
        async with opened(hotline, store, knowing=handbook) as known:
            await audit.note(known, whoever_types(hotline), Act.CHANGE, f"载入 {folder}")
        await recordings.read_files(store, hotline, folder)
        await teach(store, hotline, handbook, note=loaded(by=COMMAND_LINE))

    with_store(put)
    typer.echo(f"loaded {hotline} from {folder}")


@app.command()
def dump(hotline: Name, folder: Path) -> None:
    """Write what the store knows of a hotline into a folder, which `ivr load` reads back."""

    async def write(store: Store) -> None:
        handbook = from_sections(await stored_sections(store, hotline))
        write_folder(handbook, folder)
        await recordings.write_files(store, hotline, handbook, folder)

    with_store(write)
    typer.echo(f"dumped {hotline} into {folder}")


async def _examined(store: Store) -> None:
    """Unfit stops the start. A store that is away does not: callers are spoken to until it is back."""
    try:
        warnings = await examine(store.redis)
    except (RedisError, OSError) as away:
        warnings = [f"the store does not answer yet: {away}"]
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
