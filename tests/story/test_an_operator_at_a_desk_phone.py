"""Operators without a headset: the telephone on their desk rings, and the key 1 is their accepting."""

import aiohttp
import pytest

from tests.cast import DESK_PHONE, DESK_PHONE_BY_SIP, LI, MAYOR, WANG, ZHOU
from tests.story.call_backs import asks_for_a_call_back
from tests.story.desk_phones import at_a_phone, has_phone
from tests.town import Operator, Town

DECLINED_REST_MS = 10_000


@pytest.mark.parametrize("address", [DESK_PHONE, DESK_PHONE_BY_SIP])
async def test_whoever_picks_up_and_presses_1_talks_with_the_caller(town: Town, address: str) -> None:
    async with at_a_phone(town, address) as wang:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        phone = await town.phone_rings(address)
        assert phone.call_from == MAYOR
        await phone.answers()
        await phone.hears("拨打的是南宁市市长，来电号码后四位是零零零一。接听请按 1")
        assert (await wang.desk())["line"] == "offered"

        await phone.presses("1")

        await zhou.hears("九零零一号客服代表为您服务")
        assert (await wang.is_on("talking"))["by"] == "phone"
        await zhou.hangs_up()
        await phone.is_hung_up_on()
        await wang.is_on("wrap_up")
        record = await zhou.record()
        assert (record["outcome"], record["ended_by"], record["operator"]) == ("answered", "caller", WANG)


async def test_what_is_done_in_a_talk_is_done_from_the_screen_all_the_same(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, "answers_and_presses_1", after_seconds=1)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await wang.is_on("talking")
        await wang.holds()
        await zhou.hears("话务员正在为您处理")
        li = await town.operator(LI)
        await wang.takes_off_hold()
        await wang.consults("operator", LI)
        await li.accepts()
        await wang.sees_guest("consulting")
        await wang.transfers()
        assert (await li.is_on("talking"))["call"]["operator"] == LI
        await li.hangs_up()
        await zhou.hears("感谢您的来电")


async def test_an_operator_who_puts_down_the_phone_has_ended_the_talk(town: Town) -> None:
    async with at_a_phone(town) as wang:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        phone = await town.phone_rings(DESK_PHONE)
        await phone.answers()
        await phone.hears("接听请按 1")
        await phone.presses("1")
        await wang.is_on("talking")
        await phone.hangs_up()
        await zhou.hears("感谢您的来电")
        assert (await zhou.record())["ended_by"] == "operator"


async def test_a_colleague_at_a_desk_phone_is_consulted_there(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await wang.pauses()
        li = await town.operator(LI)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await li.accepts()
        await li.is_on("talking")
        await li.consults("operator", WANG)
        phone = await town.phone_rings(DESK_PHONE)
        await phone.answers()
        await phone.hears("接听请按 1")
        await phone.presses("1")
        await li.sees_guest("consulting")
        await phone.hangs_up()
        await li.sees(lambda desk: desk["call"]["guest"] is None, "that nobody is consulted")
        await wang.is_on("idle")
        await zhou.is_back_in_the_room()


async def test_a_caller_is_called_back_from_a_desk_phone(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await wang.pauses()
        zhou = await asks_for_a_call_back(town, ZHOU)
        await zhou.is_near_the_phone("answers_and_presses_1")
        await wang.is_ready()
        phone = await town.phone_rings(DESK_PHONE)
        await phone.answers()
        await phone.hears("接听请按 1")
        await phone.presses("1")
        await zhou.is_rung()
        await zhou.hears("九零零一号客服代表为您服务")
        await wang.is_on("talking")
        await phone.hangs_up()
        await zhou.hears("感谢您的来电")


async def test_a_machine_that_picks_up_has_accepted_nothing(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, "voicemail", after_seconds=1)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        desk = await wang.sees(lambda desk: desk["rest_until"] > desk["now"], "a rest after a miss")
        assert desk["line"] == "idle"
        await zhou.hangs_up()
        assert "accept" not in [moment["event"] for moment in (await zhou.record())["timeline"]]


async def test_a_busy_phone_is_rung_three_times_with_a_rest_between_and_then_not_again(town: Town) -> None:
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, "busy")
        zhou = await town.caller(ZHOU).dials(MAYOR)
        for _ in range(2):
            desk = await wang.sees(lambda desk: desk["rest_until"] > desk["now"], "a rest after a miss")
            await town.passes((desk["rest_until"] - desk["now"]) / 1000)
        await wang.sees(
            lambda desk: (desk["intent"], desk["reason"]) == ("paused", "RONA"), "that it is paused"
        )
        await town.passes(60)
        assert await times_rung(town, DESK_PHONE, since=zhou.since) == 3
        assert (await wang.desk())["line"] == "idle"
        await zhou.hangs_up()
        events = [moment["event"] for moment in (await zhou.record())["timeline"]]
        assert (events.count("offer"), events.count("miss")) == (3, 3)


async def test_2_is_no_and_costs_the_shorter_rest_only(town: Town) -> None:
    async with at_a_phone(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        phone = await town.phone_rings(DESK_PHONE)
        await phone.answers()
        await phone.hears("不接请按 2")
        await phone.presses("2")
        await phone.is_hung_up_on()
        await zhou.hangs_up()
        assert "decline" in [moment["event"] for moment in (await zhou.record())["timeline"]]


async def test_the_key_that_declines_is_no_miss(town: Town) -> None:
    """The phone's own (SIP 603): somebody is there, and is not paused after three."""
    async with at_a_phone(town) as wang:
        await town.phone(DESK_PHONE, "declined", after_seconds=1)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        for _ in range(3):
            desk = await wang.sees(lambda desk: desk["rest_until"] > desk["now"], "a rest after it")
            assert desk["rest_until"] - desk["now"] <= DECLINED_REST_MS
            await town.passes((desk["rest_until"] - desk["now"]) / 1000)
        assert (await wang.desk())["intent"] == "ready"
        await zhou.hangs_up()
        events = [moment["event"] for moment in (await zhou.record())["timeline"]]
        assert (events.count("decline") >= 3, "miss" in events) == (True, False)


async def test_the_phone_stops_ringing_when_the_caller_hangs_up(town: Town) -> None:
    async with at_a_phone(town) as wang:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        phone = await town.phone_rings(DESK_PHONE)
        await zhou.hangs_up()
        await phone.is_hung_up_on()
        desk = await wang.is_on("idle")
        assert desk["rest_until"] <= desk["now"]  # they have missed nothing
        assert (await zhou.record())["outcome"] == "abandoned_ringing"


async def test_nobody_accepts_on_the_screen_what_rings_on_the_desk(town: Town) -> None:
    async with at_a_phone(town) as wang:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await wang.is_on("offered")
        refused = await wang.ask("POST", "/acceptance", json={"sid": zhou.sid}, expect=409)
        assert "按 1 接听" in refused["detail"]


async def test_a_shift_at_a_phone_needs_no_heartbeat_and_has_an_end(town: Town) -> None:
    async with at_a_phone(town) as wang:
        town.operators.remove(wang)  # nobody beats for them
        await town.passes(3600)
        assert (await wang.desk())["presence"] == "on"
        town.ahead += 10 * 3_600_000
        await wang.sees(lambda desk: desk["presence"] == "off", "that the shift is over")
        town.operators.append(wang)


async def test_whoever_has_no_phone_in_their_account_cannot_sign_in_by_it(town: Town) -> None:
    li = Operator(town, LI)
    refused = await li.ask("PUT", "/presence", json={"present": True, "by": "phone"}, expect=409)
    assert "没有登记话机" in refused["detail"]


async def test_a_change_of_skills_leaves_the_phone_and_null_takes_it_away(town: Town) -> None:
    await has_phone(town, DESK_PHONE)
    where, skilled = f"/api/nanning/staff/{WANG}", {"role": "operator", "skills": "税务"}
    for wish, phone in ((skilled, DESK_PHONE), ({"role": "operator", "phone": None}, "")):
        account = await town.ask("PUT", where, token=town.admin_token(), json=wish)
        assert account["phone"] == phone


async def times_rung(town: Town, number: str, *, since: float) -> int:
    async with aiohttp.ClientSession(town.company_url) as company:
        async with company.get("/simulator/calls") as answer:
            calls = await answer.json()
    return sum(one["to"] == number and one["started_at"] >= since for one in calls)
