"""The audit: what is written down, that nothing of it can be changed unseen, and who may read it."""

import asyncio
import json

import pytest
from redis.exceptions import ResponseError

from ivr import audit, check
from ivr.audit import Act, Sought
from ivr.errors import Invalid
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.cast import LI, WANG
from tests.conftest import Clock

SEATS = {WANG: Role.OPERATOR, LI: Role.SUPERVISOR}


async def looks(hotline: Hotline, who: str, sid: str, why: str = "回访") -> None:
    person = Person(hotline.name, who, SEATS[who], where="203.0.113.9")
    await audit.note(hotline, person, Act.REVEAL, sid, why)


async def wrong_with(hotline: Hotline, head: str = "") -> list[str]:
    return [one.wrong for one in await check.check(hotline, again=False, head=head)]


async def test_an_entry_says_who_did_what_about_whom_when_from_where_and_why(
    hotline: Hotline, clock: Clock
) -> None:
    await looks(hotline, LI, "CA1")
    clock.passes(60)
    await audit.note(hotline, None, Act.SIGN_IN_REFUSED, WANG, where="203.0.113.7")
    last, first = (await audit.search(hotline, Sought())).entries
    assert (first.who, first.role, first.act, first.about, first.why) == (
        LI, "supervisor", "reveal", "CA1", "回访"
    )  # fmt: skip
    assert (first.where, first.at.isoformat()) == ("203.0.113.9", "2026-11-23T10:00:00+08:00")
    assert (last.who, last.act, last.about, last.where) == ("", "sign_in_refused", WANG, "203.0.113.7")


async def test_many_who_write_at_once_make_one_chain(hotline: Hotline) -> None:
    await asyncio.gather(*(looks(hotline, WANG, f"CA{n}") for n in range(40)))
    entries = (await audit.search(hotline, Sought())).entries
    assert sorted(one.about for one in entries) == sorted(f"CA{n}" for n in range(40))
    assert [one.n for one in entries] == list(range(40, 0, -1))
    assert await audit.follow(hotline) == []


async def test_no_entry_is_ever_written_in_anothers_place(hotline: Hotline) -> None:
    await looks(hotline, WANG, "CA1")
    with pytest.raises(ResponseError, match="equal or smaller"):
        await hotline.store.ask("XADD", hotline.key("audit"), "1-0", "entry", "{}", "hash", "")


async def test_a_changed_entry_is_seen(hotline: Hotline) -> None:
    """Streams cannot be edited in place; whoever owns the store can write another one in its stead."""
    for n in (1, 2, 3):
        await looks(hotline, WANG, f"CA{n}")
    stored = await hotline.store.ask("XRANGE", hotline.key("audit"), "-", "+")
    await hotline.store.ask("DEL", hotline.key("audit"))
    for id_, fields in stored:
        said = json.loads(fields["entry"])
        text = json.dumps({**said, "who": LI}) if id_ == "2-0" else fields["entry"]
        await hotline.store.ask("XADD", hotline.key("audit"), id_, "entry", text, "hash", fields["hash"])
    assert await wrong_with(hotline) == ["the entry 2 of the audit, or the one before it, has been changed"]


@pytest.mark.parametrize(("taken", "missing"), [(1, "1 to 1"), (2, "2 to 2"), (3, "3 to 3")])
async def test_an_entry_that_was_taken_out_is_missed(hotline: Hotline, taken: int, missing: str) -> None:
    for n in (1, 2, 3):
        await looks(hotline, WANG, f"CA{n}")
    await hotline.store.ask("XDEL", hotline.key("audit"), f"{taken}-0")
    assert (await wrong_with(hotline))[0] == f"the entries {missing} of the audit are missing"


async def test_a_chain_written_anew_is_whole_and_yet_not_the_one_whose_head_was_noted(
    hotline: Hotline,
) -> None:
    await looks(hotline, WANG, "CA1")
    noted = await audit.head(hotline)
    await looks(hotline, WANG, "CA2")
    assert await wrong_with(hotline, noted) == []
    await hotline.store.ask("DEL", hotline.key("audit"))
    await looks(hotline, WANG, "CA9")
    assert await wrong_with(hotline) == []
    assert await wrong_with(hotline, noted) == [
        f"the head {noted} was seen once and is no longer in the audit"
    ]


async def test_the_audit_is_searched_by_who_what_about_whom_and_when(hotline: Hotline, clock: Clock) -> None:
    await looks(hotline, WANG, "CA1")
    clock.passes(86_400)
    await looks(hotline, LI, "CA2")
    await audit.note(hotline, None, Act.LOCKED, WANG)

    async def found(**wish: object) -> list[str]:
        entries = (await audit.search(hotline, Sought.model_validate(wish))).entries
        return [one.about for one in entries]

    assert await found(who=WANG) == ["CA1"]
    assert await found(act="reveal") == ["CA2", "CA1"]
    assert await found(about="CA2") == ["CA2"]
    assert await found(since="2026-11-24T00:00:00+08:00") == [WANG, "CA2"]
    assert await found(until="2026-11-24T00:00:00+08:00") == ["CA1"]


async def test_pages_of_the_audit_follow_each_other_without_gap_or_repeat(hotline: Hotline) -> None:
    for n in range(7):
        await looks(hotline, WANG, f"CA{n}")
    seen, cursor = [], ""
    while True:
        page = await audit.search(hotline, Sought(), limit=3, cursor=cursor)
        seen += [one.about for one in page.entries]
        if page.cursor is None:
            break
        cursor = str(page.cursor)
    assert seen == [f"CA{n}" for n in range(6, -1, -1)]
    with pytest.raises(Invalid, match="cursor"):
        await audit.search(hotline, Sought(), cursor="nonsense")
