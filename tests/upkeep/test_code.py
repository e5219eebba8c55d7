"""The shape of the code: sizes, refusals that name what they catch, a flow that reads downwards, layers."""

import ast
import re
import tomllib
from collections.abc import Iterator

from ivr import charts
from tests.upkeep.project import ROOT, name, python_files, text, tree

LONGEST_MODULE = 400
LONGEST_TEST = 500
LONGEST_FUNCTION = 50
LONGER_FILES: dict[str, int] = {}
"""Files over the limit, with their exact size: this list is only ever made shorter, and its numbers smaller."""

MUST_GO_ON = {"ivr/dispatch.py": "_for_ever", "routes/voice.py": "_speak"}
"""The two functions that may catch everything: the loop, and the webhook that must speak."""

BACK_TO_THE_QUEUE = {
    ("operator_lost", "wait"),
    ("meet_operator", "wait"),
    ("thank", "wait"),
    ("left_alone", "wait"),
}
"""Steps that lead upwards: the talk did not come about, and the caller is in their place again."""

RINGS_ON = {
    ("official_rang", "ring_official"),
    ("ring_duty", "official_rang"),
    ("ring_duty", "official_unavailable"),
    ("tested_rang", "ring_tested"),
}
"""And those that ring a further phone, whose ringing ends as that of the first."""

AFTER_ALL = {
    ("own_number_confirmed", "wait"),
    ("number_given", "wait"),
    ("number_confirmed", "wait"),
    ("number_confirmed", "number_given"),
}
"""And those of a caller who thought of being called back, and stands in line as before, or types another number."""

BEGINS_ANEW = {("switch_post", "choose_away")}
"""And an official who pressed a star."""

FLOWS = (
    "arrival",
    "direct_flow",
    "call_flow",
    "callback_flow",
    "official_flow",
    "through_flow",
    "operator_flow",
    "absence_flow",
)


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    sizes = {name(file): len(file.read_text("utf-8").splitlines()) for file in python_files()}
    assert len(sizes) > 50
    assert {file: size for file, size in sizes.items() if size > _limit(file)} == LONGER_FILES
    chapters = {
        file.name: len(file.read_text("utf-8").splitlines()) for file in (ROOT / "ivr/acd").glob("*.lua")
    }
    assert {file: size for file, size in chapters.items() if size > LONGEST_MODULE} == {}


def _limit(file: str) -> int:
    return LONGEST_TEST if file.startswith("tests/") else LONGEST_MODULE


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{name(file)}: {node.name}"
        for file in python_files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not too_long


def test_every_module_says_what_it_is_for() -> None:
    modules = [file for file in python_files("ivr", "routes", "config", "bench") if tree(file).body]
    assert [name(file) for file in modules if not ast.get_docstring(tree(file))] == []


def test_only_two_functions_catch_everything() -> None:
    broad = {(name(file), where) for file in python_files() for where in _broad(tree(file), "")}
    assert broad == set(MUST_GO_ON.items())


def _broad(node: ast.AST, function: str) -> Iterator[str]:
    """The functions in which an except clause, or suppress, takes whatever comes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    caught: list[ast.expr | None] = []
    if isinstance(node, ast.ExceptHandler):
        caught = list(node.type.elts) if isinstance(node.type, ast.Tuple) else [node.type]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "suppress":
        caught = list(node.args)
    if any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught):
        yield function
    for child in ast.iter_child_nodes(node):
        yield from _broad(child, function)


def test_the_flows_read_downwards() -> None:
    upwards = set()
    for flow in FLOWS:
        source = text(f"ivr/{flow}.py")
        steps = charts.steps_of(source)
        assert steps
        stands_at = {step.name: step.at for step in steps} | {charts.HANGS_UP: len(source)}
        upwards |= {(step.name, to) for step in steps for to in step.then if stands_at[to] < step.at}
    assert upwards == BACK_TO_THE_QUEUE | RINGS_ON | AFTER_ALL | BEGINS_ANEW


def test_every_then_of_a_flow_names_a_step() -> None:
    sources = [text(f"ivr/{flow}.py") for flow in FLOWS]
    steps = {step.name for step in charts.steps_of(*sources)}
    for source in sources:
        named = set(re.findall(r"\bthen=(\w+)", source)) - {
            "step",
            "following",
        }  # whichever failed, or rings next
        assert named
        assert named <= steps


def test_every_module_has_its_layer() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layered = {word for layer in contracts[0]["layers"] for word in re.split(r" [|:] ", layer)}
    modules = {
        f"ivr.{path.stem}" for path in (ROOT / "ivr").iterdir() if path.suffix == ".py" or _is_package(path)
    }
    assert modules - {"ivr.__init__", "ivr.__main__", "ivr.simulator"} == layered - {"routes", "config"}


def _is_package(path: object) -> bool:
    return (ROOT / "ivr" / str(path) / "__init__.py").exists()


def test_no_event_of_the_queue_is_written_twice() -> None:
    """Lua takes the second without a word, and the first does not happen any more."""
    moves = text("ivr/acd/acd.lua").partition("local MOVES = {")[2].partition("\n}")[0]
    events = re.findall(r"^  (\w+)\s*=", moves, re.MULTILINE)
    assert len(events) > 20
    assert sorted(events) == sorted(set(events))


def test_what_happens_in_a_call_has_words_for_people() -> None:
    moves = text("ivr/acd/acd.lua").partition("local MOVES = {")[2].partition("\n}")[0]
    happens = re.findall(r"^  (\w+)\s*= { (?:call|hold|guest|tape|ear) =", moves, re.MULTILINE)
    words = text("routes/templates/words.html").partition("set EVENTS = {")[2].partition("}")[0]
    assert len(happens) > 30
    assert set(happens) - set(re.findall(r'"(\w+)":', words)) == {"lend_ear"}  # which is the listener's alone


def test_what_tests_share_stands_in_no_test() -> None:
    """A file of tests is read as a story; whatever several of them need has a module of its own."""
    borrowed = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"from tests(\.\w+)*\.test_\w+ import", line)
    ]
    assert borrowed == []
