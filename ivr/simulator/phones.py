"""Other people's phones: what is known of each of them, so that it can be called and written to.

A number that is not registered lies on a table: it rings until a person answers it through the people API.
"""

from dataclasses import dataclass
from typing import Literal

from ivr.simulator.call import CallStatus

Behaviour = Literal[
    "answers_and_presses_1",  # picks up, and presses 1 as soon as a key is asked for
    "voicemail",  # a machine picks up and speaks; it never presses anything
    "busy",
    "no_answer",
    "declined",
    "switched_off",
    "invalid",  # nobody has this number
    "by_hand",
]
AFTER_SECONDS = 4.0  # of ringing, until somebody picks up or declines
GREETING = "您好，机主暂时无法接听，请在提示音后留言。"

# What the network says at once of a phone that does not even ring: status, reason, SIP code.
DEAD_LINES = {
    "busy": (CallStatus.BUSY, "a busy line", 486),
    "switched_off": (CallStatus.NO_ANSWER, "a phone that is switched off", 480),
    "invalid": (CallStatus.FAILED, "a number that nobody has", 404),
}


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    behaviour: Behaviour = "by_hand"
    after_seconds: float = AFTER_SECONDS
    landline: bool = False  # cannot read texts
    name: str = ""  # whose it is, for people who look at it
