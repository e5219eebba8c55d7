"""The files of the project as they lie here: what somebody who clones it would get."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = frozenset({".git", ".venv", ".data", "vendor"})
BINARY = frozenset({".wav", ".mp3", ".png", ".jpg", ".ico", ".woff2", ".xlsx", ".pyc"})


@cache
def files() -> tuple[Path, ...]:
    """Every file that is neither ignored nor somebody else's."""
    ignored = {line.strip("/") for line in text(".gitignore").splitlines() if "*" not in line}
    return tuple(sorted(_below(ROOT, NOT_OURS | ignored)))


def _below(folder: Path, left_out: frozenset[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in left_out:
            continue
        if path.is_dir():
            yield from _below(path, left_out)
        elif path.suffix not in BINARY:
            yield path


def python_files(*folders: str) -> tuple[Path, ...]:
    """All of them, or those below the named folders."""
    found = (file for file in files() if file.suffix == ".py")
    return tuple(file for file in found if not folders or name(file).split("/")[0] in folders)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
