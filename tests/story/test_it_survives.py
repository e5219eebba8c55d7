"""What was answered is on disk: a worker or the store dies in the middle of a call, and the call goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from ivr import accounts
from ivr.demo import Demo, close_down, open_up, revive
from ivr.roles import Role
from ivr.store import connect
from tests import town as towns
from tests.cast import MAYOR, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.town import Caller, Operator, Town, until
from tests.voice.carrier_words import form_of, post

T = TypeVar("T")


@pytest_asyncio.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Town]:
    """Valkey, the application and the phone company as processes of their own, as `make run` starts them."""
    demo = Demo(towns.free_port(), towns.free_port(), folder=tmp_path, redis_url=None, speed=towns.SPEED)
    watch = None
    try:
        await open_up(demo)
        store = connect(demo.store_url)
        await accounts.issue_token(
            demo.settings(), store, "nanning", role=Role.OPERATOR, id=WANG, secret=towns.secret_of(WANG)
        )
        await store.close()
        watch = asyncio.create_task(_watch(demo))
        town = towns.found(tmp_path, demo.store_url)
        town.demo = demo
        yield town
    finally:
        if watch:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        await close_down(demo)


async def test_a_worker_killed_in_the_middle_of_a_call_loses_neither_the_call_nor_the_record(
    machine: Town,
) -> None:
    zhou, wang = await in_the_middle_of_a_call(machine)

    await kill_and_wait_for_the_next(machine, "app")

    assert (await wang.desk())["line"] == "talking"
    assert (await zhou.call())["room"] is not None
    await zhou.hangs_up()
    record = await zhou.record()
    assert (record["outcome"], record["operator"]) == ("answered", WANG)
    await wang.is_on("wrap_up")


async def test_valkey_killed_in_the_middle_of_a_call_loses_neither_the_call_nor_the_record(
    machine: Town,
) -> None:
    zhou, wang = await in_the_middle_of_a_call(machine)

    await kill_and_wait_for_the_next(machine, "valkey")

    assert (await wang.desk())["line"] == "talking"
    await wang.hangs_up()
    await zhou.hears("感谢您的来电")
    record = await zhou.record()
    assert (record["outcome"], record["ended_by"]) == ("answered", "operator")
    assert [moment["event"] for moment in record["timeline"]] == [
        "arrive", "wait", "offer", "accept", "join", "part", "hang_up"
    ]  # fmt: skip


async def test_a_caller_in_line_outlives_the_store_and_keeps_their_place(machine: Town) -> None:
    zhou = await machine.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    await kill_and_wait_for_the_next(machine, "valkey")
    wang = await machine.operator(WANG)
    assert (await wang.accepts())["sid"] == zhou.sid
    await wang.is_on("talking")


@pytest.mark.parametrize("part", ["app", "valkey"])
async def test_nobody_is_stuck_in_a_dial_test_whatever_dies(machine: Town, part: str) -> None:
    """It rings at a desk as it happens; the next caller has that operator."""
    wang = await machine.operator(WANG)
    asked = {"numbers": [MAYOR], "through": True}
    await machine.ask("POST", "/api/nanning/probes", token=machine.admin_token(), json=asked)
    assert (await wang.rings())["test"]

    await kill_and_wait_for_the_next(machine, part)

    await until_possible(wang.beats)  # as the page goes on to
    zhou = await machine.caller(ZHOU).dials(MAYOR)
    await wang.sees(lambda desk: desk["call"] and desk["call"]["sid"] == zhou.sid, "the caller")
    await wang.accepts()
    await wang.is_on("talking")
    await zhou.hangs_up()
    assert (await zhou.record())["operator"] == WANG


async def test_while_the_store_is_down_the_caller_hears_an_apology_and_then_goes_on(machine: Town) -> None:
    zhou = await machine.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    valkey = next(one for one in machine.demo.parts if one.name == "valkey")
    machine.demo.parts.remove(valkey)  # nobody starts it again for now
    assert valkey.process is not None
    valkey.process.kill()

    await zhou.hears("抱歉")
    async with Visitor(machine) as somebody:
        secret = {"Cookie": "session=nanning.any", "Accept": "text/html"}
        page = await somebody.goes("GET", "/calls", headers=secret)
        assert (page.status, "数据库暂时没有应答" in page.text) == (503, True)
        assert page.headers["content-type"].startswith("text/html")

    machine.demo.parts.insert(0, valkey)
    wang = await until_possible(lambda: machine.operator(WANG))
    assert (await wang.accepts())["sid"] == zhou.sid
    await wang.is_on("talking")


async def test_a_worker_that_starts_while_the_store_is_away_speaks_and_then_serves(machine: Town) -> None:
    valkey = next(one for one in machine.demo.parts if one.name == "valkey")
    app = next(one for one in machine.demo.parts if one.name == "app")
    machine.demo.parts.remove(valkey)  # nobody starts it again for now
    assert valkey.process is not None
    assert app.process is not None
    valkey.process.kill()
    os.killpg(os.getpgid(app.process.pid), signal.SIGKILL)

    await until_possible(lambda: greeted_with(machine, "系统正在恢复"))

    machine.demo.parts.insert(0, valkey)
    await until_possible(lambda: greeted_with(machine, "欢迎拨打"))


async def greeted_with(town: Town, words: str) -> str:
    """What a new call hears first."""
    said = await post(f"{town.url}/voice/nanning/answer", form_of("CA" + uuid4().hex))
    assert words in said.text
    return said.text


async def until_possible(act: Callable[[], Awaitable[T]]) -> T:
    async def tried() -> T | None:
        try:
            return await act()
        except (AssertionError, aiohttp.ClientError):
            return None

    return cast(T, await until(tried, "it is possible again"))


async def in_the_middle_of_a_call(town: Town) -> tuple[Caller, Operator]:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    wang = await town.operator(WANG)
    await wang.accepts()
    await wang.is_on("talking")
    return zhou, wang


async def kill_and_wait_for_the_next(town: Town, part: str) -> None:
    """`kill -9`, then until its successor answers."""
    found = next(one for one in town.demo.parts if one.name == part)
    assert found.process is not None
    starts, processes = found.starts, os.getpgid(found.process.pid)
    os.killpg(processes, signal.SIGKILL)

    async def successor_answers() -> bool:
        return found.starts > starts and await towns.opens(town.url + "/readyz")

    await until(successor_answers, f"{part} is up again")


async def _watch(demo: Demo) -> None:
    while True:
        await revive(demo)
        await asyncio.sleep(0.1)
