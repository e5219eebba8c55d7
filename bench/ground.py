"""The ground a measurement stands on: an embedded Valkey of its own, and servers as processes of their own.

Everything is started in a folder on the project's disk, because what is measured includes writing to it, and
everything is stopped and removed again, whatever happens in between.
"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from redis.exceptions import RedisError

from ivr import embedded
from ivr.carrier.twilio import Twilio
from ivr.demo import Demo
from ivr.handbook import CALENDAR, HOTLINES, Handbook, read_folder
from ivr.hotline import Hotline, open_hotline, teach
from ivr.store import Store, connect, load_library

START_SECONDS = 60.0  # on a machine that others use too
STOP_SECONDS = 10.0
DISK = Path(".data")
LONGEST_LINE = 100_000  # callers; the limit of a real hotline would turn most of the bench away


class Broken(Exception):
    """The measurement could not be made; the text says what broke."""


@dataclass(frozen=True, slots=True)
class Ground:
    """`store` has the queue's library in it, `valkey` is its process id; `folder` is for logs and small files."""

    folder: Path
    store: Store
    valkey: int

    @property
    def store_url(self) -> str:
        return embedded.url_in(self.folder)

    @asynccontextmanager
    async def hotline(self, name: str, **rules: int) -> AsyncIterator[Hotline]:
        """Nanning's hotline under this name, with doors open at any hour, room for all, and these rules."""
        settings = self._installation(port=0).settings()
        carrier = Twilio(settings)
        try:
            await teach(self.store, name, _spacious(**rules))
            yield await open_hotline(name, self.store, carrier, settings)
        finally:
            await carrier.close()

    @asynccontextmanager
    async def product(self, port: int, *hotlines: str, company: str = "") -> AsyncIterator[int]:
        """The application with one worker, as in production; its process id, once it is ready. Nobody listens at the
        address of its carrier, unless a `company` does."""
        environment = {**self._installation(port).environment(), "HOTLINE_HOTLINES": dumps(hotlines)}
        environment |= {"TWILIO_API_URL": company} if company else {}
        command = ("ivr", "serve", "--workers", "1", "--port", str(port))
        async with self.server("product", command, f"http://127.0.0.1:{port}/readyz", environment) as pid:
            yield pid

    @asynccontextmanager
    async def server(
        self, name: str, module: tuple[str, ...], url: str, environment: Mapping[str, str]
    ) -> AsyncIterator[int]:
        """`python -m module...`, with nothing in its environment but this; its id, once `url` answers."""
        log = self.folder / f"{name}.log"
        with _running([sys.executable, "-m", *module], environment, log) as pid:
            await _until(lambda: _opens(url), name, log)
            yield pid

    def _installation(self, port: int) -> Demo:
        """Nobody listens at the address of its carrier: no call of a bench is real."""
        return Demo(port=port, simulator_port=free_port(), folder=self.folder, redis_url=self.store_url)


@asynccontextmanager
async def a_ground() -> AsyncIterator[Ground]:
    with _valkey() as (folder, pid):
        store = connect(embedded.url_in(folder))
        try:
            await _until(lambda: _answers(store), "Valkey", folder / "valkey.log")
            await load_library(store.redis)
            yield Ground(folder, store, pid)
        finally:
            await store.close()


@contextmanager
def _valkey() -> Iterator[tuple[Path, int]]:
    DISK.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=DISK) as name:
        folder = Path(name).resolve()
        process = embedded.start(folder)
        with _stopped(process):
            yield folder, process.pid


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[int]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    with _stopped(process):
        yield process.pid


@contextmanager
def _stopped(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _spacious(**rules: int) -> Handbook:
    handbook = read_folder(HOTLINES / "nanning", CALENDAR)
    profile = handbook.profile
    changed = {
        "queue": profile.queue.model_copy(update={"max_waiting": LONGEST_LINE, **rules}),
        "restraint": profile.restraint.model_copy(
            update={"calls_allowed": 0}
        ),  # one number dials for thousands
    }
    return replace(handbook, profile=profile.model_copy(update=changed), override="open")


def caller(number: int) -> str:
    """A number in Guangzhou that nobody can have: its subscriber part begins with the trunk prefix 0."""
    return f"+8620{number % 10_000_000:08d}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def called_off(task: "asyncio.Task[None]") -> None:
    """Cancel it and wait for its end; a failure of its own is raised here."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until(holds: Callable[[], Awaitable[bool]], what: str, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise Broken(f"{what} did not come up within {START_SECONDS:.0f} s:\n{_last_words(log)}")
        await asyncio.sleep(0.05)


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])


async def _opens(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return answer.status < 500
    except aiohttp.ClientError:
        return False


async def _answers(store: Store) -> bool:
    try:
        return bool(await store.ask("PING"))
    except (OSError, RedisError):
        return False
