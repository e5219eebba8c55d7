"""工单: a promise that nobody keeps becomes a case, and does not end before a supervisor has read what was done."""

import re
from functools import partial
from typing import Any

from tests.cast import EDUCATION, EDUCATION_PHONE, MAYOR_OF_BOZHOU, ZHOU
from tests.cast import MAYOR_OF_BOZHOU_PHONE as OWN
from tests.cast import MAYOR_OF_BOZHOU_SECRETARY as SECOND
from tests.console.browserless import Visitor
from tests.receiver import Receiver
from tests.story.promised import (
    TALKED_SECONDS,
    ask,
    hangs_up,
    is_,
    is_in_the_room,
    its_moment_comes,
    leg,
    link,
    promised,
)
from tests.town import Caller, Town, secret_of, until

SUPERVISOR, HANDLER, OFFICE = "8010", "8020", "8030"  # the office is the mayor's
STAGES = ("reminded", "office", "duty", "case")


async def test_nobody_keeps_a_promise_and_its_case_goes_to_the_office_and_to_a_supervisor(town: Town) -> None:
    zhou = await promised(town, MAYOR_OF_BOZHOU, OWN, SECOND)
    case = await nobody_keeps_it(town, zhou)
    assert re.fullmatch(r"GD-\d{8}-\d{4}", case["number"])
    assert (case["state"], case["whose"], case["caller"]) == ("open", "亳州市市长", "+86 20****0001")
    assert "承诺会后联系" in case["about"]
    assert case["number"] in [one["number"] for one in await does(town, OFFICE, "GET", "?state=open")]
    place = f"/{case['number']}"

    await does(town, SUPERVISOR, "POST", f"{place}/closing", {"note": ""}, expect=409)
    await does(town, OFFICE, "POST", f"{place}/answer", {"note": " "}, expect=422)
    await does(town, OFFICE, "POST", f"{place}/answer", {"note": "已转交规划局"})
    await does(town, OFFICE, "POST", f"{place}/closing", {"note": ""}, expect=403)
    back = await does(town, SUPERVISOR, "POST", f"{place}/return", {"note": "请直接答复来电人"})
    assert back == {"word": "OK"}
    await does(town, OFFICE, "POST", f"{place}/answer", {"note": "已电话答复，来电人满意"})
    again = {"note": "已电话答复，来电人满意"}
    assert await does(town, OFFICE, "POST", f"{place}/answer", again) == {"word": "ALREADY"}
    await does(town, HANDLER, "POST", f"{place}/answer", {"note": "也答复了"}, expect=409)
    await does(town, SUPERVISOR, "POST", f"{place}/closing", {"note": "同意"})

    closed = await does(town, OFFICE, "GET", place)
    assert (closed["state"], closed["answer"], closed["closed_by"]) == (
        "closed",
        "已电话答复，来电人满意",
        "8010",
    )
    assert [(one["title"], one["by"]) for one in closed["history"]] == [
        ("承诺无人联系，转为工单", ""),
        ("反馈", OFFICE),
        ("退回", SUPERVISOR),
        ("反馈", OFFICE),
        ("办结", SUPERVISOR),
    ]
    assert (await ask(town, "GET", f"/promises/{zhou.sid}"))["standing"] == "未联系，工单已办结"
    acts = (await ask(town, "GET", f"/audit?about={case['number']}"))["entries"]
    assert [one["act"] for one in acts] == [
        "close_case",
        "answer_case",
        "return_case",
        "answer_case",
    ], "what was done, and nothing that was refused or repeated"
    async with Visitor(town) as official:
        page = await official.goes("POST", link(town, zhou) + "/ring-back")
        assert page.status == 409, "whoever rings back on a reminder now learns that it is over"


async def test_an_official_who_rings_back_when_it_is_a_case_already_has_answered_it(town: Town) -> None:
    zhou = await promised(town)
    case = await nobody_keeps_it(town, zhou)
    await town.phone(EDUCATION_PHONE, "answers_and_presses_1", after_seconds=1)
    await town.phone(ZHOU, "answers_and_presses_1", after_seconds=1)
    async with Visitor(town) as official:
        await official.goes("POST", link(town, zhou) + "/ring-back")
        citizens = await leg(town, ZHOU, zhou)
        await is_in_the_room(town, citizens)
        await town.passes(TALKED_SECONDS)
        await hangs_up(town, citizens)
    await until(lambda: is_(town, zhou, "kept"), "the promise is kept")
    answered = await does(town, HANDLER, "GET", f"/{case['number']}")
    assert (answered["state"], answered["how"], answered["answered_by"]) == ("answered", "ring_back", "本人")
    assert await does(town, SUPERVISOR, "POST", f"/{case['number']}/closing", {}) == {"word": "OK"}
    assert (await ask(town, "GET", f"/promises/{zhou.sid}"))["state"] == "kept"


async def test_a_case_whose_promise_is_withdrawn_is_closed_for_that_reason(town: Town) -> None:
    zhou = await promised(town)
    case = await nobody_keeps_it(town, zhou)
    await ask(town, "POST", f"/promises/{zhou.sid}/withdrawal", json={"note": "来电人已另行办好"})
    closed = await does(town, HANDLER, "GET", f"/{case['number']}")
    assert (closed["state"], closed["history"][-1]["said"]) == ("closed", "来电人已另行办好")
    await does(town, HANDLER, "POST", f"/{case['number']}/answer", {"note": "已答复"}, expect=409)


async def test_an_office_sees_the_cases_of_its_own_number_and_no_others(town: Town) -> None:
    zhou = await promised(town)
    case = await nobody_keeps_it(town, zhou)
    assert case["line"] == EDUCATION
    assert case["number"] not in [one["number"] for one in await does(town, OFFICE, "GET", "?state=all")]
    await does(town, OFFICE, "GET", f"/{case['number']}", expect=404)
    await does(town, OFFICE, "POST", f"/{case['number']}/answer", {"note": "已答复"}, expect=404)
    async with Visitor(town) as office:
        await office.signs_in(OFFICE, hotline="bozhou")
        page = await office.goes("GET", "/cases?state=all")
        assert "筛选工单" in page.text and case["number"] not in page.text
    async with Visitor(town) as supervisor:
        await supervisor.signs_in(SUPERVISOR, hotline="bozhou")
        for path in (f"/calls/{zhou.sid}", f"/promises?line={EDUCATION.replace('+', '%2B')}"):
            assert f'href="/cases/{case["number"]}"' in (await supervisor.goes("GET", path)).text
    await ask(town, "POST", f"/promises/{zhou.sid}/withdrawal", json={"note": "不需要"})


async def test_another_system_is_told_of_a_case_from_its_opening_to_its_end(town: Town) -> None:
    kinds = ["case.opened", "case.changed"]
    async with Receiver() as orders:
        wish = {"title": "工单系统", "url": orders.url, "events": kinds}
        made = await town.ask("POST", "/api/bozhou/hooks", token=admin(town), json=wish, expect=201)
        zhou = await promised(town)
        case = await nobody_keeps_it(town, zhou)
        await does(town, HANDLER, "POST", f"/{case['number']}/answer", {"note": "已上门答复"})
        opened, changed = await orders.hears("case.opened"), await orders.hears("case.changed")
        await ask(town, "DELETE", f"/hooks/{made['hook']['id']}")
    assert opened.told["data"]["number"] == changed.told["data"]["number"] == case["number"]
    assert (changed.told["data"]["event"], changed.told["data"]["state"]) == ("answer_case", "answered")
    assert "已上门答复" not in changed.text, "words may name somebody"
    await ask(town, "POST", f"/promises/{zhou.sid}/withdrawal", json={"note": "不需要"})


async def nobody_keeps_it(town: Town, zhou: Caller) -> dict[str, Any]:
    """Every stage of the promise passes: its case."""
    for stage in STAGES:
        await its_moment_comes(town, zhou)
        await until(partial(is_, town, zhou, stage), f"it is {stage}")
    number = (await ask(town, "GET", f"/promises/{zhou.sid}"))["case"]
    found: dict[str, Any] = await does(town, HANDLER, "GET", f"/{number}")
    return found


async def does(
    town: Town, who: str, method: str, path: str, said: dict[str, str] | None = None, *, expect: int = 200
) -> Any:
    """What somebody asks of the cases."""
    token = f"ztc_bozhou_{secret_of(who)}"
    return await town.ask(method, f"/api/bozhou/cases{path}", token=token, json=said, expect=expect)


def admin(town: Town) -> str:
    return town.admin_token("bozhou")
