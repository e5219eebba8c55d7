"""What can be refused, and why. A refusal carries a sentence for the one who asked; nothing has changed.

Refused
├── Invalid      what was given cannot be right
├── NotFound     there is no such thing
├── Conflict     not now: the state does not allow it
├── NotAllowed   who are you?
└── Forbidden    not you
    └── MustChange   not before you have a password of your own
"""

from collections.abc import Mapping


class Refused(Exception):
    """The act did not happen. The text says what was wrong and what to do."""


class Invalid(Refused):
    """What was given cannot be right. `fields` says of each field what is wrong, where that is known."""

    def __init__(self, text: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.fields = dict(fields or {})


class NotFound(Refused):
    """There is no such thing."""


class Conflict(Refused):
    """Not now: the state of the thing does not allow it."""


class NotAllowed(Refused):
    """Nobody knows who you are: sign in first."""


class Forbidden(Refused):
    """Not you, whom we know."""


class MustChange(Forbidden):
    """Not before you have chosen a password of your own."""
