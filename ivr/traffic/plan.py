"""What is to be played: how many callers, how patient, at whose number, and who hangs up at the worst moment.

Everything is drawn from the seed before the first call, so that one seed is one day. What it meets is not: a kill, a
slow machine or the order of two requests may change who is answered, never who dials.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

T = TypeVar("T")

DAY = (
    3,
    8,
    10,
    9,
    5,
    4,
    7,
    9,
    8,
    6,
    4,
    3,
    2,
    1,
)  # callers by hour from 8:00 to 22:00, as hotlines report them
REPEATS = 0.2  # of all calls: somebody who has called before
GREETING_SECONDS = 4.0
PATIENCE = (45.0, 0.9)  # median seconds, and the sigma of a lognormal
TALK = (8.0, 0.6)
LONGEST_TALK_SECONDS = 120.0
IN_PERSON = 0.08  # of all calls: to a number whose holder answers in person


class Faults(StrEnum):
    """What the phone company does wrong meanwhile; the sets are its own."""

    NONE = "none"
    MILD = "mild"
    WILD = "wild"


class Moment(StrEnum):
    """When a caller hangs up who was not served."""

    PATIENCE = "when their patience is over"
    GREETING = "during the greeting"
    OFFER = "while it rings at a desk"
    ACCEPTANCE = "between acceptance and room"


class Wish(StrEnum):
    """What a caller does with the keys of their telephone, when they hear that it can be done."""

    NOTHING = "waits"
    CALL_BACK = "would rather be called back"
    MESSAGE = "leaves a message"


WISHES = {Wish.NOTHING: 70, Wish.CALL_BACK: 20, Wish.MESSAGE: 10}
PHONES = {
    "answers_and_presses_1": 75,
    "busy": 10,
    "no_answer": 8,
    "voicemail": 7,
}  # of those who are called back

MOMENTS = {Moment.PATIENCE: 82, Moment.GREETING: 6, Moment.OFFER: 6, Moment.ACCEPTANCE: 6}


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. Its minutes and everybody's seconds pass `speed` times as fast."""

    callers_per_minute: float = 60.0
    operators: int = 20
    minutes: float = 3.0
    faults: Faults = Faults.NONE
    seed: int = 1
    speed: float = 1.0
    workers: int = 1
    kills: tuple[str, ...] = ()  # parts of the machine, in the order in which they are killed
    hotline: str = "nanning"
    in_person: str = "bozhou"  # the hotline whose officials answer themselves

    @property
    def seconds(self) -> float:
        """How long callers arrive, by the clock on the wall."""
        return self.real(self.minutes * 60)

    def real(self, seconds: float) -> float:
        """How long these seconds of a person's time take here."""
        return seconds / self.speed

    def chance(self, *of: object) -> Random:
        """A source of its own for each person, whoever acts first."""
        return Random(" ".join(map(str, (self.seed, *of))))  # noqa: S311 - traffic, not secrets


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is going to dial. Seconds are their own time."""

    at: float  # seconds after the start
    number: str
    dials: str
    hangs_up: Moment
    patience: float  # from dialling
    talk: float
    nerve: float  # 0 to 1: how far into their moment
    wish: Wish = Wish.NOTHING
    phone: str = ""  # what their own does when it is rung


def who_dials(plan: Plan, lines: Sequence[str], posts: Sequence[str] = ()) -> Iterator[Caller]:
    """All who dial, in order. `lines` are the published numbers, the best known first; `posts` those of officials who
    answer in person."""
    chance = plan.chance("callers")
    known: list[str] = []
    for at in _arrivals(plan, chance):
        if known and chance.random() < REPEATS:
            number = chance.choice(known)
        else:
            number = f"+8620{len(known) + 1:08d}"  # nobody's: no subscriber in China begins with 0
            known.append(number)
        in_person = bool(posts) and chance.random() < IN_PERSON
        published = posts if in_person else lines
        yield Caller(
            at=at,
            number=number,
            dials=chance.choices(published, [1 / rank for rank in range(1, len(published) + 1)])[0],
            hangs_up=Moment.PATIENCE if in_person else _one_of(chance, MOMENTS),
            patience=GREETING_SECONDS + lognormal(chance, PATIENCE),
            talk=min(lognormal(chance, TALK), LONGEST_TALK_SECONDS),
            nerve=chance.random(),
            wish=_one_of(chance, WISHES),
            phone=_one_of(chance, PHONES),
        )


def _one_of(chance: Random, odds: Mapping[T, int]) -> T:
    return chance.choices(list(odds), list(odds.values()))[0]


def _arrivals(plan: Plan, chance: Random) -> Iterator[float]:
    """Poisson, with the day's ups and downs: drawn at the busiest rate, and thinned to that of the hour."""
    length, busiest = plan.minutes * 60, max(DAY)
    peak = plan.callers_per_minute / 60 * busiest * len(DAY) / sum(DAY)
    at = chance.expovariate(peak)
    while at < length:
        if chance.random() < DAY[int(at / length * len(DAY))] / busiest:
            yield at
        at += chance.expovariate(peak)


def lognormal(chance: Random, median_and_sigma: tuple[float, float]) -> float:
    median, sigma = median_and_sigma
    return median * chance.lognormvariate(0, sigma)
