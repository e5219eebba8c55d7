"""The documents say what the code does: charts, settings, commands and links."""

import re

import pytest
from typer import Typer

from config.settings import DemoSettings, Settings
from ivr import charts
from ivr.cli import app
from ivr.roles import RIGHTS, TITLES, Right, Role
from ivr.store import Store
from tests.upkeep.project import ROOT, files, name, text

SETTINGS = {
    setting.upper(): str(field.description)
    for model in (DemoSettings, Settings)  # of a name in both, production's sentence stays
    for setting, field in model.model_fields.items()
}


async def test_the_charts_are_drawn_from_the_code_as_it_is(store: Store) -> None:
    moves = await charts.moves_in(store)
    drawn = charts.draw(moves, charts.read_sources())
    assert text("docs/call-flow.md") == drawn, "docs/call-flow.md is stale: run `make docs`"


def test_every_state_of_the_queue_is_in_a_chart() -> None:
    page = text("docs/call-flow.md")
    first = charts.at_first(charts.read_sources().queue)
    assert set(first) == set(charts.TITLES), "acd.lua has a part without a chart"
    assert all(f"[*] --> {state}" in page for state in first.values())


@pytest.mark.parametrize(("setting", "meaning"), SETTINGS.items())
def test_every_setting_is_in_the_readme_with_its_sentence(setting: str, meaning: str) -> None:
    row = re.search(rf"^\| `{setting}` \| .* \| {re.escape(meaning)} \|$", text("README.md"), re.MULTILINE)
    assert row, f"README.md lacks the row of {setting}: {meaning}"


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    assert set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", text("README.md"), re.MULTILINE)) == set(SETTINGS)


def test_every_command_is_in_the_readme_and_no_other() -> None:
    told = re.findall(r"^\| `ivr ((?:[a-z]+ ?)+)", text("README.md"), re.MULTILINE)
    assert sorted(words.strip() for words in told) == sorted(_commands(app))


def _commands(part: Typer, *above: str) -> list[str]:
    """Every command as it is typed, with the words of its groups before it."""
    here = [one.name or getattr(one.callback, "__name__", "") for one in part.registered_commands]
    groups = [(str(group.name), group.typer_instance) for group in part.registered_groups]
    below = [words for name, group in groups if group for words in _commands(group, *above, name)]
    return [" ".join((*above, name)) for name in here] + below


@pytest.mark.parametrize("role", Role)
def test_the_operations_name_every_right_of_a_role_and_no_other(role: Role) -> None:
    row = re.search(rf"^\| {role} \({TITLES[role]}\) \| (.*)$", text("docs/operations.md"), re.MULTILINE)
    assert row, f"docs/operations.md has no row of {role}"
    assert sorted(re.findall(r"`([a-z]+)`", row[1])) == sorted(RIGHTS[role])


@pytest.mark.parametrize("right", Right)
def test_the_operations_say_what_each_right_opens(right: Right) -> None:
    assert re.search(rf"^\| `{right}` \| \S", text("docs/operations.md"), re.MULTILINE)


def test_every_link_of_a_document_leads_to_a_file() -> None:
    pages = [file for file in files() if file.suffix == ".md"]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    ]
    assert links
    broken = [f"{name(page)}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert not broken


def test_every_target_of_the_makefile_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", text("README.md"))) - {"an"}
    there = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert named
    assert named <= there


def test_the_licence_is_the_one_that_the_project_states() -> None:
    assert "Apache License" in text("LICENSE")
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
