"""`ivr probe`: asks a running system for dial tests, waits until they are judged, and says number by number what came
of each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from ivr import probes
from ivr.directory import grouped
from ivr.errors import NotFound
from ivr.hotline import Hotline
from ivr.probes import Tested

ASKED_BY = "ivr probe"
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 180.0  # without a new verdict; the longest test takes half of it
PATIENCE_FOR_PEOPLE_SECONDS = 420.0  # where two phones ring one after the other

WHO = {
    "operators": "话务员",
    "operator": "话务员",
    "official": "本人（没有打扰本人）",
    "own": "本人（已按 1 确认）",
    "second": "第二电话（已按 1 确认）",
    "announcement": "自动播报",
    "machine": "语音信箱",
    "stranger": "别的电话",
    "nobody": "无人",
}

Say = Callable[[str], None]


class NobodyTests(Exception):
    """No verdict came for so long that no worker can be running."""


async def all_pass(
    hotlines: Sequence[Hotline], wanted: Sequence[str], say: Say, *, through: bool = False
) -> bool:
    """Test these numbers, whichever hotline's they are, or all numbers without any, or `through` to people; say how
    each did. Raises NotFound for a number of none of them."""
    known = {number: _owner(hotlines, number) for number in wanted}
    if strangers := [number for number, owner in known.items() if owner is None]:
        raise NotFound(f"号码簿里没有 {'、'.join(strangers)}：请写公布的号码，如 +86 771 0xxxxxxx")
    owned = {one.name: [number for number in wanted if known[number] is one] for one in hotlines}
    asked = [one for one in hotlines if owned[one.name] or not wanted]
    return all(await asyncio.gather(*(_passes(one, owned[one.name], say, through) for one in asked)))


def _owner(hotlines: Sequence[Hotline], number: str) -> Hotline | None:
    return next((one for one in hotlines if one.handbook.directory.find(number)), None)


async def _passes(hotline: Hotline, numbers: Sequence[str], say: Say, through: bool) -> bool:
    results = []
    async for tested in report(hotline, numbers, through=through):
        say(f"{hotline.name}  {line_of(tested)}")
        results.append(tested.passed)
    failed = results.count(False)
    say(f"{hotline.name}: {len(results)} 个号码，{len(results) - failed} 个通过，{failed} 个失败")
    return failed == 0


async def report(hotline: Hotline, numbers: Sequence[str], *, through: bool = False) -> AsyncIterator[Tested]:
    """Test these numbers (all without any), and give each result as it comes. Raises Conflict, NobodyTests."""
    patience = PATIENCE_FOR_PEOPLE_SECONDS if through else PATIENCE_SECONDS
    since, clock = hotline.now(), asyncio.get_running_loop().time
    await probes.ask_for(hotline, numbers, by=ASKED_BY, through=through)
    lines = map(hotline.handbook.directory.find, numbers or probes.in_use(hotline))
    left, last_news = {line.number for line in lines if line}, clock()
    while left:
        for shown in await probes.overview(hotline):
            last = shown.last
            if shown.number in left and not shown.testing and last and last.at.timestamp() * 1000 >= since:
                left.remove(shown.number)
                last_news = clock()
                yield last
        if clock() - last_news > patience:
            raise NobodyTests(
                f"{len(left)} 个号码还没有结果：请确认系统正在运行（ivr serve），并查看它的日志"
            )
        await asyncio.sleep(LOOK_SECONDS)


def who_answered(tested: Tested) -> str:
    """With the number of the operator, where it is known."""
    who = WHO[tested.answered_by]
    return f"{who} {tested.operator} 接听" if tested.answered_by == "operator" else who


def line_of(tested: Tested) -> str:
    """One test in one line, for a terminal."""
    rang = f"{tested.rang:.1f} 秒接通" if tested.rang is not None else "未接通"
    parts = ["通过" if tested.passed else "失败", grouped(tested.number), tested.whose, tested.explained]
    parts += [who_answered(tested), rang]
    if tested.person_after is not None:
        parts.append(f"{tested.person_after:.1f} 秒后有人接听")
    if tested.heard:
        parts.append(f"听到“{tested.heard[:40]}”")
    if tested.status not in ("completed", ""):
        parts.append(f"运营商：{tested.status} {tested.sip_code}".rstrip())
    if tested.fault:
        parts.append(tested.fault)
    return "  ".join(parts)
