"""The dial test (拨测): every published number is called as a citizen would call it, and what came of it is kept.

A test is two calls of the carrier: one of ours to the number, which listens, and the one that comes in here, which
hears what any caller would hear now and leaves before anybody is disturbed. It may be asked to go on to a person
(拨测到人, `through_flow.py`): to the official, or where operators answer to one of them. It counts nowhere as a call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict

from ivr.acd import Word
from ivr.acd import probes as tests
from ivr.acd.probes import Way
from ivr.directory import Line
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.profile.fields import minutes
from ivr.prompts import Spoken
from ivr.verdicts import EXPLAINED, Evidence, Verdict, of_absence, of_arrival, of_person

SHOWN_AT_MOST = 100  # tests of one number
LATEST = timedelta(minutes=10)  # that a scheduled test is made up for; after that it waits for its next time
STILL_UP = ("queued", "ringing", "in-progress")

log = structlog.get_logger()


class Tested(BaseModel):
    """One test, judged. Moments are in the city's own time, durations in seconds."""

    model_config = ConfigDict(frozen=True)

    number: str
    whose: str
    at: datetime
    by: str  # who asked for it; schedule for the clock
    is_open: bool | None  # whether people answered at that hour; None when it never came in
    verdict: Verdict
    explained: str
    passed: bool
    through: bool  # it went on to a person
    answered_by: (
        str  # operators, official (whose phone is not rung), announcement, machine, stranger, nobody;
    )
    # of a test that went through: own or second, the phone on which a person pressed 1; operator; machine; nobody
    operator: str  # who took it, or was rung and did not; "" for nobody
    on_shift: int | None
    rang: float | None
    lasted: float | None
    person_after: float | None  # from the call's coming in until a person answered
    heard: str
    status: str
    sip_code: str
    fault: str


class Number(BaseModel):
    """A published number, and how its last test went; `testing` while one waits or is under way."""

    model_config = ConfigDict(frozen=True)

    number: str
    whose: str
    testing: bool
    last: Tested | None


class Run(BaseModel):
    """The tests that were asked for together, and how far they are."""

    model_config = ConfigDict(frozen=True)

    by: str
    asked: datetime | None
    total: int
    done: int
    failed: int

    @property
    def is_over(self) -> bool:
        return self.done >= self.total


# ------------------------------------------------------------------------------------------ asking for tests


async def ask_for(hotline: Hotline, numbers: Sequence[str], *, by: str, through: bool = False) -> int:
    """Test these numbers, or all without any; says how many are newly asked for. `through` rings the phones of people:
    only those of the numbers that are named. Raises NotFound, Conflict, Invalid."""
    if hotline.handbook.profile.probes.number is None:
        raise Conflict("没有设置拨测用的主叫号码：请在 hotline.toml 的 [probes] 填写 number")
    lines = [_line(hotline, number) for number in numbers]
    if through:
        _must_be_named(lines)
    wanted = [line.number for line in lines] or in_use(hotline)
    fresh = await tests.ask_for(hotline, wanted, by=by, through=through)
    if through and not fresh:
        raise Conflict("这些号码正在拨测：请等拨测结束，再拨测到人")
    return fresh


def _must_be_named(lines: Sequence[Line]) -> None:
    if not lines:
        raise Invalid("拨测到人会让本人或话务员的电话响铃：请写明要拨测的号码，不能一次拨测全部号码")


def is_in_person(hotline: Hotline, line: Line) -> bool:
    """Whether this number is answered by its official now: a test of it can go through to them."""
    return line.mode != "pool" and line.is_in_person(hotline.moment(), workday=hotline.is_workday())


def in_use(hotline: Hotline) -> list[str]:
    """Every published number that was not withdrawn."""
    today = hotline.moment().date()
    return [line.number for line in hotline.handbook.directory.lines if not line.is_withdrawn(today)]


async def keep_schedule(hotline: Hotline) -> None:
    """All numbers, at each time of the profile: once, by whichever worker looks first."""
    rules, now = hotline.handbook.profile.probes, hotline.moment()
    if rules.number is None:
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for time in rules.times:
        at = midnight + timedelta(minutes=minutes(time))
        if at <= now < at + LATEST:
            await tests.ask_at(hotline, int(at.timestamp() * 1000), in_use(hotline))


# ------------------------------------------------------------------------------------------ the call that comes in


class Received(NamedTuple):
    """A test that came in: what it hears, and to whom it then goes on."""

    words: Spoken
    way: Way


async def receive(hotline: Hotline, sid: str, line: Line | None) -> Received | None:
    """A call from the number that tests: what a caller hears now. None when nothing is tested: it is somebody's."""
    arrival = await tests.arrive(
        hotline,
        sid,
        line=line.number if line else "",
        queue=line.queue if line else "main",
        is_open=hotline.is_open(),
        in_person=line is not None and is_in_person(hotline, line),
    )
    if arrival.word is Word.GONE:
        return None
    words = _first_words(hotline, arrival.why) if line else hotline.handbook.prompts.say("unknown_number")
    return Received(words, arrival.way)


def _first_words(hotline: Hotline, why: str) -> Spoken:
    hours = {"hours_spoken": hotline.handbook.hours.hours_spoken()} if why == "closed" else {}
    return hotline.handbook.prompts.say(why or "greeting", **hours)


# ------------------------------------------------------------------------------------------ judging


async def judge(hotline: Hotline, number: str) -> None:
    """The test is over: find out what it has shown, and keep it."""
    stored = await hotline.store.ask("HGETALL", hotline.key("probe", number))
    if stored.get("state") != "over":
        return
    verdict = await _verdict(hotline, number, await _with_carriers_word(hotline, stored))
    failed = verdict is not Verdict.REACHED
    word = await tests.judge(hotline, number, dialled=int(stored["dialled"]), verdict=verdict, failed=failed)
    if word is Word.OK and failed:
        log.warning("probe", hotline=hotline.name, number=number, verdict=verdict.value)


async def _with_carriers_word(hotline: Hotline, stored: dict[str, str]) -> dict[str, str]:
    """Nobody told us how our leg ended: the carrier is asked, and a leg that is still up is ended."""
    if stored["status"] == "lost" and _goes_through(stored):
        await hotline.carrier.hang_up(stored["inbound"])  # and with it whatever phone still rings
    if stored["status"] != "lost" or "leg" not in stored:
        return stored
    status = await hotline.carrier.status_of(stored["leg"])
    if status in STILL_UP:
        await hotline.carrier.hang_up(stored["leg"])
    return {**stored, "status": status or "lost"}


async def _verdict(hotline: Hotline, number: str, stored: dict[str, str]) -> Verdict:
    seen = Evidence(
        status=stored["status"],
        code=stored["code"],
        fault=stored["fault"],
        answered="answered" in stored or stored["status"] == "completed",  # gone before our leg could listen
        arrived="arrived" in stored,
        why=stored.get("why", ""),
        manned=stored.get("opening") != "open" or stored.get("on_shift") != "0",
        heard=stored.get("heard", ""),
        expected=_first_words(hotline, _why_then(hotline, stored)).text,
        through=_goes_through(stored),
        reached="reached" in stored,
        missed=_missed(stored),
    )
    if seen.through:
        return of_person(seen)
    if seen.arrived:
        return of_arrival(seen)
    leads_to = None if seen.fault else await hotline.carrier.leads_to(number)
    return of_absence(seen, leads_to=leads_to, ours=hotline.url("answer"))


def _goes_through(stored: dict[str, str]) -> bool:
    """It was asked to, and came in. Of tests before operators were rung it is told by how the post answered."""
    return "way" in stored or ("through" in stored and stored.get("opening") == "direct")


def _missed(stored: dict[str, str]) -> str:
    """Why nobody came, with whose it is: official_busy."""
    whose = {"official": "why_own", "operator": "why_operator"}
    return next((f"{who}_{stored[why]}" for who, why in whose.items() if why in stored), "")


def _why_then(hotline: Hotline, stored: dict[str, str]) -> str:
    """Of a call that never came in, what it would have been told now."""
    return stored["why"] if "why" in stored else "" if hotline.is_open() else "closed"


# ------------------------------------------------------------------------------------------ looking


async def run(hotline: Hotline) -> Run:
    """The tests under way, or the last ones."""
    stored = await hotline.store.ask("HGETALL", hotline.key("probe_run"))
    return Run(
        by=stored.get("by", ""),
        asked=_moment(hotline, stored.get("asked")),
        **{name: int(stored.get(name, 0)) for name in ("total", "done", "failed")},
    )


async def overview(hotline: Hotline) -> list[Number]:
    """Every published number with its last test, in the order of the directory."""
    lines = hotline.handbook.directory.lines
    states = await hotline.store.each(
        *(("HGET", hotline.key("probe", line.number), "state") for line in lines)
    )
    lasts = await hotline.store.each(*(_newest(hotline, line.number, 1) for line in lines))
    return [
        Number(
            number=line.number,
            whose=line.display_name,
            testing=state not in (None, "done"),
            last=_tested(hotline, line, last[0][1]) if last else None,
        )
        for line, state, last in zip(lines, states, lasts, strict=True)
    ]


async def history(hotline: Hotline, number: str) -> list[Tested]:
    """The tests of this number, the newest first. Raises NotFound for a number that is not published."""
    line = _line(hotline, number)
    found = await hotline.store.ask(*_newest(hotline, line.number, SHOWN_AT_MOST))
    return [_tested(hotline, line, stored) for _, stored in found]


def _line(hotline: Hotline, number: str) -> Line:
    line = hotline.handbook.directory.find(number)
    if line is None:
        raise NotFound(f"“{number}”不在号码簿里：请写公布的号码，如 +86 771 0xxxxxxx")
    return line


def _newest(hotline: Hotline, number: str, count: int) -> tuple[object, ...]:
    return ("XREVRANGE", hotline.key("probes", number), "+", "-", "COUNT", count)


def _tested(hotline: Hotline, line: Line, stored: dict[str, str]) -> Tested:
    verdict = Verdict(stored["verdict"])
    dialled, ended, answered, arrived, reached = (
        int(stored[name]) if name in stored else None
        for name in ("dialled", "ended", "answered", "arrived", "reached")
    )
    at = _moment(hotline, stored["dialled"])
    assert at is not None
    return Tested(
        number=line.number,
        whose=line.display_name,
        at=at,
        by=stored["by"],
        is_open=stored["opening"] != "closed" if "opening" in stored else None,
        verdict=verdict,
        explained=_explained(stored, verdict),
        passed=verdict is Verdict.REACHED,
        through=_goes_through(stored),
        answered_by=_who(stored, verdict),
        operator=stored.get("operator", ""),
        on_shift=int(stored["on_shift"]) if stored.get("on_shift") else None,
        rang=(answered - dialled) / 1000 if answered and dialled else None,
        lasted=(ended - answered) / 1000 if ended and answered else None,
        person_after=(reached - arrived) / 1000 if reached and arrived else None,
        heard=stored.get("heard", ""),
        status=stored["status"],
        sip_code=stored["code"],
        fault=stored["fault"],
    )


def _explained(stored: dict[str, str], verdict: Verdict) -> str:
    """With which operator, what the official is at, and why the second phone did not help either."""
    said = EXPLAINED[verdict]
    if "operator" in stored and said.startswith("话务员"):
        said = f"话务员 {stored['operator']} " + said.removeprefix("话务员")
    if verdict is Verdict.OFFICIAL_ABSENT and "away" in stored:
        said += f"（{stored['away']}）"
    if "why_second" in stored and "reached" not in stored:
        second = EXPLAINED[Verdict(f"official_{stored['why_second']}")]
        said += "；第二电话：" + second.removeprefix("本人电话")
    return said


def _who(stored: dict[str, str], verdict: Verdict) -> str:
    if _goes_through(stored):
        if "reached" in stored:
            return stored["ringing"]
        whys = {stored.get(f"why_{whom}") for whom in ("own", "second", "operator")}
        return "machine" if "no_key" in whys else "announcement" if stored.get("why") else "nobody"
    if "arrived" in stored:
        if stored["opening"] == "direct":
            return "official"
        return "operators" if verdict is Verdict.REACHED and not stored["why"] else "announcement"
    if verdict is Verdict.MACHINE:
        return "machine"
    return "stranger" if "answered" in stored else "nobody"


def _moment(hotline: Hotline, ms: str | None) -> datetime | None:
    return hotline.at(ms) if ms else None
