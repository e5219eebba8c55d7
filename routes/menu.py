"""The pages that stand in the head of every page, and who sees which."""

from typing import NamedTuple

from ivr.roles import Person, Right


class Entry(NamedTuple):
    """One page of the menu. `pages` are the templates on which it is the current one."""

    path: str
    title: str
    right: Right
    pages: tuple[str, ...]


MENU = (
    Entry("/desk", "坐席", Right.DESK, ("desk",)),
    Entry("/calls", "通话记录", Right.CALLS, ("calls", "call")),
    Entry("/messages", "留言", Right.DESK, ("messages",)),
)


def menu_for(person: Person) -> list[Entry]:
    return [entry for entry in MENU if person.may(entry.right)]


def home_of(person: Person) -> str:
    """Where somebody finds themselves after signing in."""
    return next((entry.path for entry in menu_for(person)), "/account")
