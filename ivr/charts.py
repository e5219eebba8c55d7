"""`make docs`: the page docs/call-flow.md, drawn from the code that it describes.

Nothing on that page is written by hand. The steps come from the syntax trees of the two flows, the states from the
table in acd.lua, as a running server has it; so the page cannot say what the code does not do, and a test fails when
it is stale. Charts are Mermaid, which code hosts draw on the page.
"""

import ast
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from redis.exceptions import RedisError

from ivr import embedded
from ivr.store import Store, connect, library, load_library

Function = ast.AsyncFunctionDef | ast.FunctionDef
Moves = dict[str, dict[str, dict[str, str]]]
"""Event -> who moves -> state before -> state after: the table MOVES of acd.lua."""

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "call-flow.md"
START_SECONDS = 10.0
TITLES = {
    "call": "A call",
    "hold": "Whether the caller is on hold",
    "guest": "Somebody brought into the talk",
    "tape": "The recording of the talk",
    "line": "An operator's line",
    "intent": "What the operator wants",
    "presence": "Whether the operator's console is there",
    "promise": "A promise to contact a caller",
    "case": "The case that a promise became",
    "ring_back": "Ringing back on a promise",
    "text": "The text to a caller whom the official did not answer",
    "hook": "A subscription of another system",
    "delivery": "What a subscription is told of one event",
    "probe": "The dial test of a published number",
    "help": "Whether the operator has asked for help",
    "ear": "A supervisor's ear in a talk",
}
LAST = {"call": "ended"}
HANGS_UP = "hangs_up"


class Sources(NamedTuple):
    """The texts that the page is drawn from."""

    arrival: str
    direct_flow: str
    call_flow: str
    callback_flow: str
    official_flow: str
    through_flow: str
    operator_flow: str
    absence_flow: str
    queue: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the caller hears: where it stands in its file, what it says, and which steps it leads to."""

    name: str
    at: int
    meaning: str
    says: tuple[str, ...]
    then: tuple[str, ...]


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(draw(asyncio.run(read_moves()), read_sources()), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")


# ------------------------------------------------------------------------------------------ the page


def draw(moves: Moves, sources: Sources) -> str:
    """The whole page. Equal code gives an equal page, to the byte."""
    calls = steps_of(sources.arrival, sources.direct_flow, sources.call_flow)
    backs = steps_of(sources.callback_flow)
    officials, operators = steps_of(sources.official_flow), steps_of(sources.operator_flow)
    absences, tests = steps_of(sources.absence_flow), steps_of(sources.through_flow)
    pushes = redirects(sources.queue)
    paragraphs = (
        "# The life of a call",
        "Drawn by `make docs` from `ivr/arrival.py`, the files `ivr/*_flow.py` and the table in `ivr/acd/acd.lua`. "
        "Do not edit.",
        "## What the caller hears",
        "Each box is a step, posted by the carrier to `/voice/<hotline>/<step>`. A solid arrow is the caller going "
        "on by themselves; a dotted one is the queue, which sends them there through the carrier.",
        flow_chart(calls, pushes),
        table(calls),
        "## What a caller hears who is called back",
        flow_chart(backs, ()),
        table(backs),
        "## What the official's phone hears",
        flow_chart(officials, ()),
        table(officials),
        "## A dial test that goes through to a person",
        flow_chart(tests, ()),
        table(tests),
        "## What an official hears who dials in",
        flow_chart(absences, ()),
        table(absences),
        "## What the operator's phone does",
        flow_chart(operators, ()),
        table(operators),
        "## The states",
        "An event moves everybody who takes part in it in one atomic step, or nobody. What has no arrow here does "
        "not happen.",
        *state_charts(moves, at_first(sources.queue)),
    )
    return "\n\n".join(paragraphs) + "\n"


def flow_chart(steps: tuple[Step, ...], pushes: tuple[tuple[str, str], ...]) -> str:
    rows = [f"    {step.name} --> {target}" for step in steps for target in step.then]
    rows += [f"    {event}{{{{{event}}}}} -.-> {step}" for event, step in pushes]
    if any(HANGS_UP in step.then for step in steps):
        rows.append(f"    {HANGS_UP}([the call ends])")
    return _fenced("flowchart TD", rows)


def table(steps: tuple[Step, ...]) -> str:
    head = "| step | what it is | prompts it may say |\n|---|---|---|"
    rows = (f"| `{step.name}` | {step.meaning} | {_quoted(step.says)} |" for step in steps)
    return "\n".join((head, *rows))


def state_charts(moves: Moves, first: dict[str, str]) -> Iterator[str]:
    """One chart for each part that has states: the call, and an operator's line, intent and presence."""
    for part, title in TITLES.items():
        arrows = [
            f"    {before} --> {after} : {event}"
            for event, parts in sorted(moves.items())
            for before, after in sorted(parts.get(part, {}).items())
        ]
        last = [f"    {LAST[part]} --> [*]"] if part in LAST else []
        yield f"### {title}"
        yield _fenced("stateDiagram-v2", [f"    [*] --> {first[part]}", *arrows, *last])


def _fenced(kind: str, rows: list[str]) -> str:
    return "\n".join(("```mermaid", kind, *rows, "```"))


def _quoted(words: tuple[str, ...]) -> str:
    return " ".join(f"`{word}`" for word in words)


# ------------------------------------------------------------------------------------------ reading the code


def steps_of(*sources: str) -> tuple[Step, ...]:
    """The steps that flows register in STEPS, in that order, each with what the helpers of its file add. A step may
    lead to one in another file."""
    trees = [ast.parse(source) for source in sources]
    every = tuple(name for tree in trees for name in _registered(tree))
    return tuple(
        _step(functions[name], functions, every)
        for tree in trees
        for functions in [{node.name: node for node in tree.body if isinstance(node, Function)}]
        for name in _registered(tree)
    )


def _registered(tree: ast.Module) -> tuple[str, ...]:
    """The functions named in the tuples of the assignment to STEPS."""
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == "STEPS" for to in node.targets)
    ]
    tuples = (node for value in values for node in ast.walk(value) if isinstance(node, ast.Tuple))
    return tuple(name.id for group in tuples for name in group.elts if isinstance(name, ast.Name))


def _step(function: Function, functions: dict[str, Function], steps: tuple[str, ...]) -> Step:
    calls = list(_calls(function, functions, steps))
    leads = [_leads_to(call) for call in calls]
    return Step(
        name=function.name,
        at=function.lineno,
        meaning=(ast.get_docstring(function) or "").split("\n")[0].replace("|", "/"),
        says=_without_repeats([_says(call) for call in calls]),
        then=_without_repeats([lead for lead in leads if lead in (*steps, HANGS_UP)]),
    )


def _calls(function: Function, functions: dict[str, Function], steps: tuple[str, ...]) -> Iterator[ast.Call]:
    """Every call that this step makes, and that the helpers in its file make for it."""
    here = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for node in sorted(here, key=lambda call: (call.lineno, call.col_offset)):
        yield node
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in functions and name not in steps and name != function.name:
            yield from _calls(functions[name], functions, steps)


def _leads_to(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "then" and isinstance(keyword.value, ast.Name):
            return keyword.value.id
    is_the_last_word = isinstance(call.func, ast.Name) and call.func.id == "tell"
    return HANGS_UP if is_the_last_word else ""


def _says(call: ast.Call) -> str:
    """The prompt's key, where it is written out; `why` and the like are words of the queue and stay out."""
    if isinstance(call.func, ast.Name) and call.func.id == "say":
        keys = [
            node.value for one in call.args[1:2] for node in ast.walk(one) if isinstance(node, ast.Constant)
        ]
        return " ".join(str(key) for key in keys)
    return ""


def _without_repeats(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for word in words for one in word.split()))


def redirects(queue: str) -> tuple[tuple[str, str], ...]:
    """(function of the queue, step) for each place where acd.lua has the carrier redirect a caller."""
    found = []
    inside = ""
    for line in queue.splitlines():
        inside = (re.match(r" *(?:local )?function (\w+)", line) or [inside, inside])[1]
        push = re.search(r"errand\('redirect', \w+, '(\w+)'\)", line)
        if push:
            found.append((inside, push[1]))
    return tuple(found)


def at_first(queue: str) -> dict[str, str]:
    """The state of each part before its first event: the table AT_FIRST of acd.lua."""
    table = re.search(r"AT_FIRST = \{(.*?)\}", queue, re.DOTALL)
    return dict(re.findall(r"(\w+) = '(\w+)'", table[1] if table else ""))


# ------------------------------------------------------------------------------------------ where the code is


def read_sources() -> Sources:
    names = (
        "arrival",
        "direct_flow",
        "call_flow",
        "callback_flow",
        "official_flow",
        "through_flow",
        "operator_flow",
        "absence_flow",
    )
    return Sources(**{name: (HERE / f"{name}.py").read_text("utf-8") for name in names}, queue=library())


async def read_moves() -> Moves:
    """The table as a server of our own has it, started for this and stopped again."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as url:
        store = connect(url)
        try:
            await asyncio.wait_for(_until_it_answers(store), START_SECONDS)
            await load_library(store.redis)
            return await moves_in(store)
        finally:
            await store.close()


async def moves_in(store: Store) -> Moves:
    moves: Moves = json.loads(await store.call("acd_moves", "{charts}:", 0))
    return moves


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    server = embedded.start(folder)
    try:
        yield embedded.url_in(folder)
    finally:
        server.terminate()
        server.wait()


async def _until_it_answers(store: Store) -> None:
    while True:
        with suppress(RedisError, OSError):
            await store.ask("PING")
            return
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
