"""The pages that stand in the head of every page, and who sees which."""

from typing import NamedTuple

from ivr.accounts import Role


class Entry(NamedTuple):
    """One page of the menu. `pages` are the templates on which it is the current one."""

    path: str
    title: str
    role: Role
    pages: tuple[str, ...]


MENU = (
    Entry("/desk", "坐席", Role.OPERATOR, ("desk",)),
    Entry("/calls", "通话记录", Role.OPERATOR, ("calls", "call")),
    Entry("/messages", "留言", Role.OPERATOR, ("messages",)),
)


def menu_for(role: Role) -> list[Entry]:
    return [entry for entry in MENU if role.may(entry.role)]
