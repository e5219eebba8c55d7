"""Each kind of contradiction, planted in a real store, is seen and named; a store that is right is left in peace."""

import asyncio
import re
from itertools import chain

import pytest
from typer.testing import CliRunner, Result

from ivr import acd, audit, check
from ivr.cli import app
from ivr.demo import Demo
from ivr.hotline import Hotline
from ivr.records import who_talked
from ivr.store import library
from tests.acd.people import dials, lines_up, phone_of, sid_of, sits_down, takes
from tests.cast import LI, MAYOR, WANG, ZHAO
from tests.conftest import MONDAY_MORNING, Clock

NOW = MONDAY_MORNING + 60_000
TALLY = f"tally:{MONDAY_MORNING // check.HOUR_MS}"
ENDED, LOST, TALKING, RINGING, WAITING = (sid_of(n) for n in range(1, 6))

Command = tuple[str | int, ...]  # the second word is a key without the hotline's name


@pytest.fixture
async def busy(hotline: Hotline, clock: Clock) -> Hotline:
    """One call is over and one was given up; one is talking, one rings, one waits."""
    await sits_down(hotline, WANG)
    await talks(hotline, ENDED, WANG)
    clock.passes(10)
    await acd.release(hotline, operator=WANG)
    await acd.hang_up(hotline, ENDED, by="operator")
    clock.passes(3)
    await acd.finish(hotline, operator=WANG)
    await acd.sign_out(hotline, operator=WANG)
    await acd.hang_up(hotline, await dials(hotline, 2), by="caller")
    await sits_down(hotline, LI)
    await talks(hotline, TALKING, LI)
    await sits_down(hotline, ZHAO)
    for n in (4, 5):
        await lines_up(hotline, n)
    await hotline.store.ask("DEL", hotline.key("errands"))  # the worker has done them
    return hotline


async def talks(hotline: Hotline, sid: str, operator: str) -> None:
    await lines_up(hotline, int(sid[2:], 16))
    await takes(hotline, sid, operator, room="r" + sid)


async def test_a_store_in_the_middle_of_its_work_has_nothing_wrong(busy: Hotline) -> None:
    assert (await acd.desk(busy, LI))["operator"]["line"] == "talking"
    assert (await acd.desk(busy, ZHAO))["operator"]["line"] == "offered"
    assert await check.check(busy, again=False) == []


async def test_an_operator_at_whose_desk_it_only_rang_after_a_talk_is_not_one_of_those_who_talked(
    hotline: Hotline,
) -> None:
    call = sid_of(1)
    await sits_down(hotline, WANG)
    await talks(hotline, call, WANG)
    assert who_talked(await hotline.store.ask("HGETALL", hotline.key("call", call))) == {WANG}
    await acd.pause(hotline, operator=WANG, reason="小休")
    await acd.quit_room(hotline, call, leg=phone_of(WANG), room="r" + call)
    await sits_down(hotline, LI)
    assert (await acd.desk(hotline, LI))["operator"]["line"] == "offered"
    await acd.hang_up(hotline, call, by="caller")
    await hotline.store.ask("DEL", hotline.key("errands"))
    assert who_talked(await hotline.store.ask("HGETALL", hotline.key("call", call))) == {WANG}
    assert await check.check(hotline, again=False) == []


@pytest.mark.parametrize("again", [True, False])
async def test_a_caller_whose_operator_was_lost_is_counted_for_each_who_talked_with_them(
    hotline: Hotline, clock: Clock, again: bool
) -> None:
    """The same one has them twice, or nobody has when they hang up."""
    call = sid_of(1)
    await sits_down(hotline, WANG)
    await talks(hotline, call, WANG)
    clock.passes(5)
    if not again:
        await acd.pause(hotline, operator=WANG, reason="小休")
    await acd.quit_room(hotline, call, leg=phone_of(WANG), room="r" + call)
    if again:
        await takes(hotline, call, WANG, room="again")
    await acd.hang_up(hotline, call, by="caller")
    await hotline.store.ask("DEL", hotline.key("errands"))
    counted = await hotline.store.ask("HGET", hotline.key(TALLY), f"operator:{WANG}:answered")
    assert counted == ("2" if again else "1")
    assert await check.check(hotline, again=False) == []


PLANTS: dict[str, tuple[Command, str]] = {
    "live without a call": (("ZADD", "live", NOW, ENDED), f"{ENDED} is over and stands among the live ones"),
    "a call not live": (("ZREM", "live", TALKING), f"{TALKING} is talking and does not stand among the live"),
    "in no line": (("ZREM", "waiting:main", WAITING), f"{WAITING} waits and stands in no line"),
    "in line for nothing": (("ZADD", "waiting:main", 1, TALKING), f"{TALKING} stands in line and does not wait"),
    "alone": (("HSET", f"operator:{WANG}", "line", "talking", "call", ENDED), f"{WANG} is busy with a call"),
    "no deadline": (("ZREM", "due", f"offer:{RINGING}"), f"{RINGING} is in flight without a deadline"),
    "nobody has it": (("HSET", f"operator:{ZHAO}", "call", LOST), f"{RINGING} is with an operator who does not"),
    "no lease": (("ZREM", "due", f"lease:{LI}"), f"{LI} is present without a deadline"),
    "not settled": (("SREM", "on_shift:main", LI), f"{LI} is not where they belong"),
    "no outcome": (("HDEL", f"call:{ENDED}", "outcome"), f"{ENDED} has ended with no outcome"),
    "two calls": (("HSET", f"call:{RINGING}", "operator", LI), f"{LI} has 2 calls: {TALKING}, {RINGING}"),
    "another's call": (("HSET", f"operator:{LI}", "call", WAITING), f"{TALKING} is talking with {LI}, whose"),
    "no record": (("DEL", f"call:{LOST}"), f"{LOST} is listed and has no record"),
    "not by line": (("ZREM", f"calls:line:{MAYOR}", LOST), f"{LOST} is not in the list calls:line:{MAYOR}"),
    "not by caller": (("ZREM", "calls:caller:+862000000002", LOST), f"{LOST} is not in the list calls:caller"),
    "not by operator": (("DEL", f"calls:operator:{WANG}"), f"{ENDED} is not in the list calls:operator:{WANG}"),
    "not by outcome": (("DEL", "calls:outcome:answered"), f"{ENDED} is not in the list calls:outcome:answered"),
    "at another moment": (("ZADD", f"calls:line:{MAYOR}", 5, LOST), f"{LOST} is not in the list calls:line"),
    "misfiled": (("ZADD", "calls:outcome:full", NOW, LOST), f"{LOST} is listed as full and ended as abandoned"),
    "counted too much": (("HINCRBY", TALLY, "received", 3), "received of hour 498722 is 3 more"),
    "counted too little": (("HINCRBY", TALLY, "outcome:answered", -1), "outcome:answered of hour 498722 is 1 less"),
    "talked too long": (("HINCRBY", TALLY, "talked_ms", 7), "talked_ms of hour 498722 is 7 more"),
    "stuck errand": (
        ("XADD", "errands", "*", "what", "redirect", "sid", RINGING, "step", "", "at", MONDAY_MORNING - 60_000),
        f"“redirect {RINGING}” has waited for more than a minute",
    ),
    "deadline passed": (("ZADD", "due", NOW - 60_000, f"offer:{RINGING}"), f"offer:{RINGING} has passed"),
    "silent console": (("HSET", f"operator:{LI}", "lease", 1), f"{LI} counts as present, and the console is silent"),
    "no news": (("DEL", "events"), "the last moves are missing from the event stream"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "words"), PLANTS.values(), ids=PLANTS)
async def test_a_planted_contradiction_is_named(busy: Hotline, plant: Command, words: str) -> None:
    await busy.store.ask(plant[0], busy.root + str(plant[1]), *plant[2:])
    found = await check.check(busy, again=False)
    assert [one for one in found if words in one.wrong], [one.wrong for one in found]
    assert all(one.mend for one in found)


@pytest.mark.parametrize(
    "plant",
    ["live without a call", "in no line", "alone", "no deadline", "nobody has it", "no lease", "not settled"],
)
async def test_what_the_queue_can_mend_is_gone_once_mended(busy: Hotline, plant: str) -> None:
    (word, key, *rest), words = PLANTS[plant]
    await busy.store.ask(word, busy.root + str(key), *rest)
    mends = [one.mend for one in await check.check(busy, again=False) if words in one.wrong]
    assert mends == [check.MENDED]
    await acd.reconcile(busy, mend=True)
    assert words not in "".join(chain.from_iterable(await check.check(busy, again=False)))


def test_every_word_of_the_queue_has_its_sentence() -> None:
    said = set(re.findall(r"\bmend\('([a-z_]+)'", library()))
    assert said == set(check.CONTRADICTIONS)


async def test_what_only_one_look_sees_is_not_wrong(busy: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two questions of one look a call moves on: that is life, not a contradiction."""
    looked = asyncio.Event()
    look = check._look

    async def told(hotline: Hotline, last: int) -> check.Look:
        try:
            return await look(hotline, last)
        finally:
            looked.set()

    monkeypatch.setattr(check, "_look", told)
    monkeypatch.setattr(check, "BETWEEN_LOOKS_SECONDS", 0.2)
    await busy.store.ask("ZREM", busy.key("live"), TALKING)
    checking = asyncio.create_task(check.check(busy))
    await looked.wait()
    await busy.store.ask("ZADD", busy.key("live"), MONDAY_MORNING, TALKING)
    assert await checking == []


async def test_the_command_says_what_is_wrong_and_its_exit_code_says_whether(
    hotline: Hotline, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Demo(
        1, 2, folder=hotline.settings.hotline_data_dir, redis_url=valkey + "?db=1"
    ).environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    right = await command("nanning")
    await hotline.store.ask("HSET", hotline.key("tally", "498722"), "received", 2)
    await hotline.store.ask("ZADD", hotline.key("live"), NOW, ENDED)
    wrong = await command("nanning")
    mended = await command("nanning", "--mend")
    unknown = await command("nowhere")

    head = f"the head of the audit is 0:{audit.BEFORE_THE_FIRST}\n"
    assert (right.exit_code, right.stdout) == (0, f"nanning: nothing wrong; {head}")
    assert wrong.exit_code == 1
    assert f"the call {ENDED} is over and stands among the live ones. To mend it, run" in wrong.stdout
    assert mended.exit_code == 0
    assert mended.stdout.startswith(f"nanning: mended not_live {ENDED}\nnanning: nothing wrong; ")
    [noted] = (await audit.search(hotline, audit.Sought())).entries
    assert (noted.who, noted.about) == ("命令行", "核对账目，自动整理")
    assert unknown.exit_code == 2


async def command(*words: str) -> Result:
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["check", *words]))
