"""`python -m bench [which...] [--quick]`: measure, and say whether the targets are met."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from bench import bytes_per_call, crowd, first_paint, ready, webhooks, whole_call
from bench.ground import Broken
from bench.targets import Target, print_targets
from ivr.errors import Refused

Measurement = Callable[[Console, bool], Coroutine[Any, Any, list[Target]]]

MEASUREMENTS: dict[str, Measurement] = {
    "webhooks": webhooks.run,
    "ready": ready.run,
    "bytes": bytes_per_call.run,
    "call": whole_call.run,
    "crowd": crowd.run,
    "desk": first_paint.run,
}
LEAST_COLUMNS = 110  # where there is no terminal, the tables still want their room

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    which: Annotated[
        list[str] | None, typer.Argument(help=f"{', '.join(MEASUREMENTS)}; all by default")
    ] = None,
    quick: Annotated[
        bool, typer.Option(help="Too little for the figures to mean anything, but all of it.")
    ] = False,
) -> None:
    """The exit code is 0 when every target is met (or the run was quick), 1 when one is not, 2 when it broke."""
    names = which or list(MEASUREMENTS)
    unknown = set(names) - MEASUREMENTS.keys()
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose from {', '.join(MEASUREMENTS)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is stopped
    console = Console()
    console = console if console.is_terminal else Console(width=LEAST_COLUMNS)
    console.print(
        f"{datetime.now(UTC).date()}, {os.cpu_count()} cores, load before we began {os.getloadavg()[0]:.1f}\n"
    )
    targets: list[Target] = []
    try:
        for name in names:
            targets += asyncio.run(MEASUREMENTS[name](console, quick))
    except (Broken, Refused) as why:
        console.print(str(why), style="red", markup=False)
        raise typer.Exit(2) from None
    print_targets(console, targets)
    raise typer.Exit(0 if quick or all(target.met for target in targets) else 1)


if __name__ == "__main__":
    app()
