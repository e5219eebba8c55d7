"""ivr/keys.py is the whole truth about what lies in Valkey: the queue's Lua and our Python write nothing else."""

import ast
import re

from ivr.keys import KEYS
from ivr.store import library
from tests.upkeep.project import python_files, text, tree

QUEUE_ONLY = "the queue (written by its Lua library only)"
LUA = library()
HEADER, _, CODE = LUA.partition("]]")


def test_the_header_of_the_queue_lists_the_same_keys() -> None:
    assert _of_the_header() == _of_the_queue()


def test_the_code_of_the_queue_spells_the_same_keys() -> None:
    spelled = set(re.findall(r"\bkey\('([a-z_]+)", CODE))
    assert spelled == {key.partition(":")[0] for key in _of_the_queue()}
    indexed = set(re.findall(r"\bindex\(sid, '([a-z]+)'", CODE))
    assert indexed == {key.split(":")[1] for key in _of_the_queue() if key.startswith("calls:")}


def test_python_asks_for_no_key_that_is_not_listed() -> None:
    asked = {word for file in python_files("ivr", "routes") for word in _asked(tree(file))}
    assert len(asked) > 5
    assert asked <= {key.name.partition(":")[0] for key in KEYS}


def _of_the_queue() -> set[str]:
    """The keys under the first heading of KEYS, down to the second."""
    source = text("ivr/keys.py").partition(f"# {QUEUE_ONLY}")[2].partition("\n    # ")[0]
    return {key.name for key in KEYS if f'"{key.name}"' in source}


def _of_the_header() -> set[str]:
    lines = (
        HEADER.partition("braces put all of them into one slot.")[2].partition("Times are")[0].splitlines()
    )
    starts = [line for line in lines if re.match(r"    [a-z]", line)]
    names = [re.split(r"  +| (?:hash|zset|set|stream|string)", line.strip())[0] for line in starts]
    return {one.strip() for row in names for one in row.split(",") if one.strip()}


def _asked(module: ast.Module) -> set[str]:
    """The first words of `hotline.key("...")` and of `root(name) + "..."`."""
    words = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "key":
            words |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
        if (
            isinstance(node, ast.BinOp)
            and ast.unparse(node.left).startswith("root(")
            and isinstance(node.right, ast.Constant)
        ):
            words.add(str(node.right.value))
    return words
