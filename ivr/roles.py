"""Who somebody is and what they may: roles are sets of rights, and every guard names the right it wants."""

from dataclasses import dataclass, field
from enum import StrEnum


class Right(StrEnum):
    """One thing that somebody may do. A role has several, and an API token may be given fewer than its role."""

    DESK = "desk"  # take calls at a desk
    CALLS = "calls"  # read the records of calls, with callers masked
    REVEAL = "reveal"  # see a caller's whole number, for a reason that is written down
    OFFICE = "office"  # act for the published numbers of an office
    CASES = "cases"  # read the cases, and say what was done about them
    SUPERVISE = "supervise"  # watch and help the operators; see the numbers that callers asked to be kept
    EXPORT = "export"  # take many records away at once
    ADMINISTER = "administer"  # numbers, words, hours, staff, tokens; and the audit of all


class Role(StrEnum):
    """What somebody is here for."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    HANDLER = "handler"
    OFFICE = "office"
    ADMIN = "admin"

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self]


_OPERATOR = frozenset({Right.DESK, Right.CALLS, Right.REVEAL})
_SUPERVISOR = _OPERATOR | {Right.OFFICE, Right.CASES, Right.SUPERVISE, Right.EXPORT}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: _OPERATOR,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.HANDLER: frozenset({Right.CASES}),
    Role.OFFICE: frozenset({Right.OFFICE, Right.CASES, Right.CALLS, Right.EXPORT}),
    Role.ADMIN: _SUPERVISOR | {Right.ADMINISTER},
}

WITH_LINES = (Role.OFFICE, Role.HANDLER)
"""Whose sight may end at some published numbers: an office's always does."""

TITLES = {
    Role.OPERATOR: "话务员",
    Role.SUPERVISOR: "班长",
    Role.HANDLER: "承办单位",
    Role.OFFICE: "领导办公室",
    Role.ADMIN: "管理员",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has shown who they are. `where` is the address that they came from, as the audit keeps it."""

    hotline: str
    id: str
    role: Role
    skills: tuple[tuple[str, int], ...] = ()
    lines: tuple[str, ...] = ()  # the published numbers of an office, or of whoever works cases
    scope: frozenset[Right] | None = None  # what a token is for; None is all that its role may
    where: str = ""
    phone: str = field(default="", repr=False)  # on their desk: E.164 or a SIP address
    must_change: bool = False  # their password was given by somebody else

    def may(self, right: Right) -> bool:
        return self.role.may(right) and (self.scope is None or right in self.scope)

    @property
    def sees(self) -> tuple[str, ...] | None:
        """The published numbers whose calls and cases are theirs to see; None is all of them."""
        return self.lines if self.lines or self.role is Role.OFFICE else None
