"""Webhooks out, as the queue's library keeps them: subscriptions, their lines, and who takes what to whom."""

from enum import StrEnum
from typing import NamedTuple

from ivr.acd.asking import ask, ask_word
from ivr.acd.words import Word
from ivr.hotline import Hotline


class HookState(StrEnum):
    """Whether a subscription is told of anything."""

    ON = "on"
    PAUSED = "paused"  # by us: a delivery failed for good. News still lines up
    OFF = "off"  # by somebody: nothing lines up


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"  # after the last try


class News(NamedTuple):
    """One event for one subscription. `at` is in ms."""

    hook: str
    event: str
    kind: str
    at: int
    body: str


class Taken(NamedTuple):
    """A delivery that is ours for a lease. `secrets` says which of the subscription's secrets signs it."""

    hook: str
    delivery: str
    turn: str
    url: str
    secrets: str
    event: str
    body: str


async def make(
    hotline: Hotline, id: str, *, most: int, by: str, url: str, title: str, events: str, whole: bool
) -> Word:
    """A new subscription, on from now. FULL when there are `most` already."""
    return await ask_word(hotline, "make_hook", id, most, by, url, title, events, int(whole))


async def alter(hotline: Hotline, id: str, *, url: str, title: str, events: str, whole: bool) -> Word:
    """From the next try on, also for what waits; what waits is told as it was written."""
    return await ask_word(hotline, "alter_hook", id, url, title, events, int(whole))


async def renew(hotline: Hotline, id: str) -> tuple[Word, int]:
    """Another secret; which one it is."""
    word, secrets = await ask(hotline, "renew_hook", id)
    return Word(word), int(secrets)


async def turn_on(hotline: Hotline, id: str, *, by: str) -> Word:
    return await ask_word(hotline, "turn_on_hook", id, by)


async def turn_off(hotline: Hotline, id: str, *, by: str) -> Word:
    return await ask_word(hotline, "turn_off_hook", id, by)


async def remove(hotline: Hotline, id: str) -> Word:
    """With all that waits and all that was told."""
    return await ask_word(hotline, "remove_hook", id)


async def put_news(hotline: Hotline, news: list[News], *, before: str, after: str, most: int) -> Word:
    """In line for whom it concerns. GONE when another worker has read on from `before`."""
    flat = [field for one in news for field in one]
    return await ask_word(hotline, "put_news", before, after, most, *flat)


async def try_out(hotline: Hotline, id: str, *, event: str, kind: str, body: str, most: int) -> Word:
    """Something to see whether they hear us. NO while the subscription is not on."""
    return await ask_word(hotline, "try_hook", id, event, kind, body, most)


async def take(hotline: Hotline, *, lease_ms: int) -> Taken | None:
    """A delivery whose time has come; None when there is none."""
    word, *taken = await ask(hotline, "take_delivery", lease_ms)
    return Taken(*taken) if word == Word.OK else None


async def end(
    hotline: Hotline, taken: Taken, *, said: str, code: int, ms: int, waits: tuple[int, ...], keep_ms: int
) -> Word:
    """What came of it: `delivered`, or why not. `waits` are the seconds before each further try. GONE when the lease
    ended and somebody else has it."""
    waiting = " ".join(map(str, waits))
    return await ask_word(
        hotline, "end_delivery", taken.hook, taken.turn, taken.delivery, said, code, ms, waiting, keep_ms
    )


async def redeliver(hotline: Hotline, id: str, delivery: str) -> Word:
    """Once more, behind what waits. ALREADY while it waits or is under way."""
    return await ask_word(hotline, "redeliver", id, delivery)


async def ids(hotline: Hotline) -> list[str]:
    """Every subscription, by when it was made."""
    found: list[str] = await hotline.store.ask("ZRANGE", hotline.key("hooks"), 0, -1)
    return found


async def paused(hotline: Hotline) -> dict[str, str]:
    """Of those that are paused, what they are called."""
    listed = await ids(hotline)
    if not listed:
        return {}
    rows = await hotline.store.each(*(("HMGET", hotline.key("hook", id), "state", "title") for id in listed))
    return {
        id: title for id, (state, title) in zip(listed, rows, strict=True) if state == HookState.PAUSED.value
    }
