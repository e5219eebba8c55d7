"""Every section of the profile, changed by its name; and the staff."""

import asyncio
from typing import Any

import pytest

from ivr import acd, check, numbers, staff
from ivr.arrangement import FACTS, GENERAL, PAGES, SECTIONS, TABLES, arrange, manned, section
from ivr.errors import Conflict, Invalid, NotAllowed, NotFound
from ivr.hotline import Hotline, open_hotline
from ivr.profile import Profile
from ivr.roles import Person, Role
from ivr.sessions import sign_in
from tests.acd.people import lines_up
from tests.cast import ADMIN, EDUCATION, LI, MAYOR, WANG

BOSS = Person("nanning", ADMIN, Role.ADMIN)
TAX = {"title": "税务", "skills": ["税务"]}


def test_every_field_of_the_profile_is_in_a_section() -> None:
    assert FACTS | PAGES.keys() | TABLES.keys() == Profile.model_fields.keys()
    assert {"queue", "hours"} <= PAGES.keys()
    assert "queues" in TABLES


@pytest.mark.parametrize("name", SECTIONS)
async def test_a_section_that_is_put_back_as_it_is_changes_nothing(hotline: Hotline, name: str) -> None:
    found, edition = section(hotline.handbook, name), hotline.edition
    fields = {one: said for one, said in found.fields.items() if one != "language"}
    await arrange(hotline, name, fields, by=BOSS, expected=found.basis)
    assert hotline.edition == edition


async def test_a_rule_is_heard_by_the_queue_at_once(hotline: Hotline) -> None:
    await arrange(hotline, "queue", {"ring_seconds": 33}, by=BOSS)
    assert hotline.handbook.profile.queue.ring_seconds == 33
    assert await hotline.store.ask("HGET", hotline.key("rules"), "ring_seconds") == "33"


async def test_callers_are_passed_on_to_a_number_of_another_hotline_and_checked_for_as_long(
    hotline: Hotline,
) -> None:
    bozhou = await open_hotline("bozhou", hotline.store, hotline.carrier, hotline.settings)
    target = {"pass_on_to": f"bozhou {EDUCATION}", "pass_on_after_seconds": 60}
    await arrange(hotline, "queues", {"main": target}, by=BOSS)
    assert await check.check(hotline, again=False) == []
    await numbers.withdraw(bozhou, EDUCATION, bozhou.moment().date(), by=Person("bozhou", "8000", Role.ADMIN))
    [finding] = await check.check(hotline, again=False)
    assert finding.wrong == f"the queue main passes callers on to bozhou {EDUCATION}, where nobody answers"


async def test_the_voice_of_the_hotline_speaks_from_then_on(hotline: Hotline) -> None:
    await arrange(hotline, GENERAL, {"voice": "Another-Voice"}, by=BOSS)
    assert hotline.handbook.prompts.say("greeting").voice == "Another-Voice"


@pytest.mark.parametrize(
    ("name", "fields", "field", "why"),
    [
        ("queue", {"ring_seconds": 1}, "queue.ring_seconds", "不能小于 5"),
        ("queue", {"ring_seconds": "soon"}, "queue.ring_seconds", "应为整数"),
        ("queue", {"colour": "red"}, "queue.colour", "没有这一项"),
        ("hours", {"workdays": [["9:00", "18:00"]]}, "hours.workdays.0.0", "不是时刻"),
        (GENERAL, {"timezone": "Mars/Olympus"}, "timezone", "没有“Mars/Olympus”这个时区"),
        (GENERAL, {"title": ""}, "title", "不能为空"),
        ("queues", {"tax": {"title": ""}}, "queues.tax.title", "不能为空"),
        (
            "queues",
            {"main": {"pass_on_to": f"nanning {MAYOR}"}},
            "queues.main.pass_on_to",
            "不能转到本热线自己",
        ),
        ("queues", {"main": {"pass_on_to": f"guilin {MAYOR}"}}, "queues.main.pass_on_to", "可以转到 bozhou"),
        (
            "queues",
            {"main": {"pass_on_to": f"bozhou {MAYOR}"}},
            "queues.main.pass_on_to",
            "不是热线 bozhou 在用的",
        ),
        ("queues", {"main": {"pass_on_to": "bozhou"}}, "queues.main.pass_on_to", "写法不对"),
    ],
)
async def test_what_is_wrong_is_said_of_its_field_and_nothing_changes(
    hotline: Hotline, name: str, fields: dict[str, Any], field: str, why: str
) -> None:
    edition = hotline.edition
    with pytest.raises(Invalid) as refusal:
        await arrange(hotline, name, fields, by=BOSS)
    assert why in refusal.value.fields[field]
    assert hotline.edition == edition


async def test_what_is_in_no_section_or_fixed_is_refused(hotline: Hotline) -> None:
    for name in ("language", "queue", "colour"):
        with pytest.raises(Invalid, match="不能在这里改"):
            await arrange(hotline, GENERAL, {name: "red"}, by=BOSS)
    with pytest.raises(NotFound, match="没有“colours”这一组设置"):
        await arrange(hotline, "colours", {}, by=BOSS)


async def test_of_two_who_change_a_section_at_once_from_the_same_state_one_is_told(hotline: Hotline) -> None:
    seen = section(hotline.handbook, "queue").basis
    done = await asyncio.gather(
        *(
            arrange(hotline, "queue", {"ring_seconds": seconds}, by=BOSS, expected=seen)
            for seconds in (11, 12, 13)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "NoneType"]


async def test_a_queue_comes_and_goes_but_not_with_somebody_in_it_or_a_number_leading_to_it(
    hotline: Hotline,
) -> None:
    await arrange(hotline, "queues", {"tax": TAX}, by=BOSS)
    assert hotline.handbook.profile.queues["tax"].title == "税务"
    sid = await lines_up(hotline, 1, queue="tax")
    with pytest.raises(Conflict, match="还有人在等"):
        await arrange(hotline, "queues", {"tax": None}, by=BOSS)
    await acd.hang_up(hotline, sid, by="caller")
    await numbers.alter(hotline, MAYOR, {"queue": "tax"}, by=BOSS)
    with pytest.raises(Invalid, match="南宁市市长的队列 tax 不在"):
        await arrange(hotline, "queues", {"tax": None}, by=BOSS)
    with pytest.raises(Invalid, match="没有队列 main"):
        await arrange(hotline, "queues", {"main": None}, by=BOSS)
    await numbers.alter(hotline, MAYOR, {"queue": "main"}, by=BOSS)
    await arrange(hotline, "queues", {"tax": None}, by=BOSS)
    assert list(hotline.handbook.profile.queues) == ["main"]


async def test_who_serves_what_and_who_could(hotline: Hotline) -> None:
    await arrange(hotline, "queues", {"tax": TAX}, by=BOSS)
    await acd.sign_in(hotline, operator=WANG, queues="main tax=3")
    found = {one.name: one for one in await manned(hotline, {WANG: "税务=3", LI: ""})}
    assert (found["tax"].on_shift, found["tax"].able) == ([WANG], [WANG])
    assert (found["main"].on_shift, found["main"].able) == ([WANG], [WANG, LI])


# ------------------------------------------------------------------------------------------ staff


async def test_a_newcomer_signs_in_with_the_password_that_was_made(hotline: Hotline) -> None:
    made = await staff.appoint(hotline, "9077", role=Role.OPERATOR, skills="税务=2", by=BOSS)
    person, _ = await sign_in(hotline, "9077", made.password)
    assert person.skills == (("税务", 2),)
    assert [one.id for one in await staff.everybody(hotline)] == ["9077"]
    with pytest.raises(Conflict, match="已经有了"):
        await staff.appoint(hotline, "9077", role=Role.OPERATOR, by=BOSS)


async def test_a_new_password_ends_the_old_one(hotline: Hotline) -> None:
    made = await staff.appoint(hotline, "9077", role=Role.OPERATOR, skills="税务", by=BOSS)
    again = await staff.reset_password(hotline, "9077", by=BOSS)
    with pytest.raises(NotAllowed):
        await sign_in(hotline, "9077", made.password)
    person, _ = await sign_in(hotline, "9077", again.password)
    assert person.skills == (("税务", 1),)


async def test_another_role_and_other_skills_leave_the_password(hotline: Hotline) -> None:
    made = await staff.appoint(hotline, "9077", role=Role.OPERATOR, by=BOSS)
    await staff.alter(
        hotline,
        "9077",
        role=Role.SUPERVISOR,
        skills="粤语",
        lines="",
        by=BOSS,
        expected=made.account.basis,
    )
    person, _ = await sign_in(hotline, "9077", made.password)
    assert (person.role, person.skills) == (Role.SUPERVISOR, (("粤语", 1),))
    with pytest.raises(Conflict, match="别人改过"):
        await staff.alter(
            hotline,
            "9077",
            role=Role.OPERATOR,
            skills="",
            lines="",
            by=BOSS,
            expected=made.account.basis,
        )


async def test_of_two_who_alter_an_account_at_once_one_is_told(hotline: Hotline) -> None:
    seen = (await staff.appoint(hotline, "9077", role=Role.OPERATOR, by=BOSS)).account.basis
    done = await asyncio.gather(
        *(
            staff.alter(hotline, "9077", role=Role.OPERATOR, skills=skill, lines="", by=BOSS, expected=seen)
            for skill in ("粤语", "税务", "壮语")
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Account", "Conflict", "Conflict"]


async def test_an_account_that_ends_is_off_shift_and_in_no_list(hotline: Hotline) -> None:
    await staff.appoint(hotline, "9077", role=Role.OPERATOR, by=BOSS)
    await acd.sign_in(hotline, operator="9077")
    await staff.dismiss(hotline, "9077", by=BOSS)
    assert await staff.everybody(hotline) == []
    assert (await acd.desk(hotline, "9077"))["operator"]["presence"] == "off"
    with pytest.raises(NotFound):
        await staff.dismiss(hotline, "9077", by=BOSS)


async def test_nobody_takes_their_own_account_away(hotline: Hotline) -> None:
    await staff.appoint(hotline, ADMIN, role=Role.ADMIN, by=BOSS)
    with pytest.raises(Conflict, match="自己的账号"):
        await staff.dismiss(hotline, ADMIN, by=BOSS)
    with pytest.raises(Conflict, match="自己的角色"):
        await staff.alter(hotline, ADMIN, role=Role.OPERATOR, skills="", lines="", by=BOSS)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"id_": "nine", "role": Role.OPERATOR}, "不是工号"),
        ({"id_": "9077", "role": Role.OPERATOR, "skills": "税务=0"}, "不是技能"),
        ({"id_": "9077", "role": Role.OFFICE}, "写明它的公布号码"),
        ({"id_": "9077", "role": Role.OPERATOR, "lines": MAYOR}, "只有领导办公室"),
    ],
)
async def test_an_account_that_will_not_do_is_refused(
    hotline: Hotline, wish: dict[str, Any], why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        await staff.appoint(hotline, **wish, by=BOSS)
