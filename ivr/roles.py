"""Who somebody is: their role, and what stands behind a request."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for. Each may do what those before it may."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has shown who they are. `where` is the address that they came from, as the audit keeps it."""

    hotline: str
    id: str
    role: Role
    skills: tuple[tuple[str, int], ...] = ()
    where: str = ""
