"""What the tests stand on: one real Valkey for the session, a hotline with a clock of its own, a whole town."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from ivr import embedded
from ivr.carrier.twilio import Twilio
from ivr.demo import Demo
from ivr.hotline import Hotline, open_hotline
from ivr.store import Store, connect, load_library
from tests import town as towns
from tests.afterwards import no_place_is_kept, nobody_is_missed, nobody_waits_for_a_call_back
from tests.company import Company
from tests.town import Town

MONDAY_MORNING = 1_795_399_200_000  # 2026-11-23 10:00 in Nanning, a workday


@dataclass(slots=True)
class Clock:
    """Milliseconds since 1970, moved by the test alone."""

    now: int = MONDAY_MORNING

    def __call__(self) -> int:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server with the product's own configuration. Database 0 is the town's."""
    folder = tmp_path_factory.mktemp("valkey")
    server = embedded.start(folder)
    asyncio.run(_answers(embedded.url_in(folder)))
    yield embedded.url_in(folder)
    server.terminate()
    server.wait(10)


@pytest_asyncio.fixture
async def store(valkey: str) -> AsyncIterator[Store]:
    """An empty database of that server."""
    store = connect(valkey + "?db=1")
    await store.redis.flushdb()
    await load_library(store.redis)
    yield store
    await store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def hotline(store: Store, clock: Clock) -> AsyncIterator[Hotline]:
    """Nanning, open at any hour, with a clock that stands still until the test moves it."""
    settings = Demo(port=1, simulator_port=2, folder=Path(".data"), redis_url="unix:///nowhere").settings()
    carrier = Twilio(settings)
    hotline = await open_hotline("nanning", store, carrier, settings)
    hotline.clock = clock
    yield hotline
    await carrier.close()


@pytest.fixture(scope="session")
def _town(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with towns.opened(tmp_path_factory.mktemp("town"), valkey) as town:
        yield town


@pytest.fixture(scope="module")
def new_town(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that no test before has lived in, for what shows all that was ever written."""
    with towns.opened(tmp_path_factory.mktemp("new_town"), valkey + "?db=4") as town:
        yield town


@pytest_asyncio.fixture
async def town(_town: Town) -> AsyncIterator[Town]:
    """Valkey, application and phone company, with nobody at a desk and nobody on the phone."""
    yield _town
    await nobody_waits_for_a_call_back(_town)
    await _town.calls_home()
    await nobody_waits_for_a_call_back(_town)  # whose talk was broken off just now
    await nobody_is_missed(_town)
    await no_place_is_kept(_town)


@pytest_asyncio.fixture
async def company() -> AsyncIterator[Company]:
    """A phone company that is out of order, for what the simulator is too well-behaved to do."""
    company = Company()
    company.start()
    try:
        await towns.until(lambda: towns.opens(company.url + "/"), "the company is up")
        yield company
    finally:
        company.stop()


async def _answers(url: str) -> None:
    store = connect(url)

    async def pong() -> bool:
        try:
            return bool(await store.ask("PING"))
        except (OSError, ConnectionError):
            return False

    await towns.until(pong, "Valkey answers")
    await store.close()
