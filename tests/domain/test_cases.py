"""Cases as people act on them: who is refused and told why, what of it is in the audit, and who is not named."""

import json

import pytest

from ivr import audit, cases, hook_news, promises
from ivr.acd import Word, hooks, privacy
from ivr.errors import Conflict
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.people import dials
from tests.acd.promised import SID, it_becomes_a_case, make_promise
from tests.cast import MAYOR, ZHOU
from tests.conftest import Clock

OFFICE = Person("nanning", "9030", Role.OFFICE, lines=(MAYOR,))
HANDLER = Person("nanning", "9020", Role.HANDLER)
SUPERVISOR = Person("nanning", "9010", Role.SUPERVISOR)


async def test_whoever_answers_after_somebody_else_is_told_by_whom_and_that_their_words_are_not_kept(
    hotline: Hotline, clock: Clock
) -> None:
    number = await it_becomes_a_case(hotline, clock)
    assert await cases.answer(hotline, number, by=OFFICE, said="已上门答复") is Word.OK
    assert await cases.answer(hotline, number, by=OFFICE, said=" 已上门答复 ") is Word.ALREADY
    with pytest.raises(Conflict, match=r"已经反馈（9030），您写的没有记入.*请班长退回"):
        await cases.answer(hotline, number, by=HANDLER, said="已电话答复")
    assert (await cases.read(hotline, number)).answer == "已上门答复"
    await cases.give_back(hotline, number, by=SUPERVISOR, why="没有说明何时修好")
    with pytest.raises(Conflict, match="已经退回（9010），您写的没有记入"):
        await cases.give_back(hotline, number, by=SUPERVISOR, why="另有一事")


async def test_only_what_was_done_to_a_case_is_in_the_audit_and_once(hotline: Hotline, clock: Clock) -> None:
    number = await it_becomes_a_case(hotline, clock)
    with pytest.raises(Conflict):
        await cases.close(hotline, number, by=SUPERVISOR)
    await cases.answer(hotline, number, by=OFFICE, said="已上门答复")
    await cases.answer(hotline, number, by=OFFICE, said="已上门答复")
    with pytest.raises(Conflict):
        await cases.answer(hotline, number, by=HANDLER, said="已电话答复")
    await cases.close(hotline, number, by=SUPERVISOR)
    with pytest.raises(Conflict):
        await promises.take_back(hotline, SID, by=SUPERVISOR, why="来电人不需要回电")
    page = await audit.search(hotline, audit.Sought(), limit=50)
    assert [(one.act, one.who) for one in page.entries] == [("close_case", "9010"), ("answer_case", "9030")]


async def test_a_caller_who_asked_that_nobody_learn_of_them_is_shown_in_no_promise_and_no_case(
    hotline: Hotline, clock: Clock
) -> None:
    await dials(hotline, 1)
    await make_promise(hotline)
    await privacy.seal(hotline, SID, operator="1001")
    (waiting,) = await promises.waiting(hotline)
    assert waiting.caller == (await promises.read(hotline, SID)).caller == "已保密"
    number = await it_becomes_a_case(hotline, clock)
    (listed,) = await cases.search(hotline, cases.Sought())
    assert listed.caller == (await cases.read(hotline, number)).caller == "已保密"
    await privacy.unseal(hotline, SID)
    assert (await cases.read(hotline, number)).caller == "+86 20****0001"


async def test_no_other_system_is_told_anything_of_a_sealed_caller_and_a_case_that_is_gone_silences_none(
    hotline: Hotline, clock: Clock
) -> None:
    await dials(hotline, 1)
    await hooks.make(
        hotline,
        "h1",
        most=20,
        by="9000",
        url="http://127.0.0.1:1/",
        title="工单",
        events="case.opened case.changed promise.changed",
        whole=False,
    )
    await privacy.seal(hotline, SID, operator="1001")
    gone = await it_becomes_a_case(hotline, clock)
    await hotline.store.ask("DEL", hotline.key("case", gone))
    await hook_news.collect(hotline)
    await hotline.store.ask("HDEL", hotline.key("promise", SID), "case")
    await hook_news.collect(hotline)
    kept = [await hotline.store.ask("HGETALL", key) for key in await keys(hotline, "delivery:*")]
    told = [json.loads(one["body"]) for one in kept]
    assert {one["type"] for one in told} == {"promise.changed"}
    assert {one["data"]["caller"] for one in told} == {"已保密"}
    assert ZHOU[-4:] not in str([one["data"]["caller"] for one in told])


async def keys(hotline: Hotline, pattern: str) -> list[str]:
    return [key async for key in hotline.store.redis.scan_iter(hotline.root + pattern)]
