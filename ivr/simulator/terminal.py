"""A telephone in the terminal: dials a published number, prints what the caller hears, sends the keys typed.

It is only a customer of the running simulator, over the same JSON as the booth; it starts nothing itself.
Times are real seconds since dialling, also when the simulator runs faster than life.
"""

import argparse
import asyncio
import os
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.text import Text

CALLER = "+862000000009"  # not one of the booth's four, so that neither disturbs the other
FINISHED, REFUSED, UNCLEAR, INTERRUPTED = 0, 1, 2, 130  # exit codes
READ_EVERY = 0.2  # seconds; one reading of one call costs the simulator next to nothing
CONNECT_WITHIN = 5.0  # seconds
KEYS = frozenset("0123456789*#")
HANG_UP_KEY = "q"
CALLER_HUNG_UP = "this person"  # the simulator's word for who ended it


class Published(BaseModel):
    """A number that can be dialled, and the name by which people look for it."""

    model_config = ConfigDict(frozen=True)

    number: str
    name: str


class HeardItem(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: float
    kind: str
    text: str | None = None
    url: str | None = None


class CallSeen(BaseModel):
    """A call as the simulator tells it; instants are epoch seconds."""

    model_config = ConfigDict(frozen=True)

    sid: str
    status: str
    started_at: float
    ended_at: float | None
    listening_for: Literal["digits", "recording"] | None = None
    heard: tuple[HeardItem, ...] = ()


class Refusal(BaseModel):
    error: str


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """Something to do so many seconds after dialling: keys to press, or none to hang up."""

    seconds: float
    keys: str = ""


class ExchangeRefused(Exception):
    """The simulator said no; the message is its own sentence."""


class CallOver(ExchangeRefused):
    """It said no because the call had ended a moment before."""


class UnclearNumber(Exception):
    """Nobody, or more than one, has what was asked for."""

    def __init__(self, sentence: str, candidates: tuple[Published, ...] = ()) -> None:
        self.candidates = candidates
        super().__init__(sentence)


def main(argv: list[str]) -> int:
    """Make one call as the command line asks, and answer the exit code: 2 when it is unclear whom to dial."""
    asked = read_arguments(argv)
    console = Console(highlight=False, markup=False)
    try:
        return asyncio.run(make_call(asked, console))
    except UnclearNumber as unclear:
        console.print(str(unclear))
        for published in unclear.candidates:
            console.print(f"  {published.number}  {published.name}")
        return UNCLEAR
    except ExchangeRefused as refusal:
        console.print(str(refusal), style="red")
    except aiohttp.ClientConnectionError:
        console.print(f"{asked.simulator} 没有应答。先运行 make run，再打电话。", style="red")
        console.print("No simulator answers there: start it with `make run`, then call again.", style="red")
    except KeyboardInterrupt:  # before there was a call; one that is going on hangs up by itself
        return INTERRUPTED
    return REFUSED


def read_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ivr.simulator call", description="打一个演示电话，不会拨出真实号码。"
    )
    add = parser.add_argument
    add("to", nargs="?", default="", help="a number, or part of a name such as 市长; default: the first")
    add("--from", dest="caller", default=CALLER, metavar="NUMBER", help="who calls; default: %(default)s")
    add("--simulator", default="http://127.0.0.1:8001", metavar="URL", help="default: %(default)s")
    add("--press", action="append", default=[], type=press, metavar="SECONDS:KEYS", help="repeatable: 12.0:1")
    add("--hang-up-after", type=float, metavar="SECONDS", help="counted from dialling")
    return parser.parse_args(argv)


def press(text: str) -> Act:
    """`12.0:1` as the keys to press and when."""
    seconds, _, keys = text.partition(":")
    if not keys or set(keys) - KEYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not SECONDS:KEYS, for example 12.0:1")
    return Act(float(seconds), keys)


async def make_call(asked: argparse.Namespace, console: Console) -> int:
    limits = aiohttp.ClientTimeout(total=None, connect=CONNECT_WITHIN)
    async with aiohttp.ClientSession(asked.simulator, timeout=limits) as session:
        exchange = Exchange(session)
        called = whom(asked.to, await exchange.numbers())
        acts = list(asked.press)
        if asked.hang_up_after is not None:
            acts.append(Act(asked.hang_up_after))
        sid = await exchange.dial(asked.caller, called.number)
        line = f"{asked.caller} → {called.name} {called.number}"
        console.print(f"{line}    演示电话，不会拨出真实号码", style="bold")
        return await Conversation(exchange, sid, console, sorted(acts)).carry()


def whom(wanted: str, numbers: tuple[Published, ...]) -> Published:
    """The one meant by a number or by part of a name; the first when nothing is said."""
    if not numbers:
        raise UnclearNumber(
            "还没有公布任何号码：热线启动后才有。No number is published: is the hotline running?"
        )
    if not wanted:
        return numbers[0]
    exact = tuple(entry for entry in numbers if wanted in (entry.number, entry.name, *entry.name.split()))
    candidates = exact or tuple(entry for entry in numbers if wanted in entry.name or wanted in entry.number)
    if not candidates:
        raise UnclearNumber(f"没有叫“{wanted}”的号码。公布的有：", numbers)
    if len(candidates) > 1:
        raise UnclearNumber(f"有 {len(candidates)} 个号码叫“{wanted}”，请说清是哪一个：", candidates)
    return candidates[0]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The simulator, as one caller uses it."""

    session: aiohttp.ClientSession

    async def numbers(self) -> tuple[Published, ...]:
        async with self.session.get("/simulator/numbers") as answer:
            await agreed(answer)
            return tuple(Published.model_validate(entry) for entry in await answer.json())

    async def dial(self, caller: str, to: str) -> str:
        async with self.session.post("/simulator/calls", json={"from": caller, "to": to}) as answer:
            await agreed(answer)
            return str((await answer.json())["sid"])

    async def call(self, sid: str) -> CallSeen:
        async with self.session.get(f"/simulator/calls/{sid}") as answer:
            await agreed(answer)
            return CallSeen.model_validate(await answer.json())

    async def press(self, sid: str, keys: str) -> None:
        async with self.session.post(f"/simulator/calls/{sid}/digits", json={"digits": keys}) as answer:
            await agreed(answer)

    async def hang_up(self, sid: str) -> None:
        async with self.session.delete(f"/simulator/calls/{sid}") as answer:
            await agreed(answer)


async def agreed(answer: aiohttp.ClientResponse) -> None:
    if answer.ok:
        return
    text = await answer.text()
    try:
        sentence = Refusal.model_validate_json(text).error
    except ValidationError:
        sentence = f"{answer.url} answered {answer.status}: {text[:200]}"
    raise CallOver(sentence) if answer.status == 409 else ExchangeRefused(sentence)


@dataclass(slots=True)
class Conversation:
    """One call from dialling to its end, on the screen."""

    exchange: Exchange
    sid: str
    console: Console
    acts: list[Act]
    _printed: int = 0
    _listening_for: str | None = None
    _began: float = field(default_factory=time.monotonic)
    _typed: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    async def carry(self) -> int:
        """Print and press until the call ends. Ctrl-C hangs up first."""
        try:
            with typed_keys(self._typed.put_nowait) as typing:
                if typing:
                    self._say(f"数字键、* 和 # 为按键，{HANG_UP_KEY} 挂断", "dim")
                while await self._read_on():
                    await self._act()
        except asyncio.CancelledError:
            await self._perform("")
            while await self._read_on():
                await asyncio.sleep(READ_EVERY)
            return INTERRUPTED
        return FINISHED

    async def _read_on(self) -> bool:
        """Read the call and print what is new; False when it has ended."""
        call = await self.exchange.call(self.sid)
        for item in call.heard[self._printed :]:
            self._say(wording(item), STYLES.get(item.kind, "default"), item.at - call.started_at)
        self._printed = len(call.heard)
        if call.listening_for not in (None, self._listening_for):
            self._say(LISTENING[call.listening_for], "cyan")
        self._listening_for = call.listening_for
        if call.ended_at is not None:
            self._say(STATUSES.get(call.status, call.status), "bold", call.ended_at - call.started_at)
        return call.ended_at is None

    async def _act(self) -> None:
        """Do what is due or typed, or let a moment pass."""
        if self.acts and self.acts[0].seconds <= self._elapsed():
            await self._perform(self.acts.pop(0).keys)
            return
        try:
            key = await asyncio.wait_for(self._typed.get(), READ_EVERY)
        except TimeoutError:
            return
        if key in KEYS:
            await self._perform(key)
        elif key == HANG_UP_KEY:
            await self._perform("")

    async def _perform(self, keys: str) -> None:
        try:
            if keys:
                await self.exchange.press(self.sid, keys)
                self._say(f"您按了 {keys}", "blue")
            else:
                await self.exchange.hang_up(self.sid)
        except CallOver:
            pass  # the next reading tells how it ended

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _say(self, words: str, style: str, seconds: float | None = None) -> None:
        at = self._elapsed() if seconds is None else max(0.0, seconds)
        self.console.print(Text.assemble((f"{at:7.1f}s  ", "dim"), (words, style)), soft_wrap=True)


@contextmanager
def typed_keys(typed: Callable[[str], None]) -> Iterator[bool]:
    """While inside, each key typed is passed on at once; answers False where nobody can type."""
    if not sys.stdin.isatty():
        yield False
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    loop = asyncio.get_running_loop()
    tty.setcbreak(terminal)  # no line buffering and no echo, but Ctrl-C still interrupts
    loop.add_reader(terminal, pass_on, terminal, typed)
    try:
        yield True
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def pass_on(terminal: int, typed: Callable[[str], None]) -> None:
    for key in os.read(terminal, 64).decode(errors="replace"):
        typed(key)


LISTENING: Mapping[str, str] = {"digits": "正在等您按键", "recording": "正在录音：请说话，说完按 #"}
STYLES: Mapping[str, str] = {
    "pause": "dim",
    "silence": "dim",
    "hangup": "dim",
    "room": "green",
    "error": "red",
}
STATUSES: Mapping[str, str] = {
    "completed": "通话结束",
    "busy": "对方忙",
    "no-answer": "无人接听",
    "canceled": "已取消",
    "failed": "未能接通",
}
WORDINGS: Mapping[str, str] = {
    "pause": "停顿",
    "silence": "没有声音",
    "ring": "嘟……（等待接听）",
    "busy": "嘟嘟嘟（忙音）",
    "room": "通话中",
}


def wording(item: HeardItem) -> str:
    """What the caller hears, as one line. A kind not named here is shown as it came."""
    match item.kind:
        case "say":
            return item.text or ""
        case "play":
            return f"♪ {file_name(item.url)}" if item.url else "嘀——（提示音）"
        case "music":
            return f"♪ 等候音乐 {file_name(item.url)}".strip()
        case "keys":
            return f"对方按了 {item.text}"
        case "error":
            return f"通话出错：{item.text}"
        case "hangup":
            return "您挂断了" if item.text == CALLER_HUNG_UP else "对方挂断了"
    return WORDINGS.get(item.kind) or f"{item.kind} {item.text or ''}".strip()


def file_name(url: str | None) -> str:
    return unquote(urlsplit(url or "").path.rsplit("/", 1)[-1])
