"""The API as a program sees it: records, the opening hours, the desk's refusals, health."""

import asyncio
import json

import aiohttp
import httpx
import pytest

from tests.cast import ADMIN, LI, MAYOR, QIAN, SECRETARY, SUN, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.town import Town
from tests.upkeep.console import console


async def has_called(town: Town, caller: str, line: str) -> str:
    """Somebody who rang and gave up; their call's sid, once its record is complete."""
    someone = await town.caller(caller).dials(line)
    await someone.hears("waiting.wav")
    await someone.hangs_up()
    await someone.record()
    return someone.sid


async def sids(town: Town, query: str) -> list[str]:
    found = await town.ask("GET", f"/api/nanning/calls?{query}", token=town.admin_token())
    return [call["sid"] for call in found["calls"]]


async def test_records_are_found_by_any_conditions_together_the_newest_first(town: Town) -> None:
    first = await has_called(town, QIAN, MAYOR)
    second = await has_called(town, QIAN, SECRETARY)
    third = await has_called(town, SUN, MAYOR)
    mayor, secretary = MAYOR.replace("+", "%2B"), SECRETARY.replace("+", "%2B")
    qian = QIAN.replace("+", "%2B")
    assert (await sids(town, "limit=3")) == [third, second, first]
    assert (await sids(town, f"caller={qian}&limit=2")) == [second, first]
    assert (await sids(town, f"caller={qian}&line={mayor}"))[0] == first
    assert second in await sids(town, f"line={secretary}&outcome=abandoned_short")
    assert await sids(town, f"line={secretary}&outcome=answered&caller={qian}") == []
    assert await sids(town, "since=2099-01-01") == []
    assert third in await sids(town, "since=2000-01-01&until=2099-01-01")


async def test_pages_follow_each_other_without_gap_or_repeat(town: Town) -> None:
    for _ in range(3):
        await has_called(town, SUN, MAYOR)
    everything = await sids(town, "limit=500")
    paged, cursor = [], ""
    while True:
        path = f"/api/nanning/calls?limit=2&cursor={cursor}"
        page = await town.ask("GET", path, token=town.admin_token())
        paged += [call["sid"] for call in page["calls"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert paged == everything
    assert len(set(paged)) == len(paged)


async def test_a_callers_number_is_never_shown_whole(town: Town) -> None:
    sid = await has_called(town, ZHOU, MAYOR)
    for path in (f"/api/nanning/calls/{sid}", "/api/nanning/calls?limit=1"):
        assert ZHOU not in str(await town.ask("GET", path, token=town.admin_token()))


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("/api/nanning/calls/CA" + "0" * 32, 404, "没有通话"),
        ("/api/nanning/calls?cursor=nonsense", 422, "cursor"),
        ("/api/nanning/calls?cursor=" + "1" * 5000, 422, "cursor"),
        ("/api/nanning/calls?cursor=1-99999999999999999999999999", 422, "cursor"),
        ("/api/nanning/calls?since=yesterday", 422, "since"),
        ("/api/nanning/calendar/2026-02-30", 422, "day"),
        ("/api/nowhere/calls", 404, "没有热线 nowhere"),
        ("/api/bozhou/calls", 403, "另一条热线"),
        ("/api/nanning/nothing", 404, "Not Found"),
    ],
)
async def test_a_bad_question_gets_a_problem_that_names_what_was_wrong(
    town: Town, path: str, status: int, why: str
) -> None:
    problem = await town.ask("GET", path, token=town.admin_token(), expect=status)
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert why in problem["detail"]


async def test_an_offer_that_is_gone_cannot_be_accepted(town: Town) -> None:
    wang = await town.operator(WANG)
    refused = await wang.ask("POST", "/acceptance", expect=409, json={"sid": "CA" + "0" * 32})
    assert "不在您这里" in refused["detail"]


async def test_two_operators_never_get_the_same_call(town: Town) -> None:
    wang, li = await town.operator(WANG), await town.operator(LI)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    assert (await li.desk())["line"] == "idle"
    await li.ask("POST", "/acceptance", expect=409, json={"sid": zhou.sid})


async def test_a_reason_that_is_none_is_refused_with_the_reasons_there_are(town: Town) -> None:
    wang = await town.operator(WANG)
    refused = await wang.ask("PUT", "/intent", expect=422, json={"intent": "paused", "reason": "睡觉"})
    assert "用餐" in refused["detail"]


async def test_nobody_signs_off_in_the_middle_of_a_call(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    refused = await wang.ask("PUT", "/presence", expect=409, json={"present": False})
    assert "通话还没有结束" in refused["detail"]


async def test_the_desks_event_stream_tells_of_the_offer_and_of_its_end(town: Town) -> None:
    wang = await town.operator(WANG)
    headers = {"Authorization": f"Bearer {wang.token}"}
    async with (
        aiohttp.ClientSession(town.url, headers=headers) as http,
        http.get("/api/nanning/desk/events") as stream,
    ):
        assert '"line":"idle"' in await next_desk(stream)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        offer = await next_desk(stream)
        assert '"line":"offered"' in offer
        assert zhou.sid in offer
        await zhou.hangs_up()
        assert '"line":"idle"' in await next_desk(stream)


async def test_a_supervisors_stream_begins_with_how_many_alarms_stand_though_none_does(town: Town) -> None:
    async with aiohttp.ClientSession(
        town.url, headers={"Authorization": f"Bearer {town.admin_token()}"}
    ) as http:
        async with http.get("/api/nanning/desk/events") as stream:
            assert json.loads((await next_desk(stream, "alarms")).partition(":")[2])["standing"] >= 0


async def next_desk(stream: aiohttp.ClientResponse, event: str = "desk") -> str:
    """The data of the next event of this name."""
    async for line in stream.content:
        if line == f"event: {event}\n".encode():
            return (await stream.content.readline()).decode()
    raise AssertionError("the stream ended")


async def test_an_admin_corrects_a_day_and_takes_it_back(town: Town) -> None:
    day = "/api/nanning/calendar/2027-02-20"
    guessed = await town.ask("GET", day, token=town.admin_token())
    assert (guessed["is_workday"], guessed["guessed"], guessed["corrected"]) == (False, True, False)
    corrected = await town.ask("PUT", day, token=town.admin_token(), json={"means": "work", "note": "调休"})
    assert (corrected["is_workday"], corrected["corrected"]) == (True, True)
    taken_back = await town.ask("DELETE", day, token=town.admin_token())
    assert (taken_back["is_workday"], taken_back["corrected"]) == (False, False)


async def test_two_admins_who_change_things_at_once_both_are_heard(town: Town) -> None:
    days = [f"/api/nanning/calendar/2027-03-{day:02}" for day in range(1, 9)]
    means = {"means": "rest"}
    await asyncio.gather(*(town.ask("PUT", day, token=town.admin_token(), json=means) for day in days))
    looked = [await town.ask("GET", day, token=town.admin_token()) for day in days]
    assert all(day["corrected"] for day in looked)
    for day in days:
        await town.ask("DELETE", day, token=town.admin_token())


async def test_the_opening_says_what_the_calendar_lacks(town: Town) -> None:
    opening = await town.ask("GET", "/api/nanning/opening", token=town.admin_token())
    now = town.hotline().moment()
    guessed = town.hotline().handbook.calendar.is_guessed(now.year + 1)
    assert any(str(now.year + 1) in one for one in opening["warnings"]) == (guessed and now.month >= 11)


async def test_anybody_may_read_the_published_numbers(town: Town) -> None:
    async with aiohttp.ClientSession(town.url) as http:
        counts = {}
        for name in ("nanning", "bozhou"):
            async with http.get(f"/api/{name}/numbers") as answer:
                counts[name] = len(await answer.json())
    assert counts == {"nanning": 46, "bozhou": 81}


async def test_health_readiness_and_metrics_answer(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    async with aiohttp.ClientSession(town.url) as http:
        for path, words in (("/healthz", "alive"), ("/readyz", "ready")):
            async with http.get(path) as answer:
                assert (answer.status, (await answer.text()).strip()) == (200, words)
        async with http.get("/metrics") as answer:
            metrics = await answer.text()
    assert 'hotline_waiting{hotline="nanning"} 1.0' in metrics
    assert "hotline_store_up 1.0" in metrics
    assert 'hotline_webhooks_total{outcome="ok",step="answer"}' in metrics


async def test_without_the_store_the_counters_are_scraped_all_the_same() -> None:
    transport = httpx.ASGITransport(app=console())
    async with httpx.AsyncClient(transport=transport, base_url="http://hotline") as http:
        assert (await http.get("/readyz")).status_code == 503
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    assert "hotline_store_up 0.0" in answer.text
    assert "hotline_webhooks_total" in answer.text


async def test_the_official_notice_of_a_year_ends_the_guessing_at_once(town: Town) -> None:
    year = "/api/nanning/calendar/years/2029"
    await town.ask("GET", year, token=town.admin_token(), expect=404)
    notice = {"source": "测试用通知", "off": ["2029-01-01"], "work": ["2029-01-06"]}
    await town.ask("PUT", year, token=town.admin_token(), json=notice)
    make_up = await town.ask("GET", "/api/nanning/calendar/2029-01-06", token=town.admin_token())
    assert (make_up["is_workday"], make_up["guessed"]) == (True, False)
    wrong = {"source": "测试用通知", "off": ["2028-01-01"]}
    refused = await town.ask("PUT", year, token=town.admin_token(), json=wrong, expect=422)
    assert "不在 2029 年" in refused["detail"]


async def test_the_calendars_warning_is_for_admins(town: Town) -> None:
    async with Visitor(town) as wang, Visitor(town) as admin:
        await wang.signs_in(WANG)
        await admin.signs_in(ADMIN)
        warnings = town.hotline().handbook.hours.warnings(town.hotline().moment())
        for path in ("/desk", "/calls"):
            assert "放假安排尚未导入" not in (await wang.goes("GET", path)).text
            shown = (await admin.goes("GET", path)).text
            assert all(warning in shown for warning in warnings)


async def test_more_conditions_never_find_more_calls(town: Town) -> None:
    """Who was rung and never talked is not the operator of that call, by whichever list it is found."""
    wang = await town.operator(WANG)
    qian = await town.caller(QIAN).dials(MAYOR)
    await wang.rings()
    await qian.hangs_up()
    await qian.record()
    by_operator = set(await sids(town, f"operator={WANG}&limit=500"))
    by_both = set(await sids(town, f"operator={WANG}&caller={QIAN.replace('+', '%2B')}&limit=500"))
    assert by_both <= by_operator


async def test_dates_at_the_edge_of_the_calendar_do_no_harm(town: Town) -> None:
    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        assert (await wang.goes("GET", "/calls?since=0001-01-01&until=9999-12-31")).status in (200, 422)
        assert (await wang.goes("GET", "/calls?since=nonsense")).status == 422


async def test_the_manual_of_the_api_is_ours_alone(town: Town) -> None:
    """Nothing of it comes from another site, and it may run under our own policy."""
    async with Visitor(town) as somebody:
        page = await somebody.goes("GET", "/docs")
        assert page.status == 200
        assert "http" not in page.text.replace('lang="zh-CN"', "")
        assert "<script>" not in page.text
        for path in ("/openapi.json", "/static/manual.js", "/static/vendor/swagger-ui-5.35.0/swagger-ui.css"):
            assert (await somebody.goes("GET", path)).status == 200


async def test_the_doors_are_held_by_one_switch_at_a_time(town: Town) -> None:
    opening = "/api/nanning/opening"
    try:
        closed = await town.ask("PUT", opening, token=town.admin_token(), json={"always_closed": True})
        assert (closed["always_open"], closed["always_closed"], closed["is_open"]) == (False, True, False)
        calendar = await town.ask("PUT", opening, token=town.admin_token(), json={"always_closed": False})
        assert (calendar["always_open"], calendar["always_closed"], calendar["override"]) == (
            False,
            False,
            None,
        )
    finally:
        held = await town.ask("PUT", opening, token=town.admin_token(), json={"always_open": True})
    assert (held["always_open"], held["always_closed"], held["is_open"]) == (True, False, True)
