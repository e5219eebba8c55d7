"""Editions: who changed what, kept; taken back; and nobody overwrites unseen what another has written."""

import asyncio
from datetime import date

import pytest

from ivr import audit, changes, drafts
from ivr.audit import Act
from ivr.errors import Conflict, NotFound
from ivr.hotline import Hotline, open_hotline
from ivr.roles import Person, Role
from tests.cast import ADMIN, LI

BOSS = Person("nanning", ADMIN, Role.ADMIN)
OTHER = Person("nanning", LI, Role.ADMIN)
NEW = "您好，这里是直通车。"


def said(hotline: Hotline, key: str = "greeting") -> str:
    return hotline.handbook.prompts.say(key).text


async def test_a_change_is_kept_with_who_made_it_and_what_it_was_before(hotline: Hotline) -> None:
    before = said(hotline)
    await drafts.publish(hotline, "greeting", NEW, None, by=BOSS)
    newest = (await changes.editions(hotline))[0]
    assert (newest.number, newest.by, newest.at) == (int(hotline.edition), ADMIN, hotline.now())
    assert newest.what == "提示语“电话接通后的第一句”"
    [change] = newest.changes
    assert (change.section, change.name) == ("prompts", "cmn-CN:greeting")
    assert before in str(change.before)
    assert NEW in str(change.after)
    entry = (await audit.search(hotline, audit.Sought(act=Act.CHANGE))).entries[0]
    assert (entry.who, entry.about) == (ADMIN, newest.what)


async def test_an_earlier_edition_is_restored_and_that_can_be_undone_too(hotline: Hotline) -> None:
    first, number = said(hotline), int(hotline.edition)
    await drafts.publish(hotline, "greeting", NEW, None, by=BOSS)
    await changes.correct(hotline, date(2026, 11, 24), "rest", by=BOSS)
    await changes.restore(hotline, number, by=OTHER)
    assert said(hotline) == first
    assert not hotline.handbook.calendar.corrections
    await changes.restore(hotline, number + 2, by=BOSS)
    assert said(hotline) == NEW
    assert [one.day for one in hotline.handbook.calendar.corrections] == [date(2026, 11, 24)]
    assert [one.what for one in await changes.editions(hotline)][:2] == [
        f"恢复到第 {number + 2} 版",
        f"恢复到第 {number} 版",
    ]


@pytest.mark.parametrize("number", [0, -1, 99])
async def test_an_edition_that_never_was_cannot_be_restored(hotline: Hotline, number: int) -> None:
    with pytest.raises(NotFound, match="没有第"):
        await changes.restore(hotline, number, by=BOSS)


async def test_what_changes_nothing_makes_no_edition(hotline: Hotline) -> None:
    edition = hotline.edition
    await drafts.publish(hotline, "greeting", said(hotline), None, by=BOSS)
    await changes.override(hotline, hotline.handbook.override, by=BOSS)
    assert hotline.edition == edition


async def test_the_second_of_two_who_began_from_the_same_text_is_told(hotline: Hotline) -> None:
    seen = (await drafts.sentence(hotline, "greeting")).basis
    await drafts.publish(hotline, "greeting", NEW, None, by=OTHER, expected=seen)
    with pytest.raises(Conflict, match="别人改过"):
        await drafts.publish(hotline, "greeting", "另一句。", None, by=BOSS, expected=seen)
    assert said(hotline) == NEW


async def test_of_many_who_save_at_once_from_the_same_text_one_is_heard(hotline: Hotline) -> None:
    seen = (await drafts.sentence(hotline, "greeting")).basis
    saved = await asyncio.gather(
        *(drafts.publish(hotline, "greeting", f"第{n}句。", None, by=BOSS, expected=seen) for n in range(6)),
        return_exceptions=True,
    )
    assert [one for one in saved if one is None] == [None]
    assert all(isinstance(one, Conflict) for one in saved if one is not None)


async def test_changes_of_different_things_at_once_all_stay(hotline: Hotline) -> None:
    keys = ("greeting", "please_wait", "thank", "goodbye")
    workers = [await open_hotline("nanning", hotline.store, hotline.carrier, hotline.settings) for _ in keys]
    await asyncio.gather(
        *(
            drafts.publish(worker, key, f"{key}。", None, by=BOSS)
            for worker, key in zip(workers, keys, strict=True)
        )
    )
    fresh = await open_hotline("nanning", hotline.store, hotline.carrier, hotline.settings)
    assert [said(fresh, key) for key in keys] == [f"{key}。" for key in keys]


async def test_changes_at_once_in_one_worker_all_stay(hotline: Hotline) -> None:
    """All of them share what this worker knows, and learn while the others wait."""
    days = [date(2027, 3, day) for day in range(1, 9)]
    await asyncio.gather(*(changes.correct(hotline, day, "rest", by=BOSS) for day in days))
    assert [one.day for one in hotline.handbook.calendar.corrections] == days
