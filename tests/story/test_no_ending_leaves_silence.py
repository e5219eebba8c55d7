"""Whatever becomes of an official's ring, and whatever the carrier does to our requests and its own callbacks: the
caller hears why, has a way on, gets one text at most, and is promised once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from ivr.demo import ACCOUNT, AUTH_TOKEN
from tests.story.rules import in_a_meeting, row
from tests.town import Caller, Town, until

WAY_ON = "转值班电话请按 1，留言请按 2"
PROMISED = ("本人会后与您联系", "我们已经记下您的来电，会后联系您")
TO_THE_DUTY_PHONE = [{"when": WAY_ON, "press": "1"}]
LATE_SECONDS = 90  # after which the hotline no longer waits for news of a ring, or of a text

FAULTS: dict[str, dict[str, float]] = {
    "nothing": {},
    "callbacks_lost": {"callback_lost": 1},
    "callbacks_doubled": {"callback_duplicated": 1},
    "callbacks_late": {"callback_delayed": 1},
    "callbacks_out_of_order": {"callback_out_of_order": 1},
    "requests_repeated": {"webhook_retried": 1},
    "rest_broken": {"rest_500": 1},
    "rest_too_busy": {"rest_429": 1},
    "rest_unanswered": {"rest_silent": 1},
    "everything_a_little": {
        "callback_lost": 0.3, "callback_duplicated": 0.3, "callback_delayed": 0.3, "callback_out_of_order": 0.3,
        "webhook_retried": 0.3, "rest_500": 0.3, "seed": 28,
    },
}  # fmt: skip

# What is known of a text in the end. One that the carrier refused without doing anything goes out later; of one whose
# request was not answered nobody knows, unless a report comes, and it is not sent again.
KNOWN = ("sent", "delivered", "unsure")
KNOWN_AFTER = {"rest_broken": ("unsure",), "rest_too_busy": ("sent", "delivered")}


@dataclass(frozen=True)
class Ending:
    """What the official's phone does, and what the caller may then be told: less exactly, where news are lost."""

    behaviour: str
    told: tuple[str, ...]


ENDINGS = {
    "busy": Ending("busy", ("正在通话中",)),
    "no_answer": Ending("no_answer", ("暂时无人接听",)),
    "declined": Ending("declined", ("现在不便接听", "正在通话中")),
    "off": Ending("switched_off", ("已关机", "暂时无人接听")),
    "invalid": Ending("invalid", ("号码有误", "暂时无法接通")),
    "machine": Ending("voicemail", ("暂时无人接听",)),
    "absent": Ending("answers_and_presses_1", ("正在开会",)),
    "quiet": Ending("answers_and_presses_1", ("现在是休息时段",)),
}
GIVES_UP = "caller_gives_up"


@dataclass(frozen=True)
class Post:
    """The post whose phone has this ending: each has one of its own, so that all may ring together."""

    place: int

    @property
    def number(self) -> str:
        return f"+86558000000{30 + self.place}"

    @property
    def phone(self) -> str:
        return f"+86154000001{30 + self.place}"

    @property
    def duty(self) -> str:
        return f"+86558000005{30 + self.place}"


POSTS = {name: Post(place) for place, name in enumerate((*ENDINGS, GIVES_UP))}


@pytest.mark.parametrize("faults", FAULTS)
async def test_every_ending_of_the_ring_has_words_and_a_way_on(town: Town, faults: str) -> None:
    callers = {name: town.caller(mobile(faults, name)) for name in ENDINGS}
    for name, ending in ENDINGS.items():
        await town.phone(POSTS[name].phone, ending.behaviour, after_seconds=1)
    async with in_a_meeting(town, POSTS["absent"].number), asleep(town), struck_by(town, FAULTS[faults]):
        for name, caller in callers.items():
            await caller.dials(POSTS[name].number, script=TO_THE_DUTY_PHONE)
        await asyncio.gather(*(is_looked_after(town, name, caller) for name, caller in callers.items()))
    for name, caller in callers.items():
        await caller.hangs_up()
        state = await end_of_text(caller)
        texts = await texts_to(town, caller)
        assert len(texts) == 1 or ("rest_500" in FAULTS[faults] and not texts), name
        assert state in KNOWN_AFTER.get(faults, KNOWN), name
        assert await promises_of(town, POSTS[name], caller) == 1, name
    await until(lambda: nobody_rings(town), "no phone rings for nobody")


@pytest.mark.parametrize("faults", FAULTS)
async def test_a_caller_who_gives_up_while_it_rings_leaves_no_phone_ringing(town: Town, faults: str) -> None:
    post, caller = POSTS[GIVES_UP], town.caller(mobile(faults, GIVES_UP))
    await town.phone(post.phone, "by_hand")
    async with struck_by(town, FAULTS[faults]):
        await caller.dials(post.number)
        await caller.hears("正在为您接通")
        await town.phone_rings(post.phone)
        await caller.hangs_up()
        await until(lambda: nobody_rings(town), "the official's phone is quiet")
    await town.passes(LATE_SECONDS)
    record = await caller.record("bozhou")
    assert record["outcome"] in ("abandoned_ringing", "direct_missed")
    assert await texts_to(town, caller) == []
    assert await promises_of(town, post, caller) == 0


async def is_looked_after(town: Town, name: str, caller: Caller) -> None:
    """Told why, promised, asked how to go on; and 1 leads to somebody who answers."""
    await caller.hears(WAY_ON)
    heard = await caller.everything_heard()
    assert any(words in said for words in ENDINGS[name].told for said in heard), (name, heard)
    assert sum(any(words in said for words in PROMISED) for said in heard) == 1, (name, heard)
    await caller.hears(f"talking with {POSTS[name].duty}")


@asynccontextmanager
async def struck_by(town: Town, faults: dict[str, float]) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(town.company_url) as company:
        await company.put("/simulator/faults", json=faults)
        try:
            yield
        finally:
            await company.delete("/simulator/faults")


@asynccontextmanager
async def asleep(town: Town) -> AsyncIterator[None]:
    async with row(town, POSTS["quiet"].number, quiet="00:00-24:00"):
        yield


def mobile(faults: str, ending: str) -> str:
    """A caller of their own for every case: caps count what one number is sent in a day."""
    return f"+861540000{list(FAULTS).index(faults) + 30:02}{POSTS[ending].place:02}"


async def texts_to(town: Town, caller: Caller) -> list[dict[str, Any]]:
    """Every text to them that the carrier took, arrived or not."""
    messages, auth = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", aiohttp.BasicAuth(ACCOUNT, AUTH_TOKEN)
    async with aiohttp.ClientSession(town.company_url, auth=auth) as company:
        async with company.get(messages, params={"To": caller.number}) as answer:
            return list((await answer.json())["messages"])


async def end_of_text(caller: Caller) -> str:
    """What is known of their text once nobody has it in hand any more."""

    async def settled() -> str:
        state = str((await caller.record("bozhou"))["text_state"])
        return "" if state == "queued" else state

    return str(await until(settled, f"the text to {caller.number} is out"))


async def promises_of(town: Town, post: Post, caller: Caller) -> int:
    """How many promises of this post were made in this call."""
    token = town.admin_token("bozhou")
    made = await town.ask("GET", f"/api/bozhou/promises?line=%2B{post.number[1:]}", token=token)
    return sum(one["sid"] == caller.sid for one in made)


async def nobody_rings(town: Town) -> bool:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/calls?live=true") as answer:
            ringing = [one for one in await answer.json() if one["status"] == "ringing"]
    ours = {post.phone for post in POSTS.values()} | {post.duty for post in POSTS.values()}
    return not [one for one in ringing if one["to"] in ours]
