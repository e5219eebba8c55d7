"""What the carrier or the store fails at is counted, wherever that happens, and is an alarm while it goes on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio
from redis.exceptions import ConnectionError as RedisConnectionError

from ivr import acd, alarms, company, dispatch, listening, messages, probe_flow, ring_back_flow, texts
from ivr.acd import probes as probes_book
from ivr.acd import ring_back, tape
from ivr.acd import texts as texts_book
from ivr.acd.listening import Mode, hear, lend_ear
from ivr.carrier.twilio import Twilio
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.lookout import Lookout
from ivr.roles import Person, Role
from ivr.store import connect
from tests.acd.people import dials, lines_up, sid_of, sits_down, takes
from tests.acd.promised import SID, make_promise
from tests.cast import MAYOR, SUPERVISOR, WANG, WU
from tests.conftest import Clock
from tests.town import free_port

HAN = Person("nanning", SUPERVISOR, Role.SUPERVISOR)


@pytest_asyncio.fixture
async def nobody(hotline: Hotline) -> AsyncIterator[Hotline]:
    """The carrier does not answer at all."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    carrier = Twilio(hotline.settings.model_copy(update={"twilio_api_url": nowhere}))
    hotline.carrier = carrier
    yield hotline
    await carrier.close()


async def a_talk(hotline: Hotline) -> str:
    await sits_down(hotline, WANG)
    call = await lines_up(hotline, 1)
    await takes(hotline, call, WANG)
    return call


async def an_errand(hotline: Hotline) -> None:
    await dispatch.form_group(hotline)
    call = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    await acd.accept(hotline, call, operator=WANG, room="r1")
    await dispatch.run_errands(hotline, "one")


async def putting_right(hotline: Hotline) -> None:
    await a_talk(hotline)
    later = hotline.now() + 2 * dispatch.SETTLED_MS
    hotline.clock = lambda: later
    assert await dispatch.reconcile(hotline) == []  # and the next round comes when it is due, not at once


async def a_message(hotline: Hotline) -> None:
    call = await dials(hotline, 1)
    await acd.keep_message(hotline, call, recording="RE1", seconds=9)
    with suppress(Conflict):
        await messages.sound(hotline, HAN, call)


async def a_recording(hotline: Hotline) -> None:
    call = await a_talk(hotline)
    await tape.runs(hotline, call, recording="RE1")
    with suppress(Conflict):
        await company.sound(hotline, HAN, call)


async def taking_over(hotline: Hotline) -> None:
    call = await a_talk(hotline)
    await lend_ear(hotline, call, supervisor=SUPERVISOR, mode=Mode.LISTEN)
    await hear(hotline, supervisor=SUPERVISOR, leg=sid_of(77))
    with suppress(Conflict):
        await listening.take_over(hotline, HAN, call)


async def a_dial_test(hotline: Hotline) -> None:
    await probes_book.ask_for(hotline, [MAYOR], by=SUPERVISOR)
    await acd.tick(hotline)
    await probe_flow.dial(hotline, MAYOR)


async def ringing_back(hotline: Hotline) -> None:
    await make_promise(hotline)
    await ring_back.start(hotline, SID, room="r1", by="本人")
    await ring_back_flow.ring_official(hotline, SID, asked=hotline.now())


async def a_text(hotline: Hotline) -> None:
    profile = hotline.handbook.profile
    sends = profile.model_copy(update={"texts": profile.texts.model_copy(update={"sender": MAYOR})})
    hotline.handbook = replace(hotline.handbook, profile=sends)
    call = await dials(hotline, 1)
    await texts_book.write_text(hotline, call, number=WU, line=MAYOR, words="会后联系您", day="2026-11-23")
    await texts.send(hotline, call)


@pytest.mark.parametrize(
    "fails",
    [
        an_errand,
        putting_right,
        a_message,
        a_recording,
        taking_over,
        a_dial_test,
        ringing_back,
        a_text,
    ],
)
async def test_what_the_carrier_does_not_answer_is_counted_wherever_it_was_asked(
    nobody: Hotline, fails: Callable[[Hotline], Awaitable[None]]
) -> None:
    await fails(nobody)
    assert await failures(nobody, "carrier") == 1


async def alarm_of_the_store(hotline: Hotline) -> str | None:
    await alarms.watch(hotline)
    return next((one.text for one in await alarms.standing(hotline) if one.name == "store"), None)


async def failures(hotline: Hotline, of: str) -> int:
    keys = await hotline.store.ask("KEYS", hotline.key(f"{of}_failures", "*"))
    return sum([int(await hotline.store.ask("GET", key)) for key in keys])


# ------------------------------------------------------------------------------------------ the store


async def test_a_store_that_was_away_and_answers_again_is_told_of_it(hotline: Hotline, valkey: str) -> None:
    store = connect(valkey + "?db=1")
    hotline.store = store
    try:
        lookout = Lookout(hotline)
        await lookout.look()
        await lookout.look()
        assert await failures(hotline, "store") == 0
        for _ in range(2):
            await hotline.store.redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            await lookout.look()
        await lookout.look()
        assert await failures(hotline, "store") == 2
    finally:
        await store.close()


async def test_a_store_that_answers_slowly_is_in_trouble_too(hotline: Hotline) -> None:
    lookout = Lookout(hotline)
    await lookout.look()
    await hotline.store.redis.execute_command("CLIENT", "PAUSE", 600, "ALL")
    await lookout.look()
    assert await failures(hotline, "store") == 1


async def test_a_store_that_cannot_be_reached_counts_each_try(hotline: Hotline) -> None:
    away = connect(f"redis://127.0.0.1:{free_port()}/1")
    with pytest.raises(RedisConnectionError):
        await away.ask("GET", "x")
    assert away.troubles >= 3
    await away.close()


async def test_a_store_that_fails_again_and_again_is_an_alarm_for_as_long_as_it_does(
    hotline: Hotline, clock: Clock
) -> None:
    await alarms.count_failure(hotline, "store", times=4)
    assert await alarm_of_the_store(hotline) is None
    await alarms.count_failure(hotline, "store")
    assert (
        await alarm_of_the_store(hotline) == "五分钟内数据库 5 次中断或应答缓慢：请看日志和 Valkey 所在的机器"
    )
    clock.passes(301)
    assert await alarm_of_the_store(hotline) is None
