"""What every command that reads or changes a live store stands on: the store of the environment, and who types.

Whoever can type here can do everything to the store, so the audit names no seat: it says that it was the command line,
and as which user of the machine.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

import typer
from redis.exceptions import RedisError

from config.settings import Unset, read_settings
from ivr.carrier.twilio import Twilio
from ivr.errors import Refused
from ivr.handbook import Handbook
from ivr.hotline import Hotline, open_hotline
from ivr.probe_report import NobodyTests
from ivr.roles import Person, Role
from ivr.store import Store, Unfit, connect

COMMAND_LINE = "命令行"

Name = Annotated[
    str,
    typer.Argument(
        callback=lambda name: _a_hotline(name),
        help="The hotline, as its folder under config/hotlines/ is called.",
    ),
]
T = TypeVar("T")


def whoever_types(hotline: str) -> Person:
    """Who the audit says it was."""
    return Person(hotline, COMMAND_LINE, Role.ADMIN, where=f"uid {os.getuid()}")


@asynccontextmanager
async def opened(name: str, store: Store, *, knowing: Handbook | None = None) -> AsyncIterator[Hotline]:
    """The hotline, for an act that the audit must know of; `knowing` this, whatever the store says that it knows."""
    settings = read_settings()
    carrier = Twilio(settings)
    try:
        if knowing is None:
            yield await open_hotline(name, store, carrier, settings)
        else:
            yield Hotline(name, store, carrier, settings, knowing)
    finally:
        await carrier.close()


def with_store(act: Callable[[Store], Awaitable[T]]) -> T:
    """Run it with the store of the environment; a refusal ends the program with its sentence."""

    async def go() -> T:
        store = connect(read_settings().hotline_redis_url)
        try:
            return await act(store)
        finally:
            await store.close()

    try:
        return asyncio.run(go())
    except (Unset, Unfit, NobodyTests, Refused) as reason:
        typer.echo(str(reason), err=True)
    except RedisError as broken:
        typer.echo(f"HOTLINE_REDIS_URL: the store does not answer: {broken}", err=True)
    except OSError as broken:
        typer.echo(f"{broken.filename or 'HOTLINE_REDIS_URL'}: {broken.strerror or broken}", err=True)
    sys.exit(2)


def with_hotline(name: str, act: Callable[[Hotline], Awaitable[T]]) -> T:
    """The same, for what is done to one hotline."""

    async def go(store: Store) -> T:
        async with opened(name, store) as hotline:
            return await act(hotline)

    return with_store(go)


def _a_hotline(name: str) -> str:
    try:
        served = read_settings().hotline_hotlines
    except Unset:
        return name  # said with everything else that is missing, when the store is asked for
    if name not in served:
        raise typer.BadParameter(f"HOTLINE_HOTLINES has {', '.join(served)}, not {name}.")
    return name
