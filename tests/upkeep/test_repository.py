"""What must not be in the repository: other people's numbers, addresses of registries, paths of one machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upkeep.project import ROOT, files, name

REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "crates" + ".io",
    "--extra" + "-index",
    "--index" + "-url",
)
THIS_MACHINE = re.compile(r"(?<![\w./<-])/(?:home|root|work|Users|opt/(?!hotline))/\S")

GAP = "[ -]?"
MOBILE = rf"1[3-9]\d(?:{GAP}\d){{8}}"
GREAT_CITY = rf"(?:10|2\d){GAP}[1-9](?:{GAP}\d){{7}}"
ELSEWHERE = rf"[3-9]\d\d{GAP}[1-9](?:{GAP}\d){{6,7}}"
SOMEBODYS = re.compile(
    rf"(?:\+ ?86{GAP}(?:{MOBILE}|{GREAT_CITY}|{ELSEWHERE})"  # as the world dials
    rf"|(?<![\d.+a-f-])(?:1[3-9]\d{{9}}|0(?:{GREAT_CITY}|{ELSEWHERE})))(?!\d)"  # as China dials
)
"""A mobile, or an area code and a subscriber that does not begin with 0, as every subscriber of ours does."""
NOBODYS_MOBILE = re.compile(r"(?:\+ ?86[ -]?)?154")
"""The mobile prefix that has been given to no operator, for a test that needs a mobile."""


def test_no_phone_number_in_here_can_be_anybodys() -> None:
    found = [f"{where}: {number}" for where, number in _numbers()]
    assert not found


def test_the_search_for_numbers_finds_one() -> None:
    """The ways in which a number could slip in, glued together so that none of them does."""
    for slip in (
        "+86" + "7712345678",
        "+86 10 " + "6234 5678",
        "+86-20-" + "22345678",
        "+86" + "139" + "12345678",
        "0771-" + "2345678",
    ):
        assert list(_in(slip)), slip
    for invented in (
        "+862000000001",
        "+86 771 0000 0002",
        "+8677100000002",
        "0771 00000002",
        "+8615400000001",
    ):
        assert not list(_in(invented)), invented


def _numbers() -> Iterator[tuple[str, str]]:
    for file in files():
        if not file.name.startswith("requirements"):
            yield from ((name(file), number) for number in _in(file.read_text("utf-8")))


def _in(words: str) -> Iterator[str]:
    numbers = (found[0] for found in SOMEBODYS.finditer(words))
    return (number for number in numbers if not NOBODYS_MOBILE.match(number))


def test_no_file_names_a_registry() -> None:
    found = [
        f"{name(file)}: {host}" for file in files() for host in REGISTRIES if host in file.read_text("utf-8")
    ]
    assert not found


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{name(file)}: {path}" for file in files() for path in THIS_MACHINE.findall(file.read_text("utf-8"))
    ]
    assert not found


@pytest.mark.parametrize("shelf", sorted(ROOT.glob("[rt]*/**/vendor")), ids=lambda shelf: name(shelf))
def test_the_works_of_others_have_their_version_and_licence(shelf: Path) -> None:
    listed = (shelf / "README.md").read_text("utf-8")
    folders = [folder for folder in shelf.iterdir() if folder.is_dir()]
    assert folders
    for folder in folders:
        version = folder.name.rpartition("-")[2]
        assert re.fullmatch(r"\d+(\.\d+)+", version), f"{folder.name} does not end in a version"
        assert f"| {version} |" in listed, f"{shelf.name}/README.md lacks {folder.name}"
        assert list(folder.glob("LICENSE*")), f"{folder.name} has no licence"


def test_the_works_of_others_are_where_they_are_looked_for() -> None:
    assert {name(shelf) for shelf in ROOT.glob("[rt]*/**/vendor")} >= {
        "routes/static/vendor",
        "tests/console/vendor",
    }
