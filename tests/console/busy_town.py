"""What happens at a hotline, so that every page of the console has something to show."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from ivr import accounts, acd, promise_links, promises
from ivr.roles import Role
from ivr.store import connect
from tests.cast import (
    EDUCATION,
    EDUCATION_PHONE,
    LI,
    MAYOR,
    MAYOR_OF_BOZHOU,
    QIAN,
    SECRETARY,
    SUN,
    WANG,
    WU,
    ZHAO,
    ZHOU,
)
from tests.story.call_backs import asks_for_a_call_back
from tests.town import Caller, Town, until

NEWCOMER = "9005"  # whose password was given by somebody else
BEAT_SECONDS = 2
DOORS = "/api/nanning/opening"


async def a_day(town: Town) -> None:
    """Calls that were answered, lost, promised to be returned, and words that were left; numbers that were tested."""
    await _answered_and_lost(town)
    await _leaves_a_message(town)
    await _is_promised(town)
    await _is_away(town)
    await _is_tested(town, SECRETARY)
    await _comes_to_work(town)
    await _is_changed(town)


async def _answered_and_lost(town: Town) -> None:
    wang = await town.operator(WANG)
    for number, dialled, seconds in ((ZHOU, MAYOR, 95), (QIAN, SECRETARY, 210), (SUN, MAYOR, 41)):
        caller = await town.caller(number).dials(dialled)
        await wang.accepts()
        await caller.is_in_the_room()
        await town.passes(seconds)
        await caller.hangs_up()
        await wang.is_on("wrap_up")
        await town.passes(12)
        await wang.finishes()
    await _is_tested(town, MAYOR)
    await wang.pauses("用餐")
    lost = await town.caller(QIAN).dials(MAYOR)
    await lost.hears("waiting.wav")
    await town.passes(70)
    await lost.hangs_up()
    await lost.record()
    await wang.goes_home()
    town.operators.remove(wang)


async def _leaves_a_message(town: Town) -> None:
    await town.ask("PUT", DOORS, token=town.admin_token(), json={"override": "closed"})
    try:
        sun = await town.caller(SUN).dials(MAYOR)
        await sun.hears("如需留言")
        await sun.presses("1")
        await sun.hears("请在提示音后留言")
        await sun.speaks(12)
        await sun.hears("您的留言已收到")
        await sun.hangs_up()
    finally:
        await town.ask("PUT", DOORS, token=town.admin_token(), json={"always_open": True})


async def _is_promised(town: Town) -> None:
    """Of two who rang an official of Bozhou, one is told that they will be contacted."""
    await town.phone_does(EDUCATION_PHONE, "declined", after_seconds=1)
    wu = await town.caller(WU).dials(EDUCATION)
    await wu.hears("请按 1")
    await wu.hangs_up()
    other = await town.caller(ZHOU).dials(MAYOR_OF_BOZHOU)
    await town.breathes()
    await other.hangs_up()


async def _is_away(town: Town) -> None:
    back = town.hotline("bozhou").moment().replace(hour=23, minute=30, second=0, microsecond=0)
    wish = {"kind": "外出", "until": back.isoformat()}
    path = f"/api/bozhou/absences/{MAYOR_OF_BOZHOU}"
    await town.ask("PUT", path, token=town.admin_token("bozhou"), json=wish)


async def _is_tested(town: Town, number: str) -> None:
    token = town.admin_token()
    await town.ask("POST", "/api/nanning/probes", token=token, json={"numbers": [number]})

    async def judged() -> bool:
        run = await town.ask("GET", "/api/nanning/probes/run", token=token)
        return bool(0 < run["total"] == run["done"])

    await until(judged, f"{number} is tested")


async def _comes_to_work(town: Town) -> None:
    store = connect(town.demo.store_url)
    await accounts.appoint(
        store, "nanning", NEWCOMER, role=Role.OPERATOR, password=f"demo-{NEWCOMER}", temporary=True
    )
    await store.close()


async def _is_changed(town: Town) -> None:
    """A rule, a class of callers, a number, and a sentence: each as an admin does it."""
    token = town.admin_token()
    changes: dict[str, dict[str, object]] = {
        "profile/queue": {"fields": {"rating_days": 14, "regain_seconds": 240}},
        "profile/hours": {"fields": {"restdays": [["09:00", "12:00"], ["13:00", "22:00"]]}},
        "profile/classes": {"fields": {"elder": {"title": "老年人", "priority": 2, "queue": "main"}}},
        f"ledger/{SECRETARY}": {"fields": {"unit": "市委办公室", "priority": 1}},
        "prompts/thank": {"text": "感谢您的来电，再见。"},
        "classes/members": {"numbers": [SUN], "name": "enterprise", "reason": "重点企业名单"},
    }
    for path, wish in changes.items():
        await town.ask("PUT", f"/api/nanning/{path}", token=token, json=wish)


async def a_busy_hour(town: Town, hotline: str) -> dict[str, str]:
    """Something has happened, so that each page has something to show; the addresses of what happened."""
    token = town.admin_token(hotline)
    number = MAYOR if hotline == "nanning" else EDUCATION
    await town.phone(EDUCATION_PHONE, "busy")
    caller = await town.caller(WU if hotline == "bozhou" else ZHOU).dials(number)
    await caller.hears("欢迎拨打" if hotline == "nanning" else "会后")
    await caller.hangs_up()
    await caller.record(hotline)
    gives_up = await town.caller(QIAN).dials(MAYOR)
    await gives_up.hears("waiting.wav")
    await gives_up.hangs_up()
    await gives_up.record()
    wish = {"hours": 1, "reason": "一小时内辱骂话务员五次"}
    await town.ask("PUT", f"/api/{hotline}/blocks/{caller.sid}", token=token, json=wish)
    await town.ask("DELETE", f"/api/{hotline}/blocks/{caller.sid}", token=token)
    promised, left = caller, gives_up
    if hotline == "bozhou":
        left = await town.caller(ZHOU).dials(EDUCATION)
        await left.hears("会后")
        await left.hangs_up()
    if hotline == "nanning":
        promised = await town.caller(WU).dials(EDUCATION)
        await promised.hears("会后")
        await promised.hangs_up()
    wish = {"title": "大屏", "url": "http://127.0.0.1:9/", "events": ["number.tested"]}
    hook = (await town.ask("POST", f"/api/{hotline}/hooks", token=token, json=wish, expect=201))["hook"]["id"]
    await town.ask("PUT", f"/api/{hotline}/hooks/{hook}/state", token=token, json={"on": False})
    link = promise_links.address(town.hotline("bozhou"), promised.sid)
    return {
        "/calls/{sid}": f"/calls/{caller.sid}",
        "/cases/{number}": f"/cases/{await it_becomes_a_case(town, hotline, left.sid, number)}",
        "/blocks/{sid}": f"/blocks/{caller.sid}",
        "/published/{hotline}": f"/published/{hotline}",
        "/published/{hotline}.json": f"/published/{hotline}.json",
        "/probes/{number}": f"/probes/{number}",
        "/promise/{token}": link.removeprefix(town.url),
        "/admin/hooks/{id}": f"/admin/hooks/{hook}",
        "/admin/prompts/{key}": "/admin/prompts/greeting",
        "/admin/numbers/{number}": f"/admin/numbers/{number}",
        "/admin/staff/{id_}": "/admin/staff/" + ("9001" if hotline == "nanning" else "8001"),
    }


async def it_becomes_a_case(town: Town, hotline: str, sid: str, number: str = EDUCATION) -> str:
    """What was promised in this call is kept by nobody: the number of its case."""
    store = connect(town.demo.store_url)
    known = replace(town.hotline(hotline), store=store)
    line = known.handbook.directory.find(number)
    assert line
    await promises.make(known, sid, line, caller=ZHOU, why="busy")
    for _ in range(4):
        await store.ask("ZADD", known.key("due"), 1, f"promise:{sid}")
        await acd.tick(known)
    case = (await promises.read(known, sid)).case
    await store.close()
    return case


@asynccontextmanager
async def a_busy_floor(town: Town) -> AsyncIterator[str]:
    """One operator talks, two are at lunch, two callers wait, one wants a call back; the call that is talked in."""
    zhao = await town.operator(ZHAO)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhao.accepts()
    await zhao.is_on("talking")
    for number in (WANG, LI):
        await (await town.operator(number)).pauses("用餐")
    await (await asks_for_a_call_back(town, WU)).record()
    await waits(town.caller(QIAN), MAYOR)
    await waits(town.caller(SUN), SECRETARY)
    await town.passes(66)
    beating = asyncio.create_task(_beat(town))
    yield zhou.sid
    beating.cancel()
    await town.calls_home()


async def waits(caller: Caller, dialled: str) -> Caller:
    await (await caller.dials(dialled)).hears("waiting.wav")
    return caller


async def _beat(town: Town) -> None:
    """The desks say that they are there while the pictures are taken."""
    while True:
        await town.passes(1)
        await asyncio.sleep(BEAT_SECONDS)
