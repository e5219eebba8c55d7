"""A supervisor helps: the callers in line, the operators at their desks. No act of theirs cuts into a call."""

from tests.cast import LI, MAYOR, QIAN, SUN, WANG, ZHOU
from tests.supervisor import Supervisor
from tests.town import Town, until


async def test_a_supervisor_puts_an_operator_on_pause_who_is_told_by_whom_and_why(town: Town) -> None:
    wang, han = await town.operator(WANG), Supervisor(town)
    done = await han.tells(WANG, "paused", "去培训室")
    assert done == {"word": "OK", "after_call": False}

    desk = await wang.desk()
    assert (desk["intent"], desk["reason"]) == ("paused", "FORCED")
    (notice,) = desk["notices"]
    assert (notice["by"], notice["kind"], notice["text"]) == ("9010", "paused", "去培训室")
    await town.ask("PUT", f"/api/nanning/notices/{notice['id']}/acknowledgement", token=wang.token)
    assert (await wang.desk())["notices"] == []
    assert (await han.audited("force"))[0] == ("9001 示忙", "去培训室")

    await wang.is_ready()
    assert (await wang.desk())["intent"] == "ready", "an operator may say again what they want"


async def test_whoever_is_talking_is_signed_out_after_the_call_and_not_in_it(town: Town) -> None:
    wang, han = await town.operator(WANG), Supervisor(town)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")

    assert (await han.tells(WANG, "off", "身体不适"))["after_call"] is True

    await town.breathes()
    await zhou.is_in_the_room()
    assert (await wang.desk())["line"] == "talking"
    await zhou.hangs_up()
    await wang.is_on("wrap_up")
    await wang.finishes()
    assert (await wang.desk())["presence"] == "off"


async def test_why_must_be_said_and_somebody_at_home_cannot_be_made_ready(town: Town) -> None:
    han = Supervisor(town)
    await han.asks("PUT", f"/operators/{LI}/state", json={"state": "paused", "why": " "}, expect=422)
    await han.asks("PUT", f"/operators/{LI}/state", json={"state": "ready", "why": "忙"}, expect=409)


async def test_a_caller_is_moved_to_the_front_of_the_line(town: Town) -> None:
    han = Supervisor(town)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    sun = await town.caller(SUN).dials(MAYOR)
    await sun.hears("waiting.wav")

    await han.asks("PUT", f"/waiting/{sun.sid}/front")

    board = await han.board()
    assert [one["sid"] for one in board["queues"][0]["first"]] == [sun.sid, zhou.sid]
    wang = await town.operator(WANG)
    assert (await wang.rings())["sid"] == sun.sid
    await wang.accepts()
    await sun.hangs_up()
    events = [(one["event"], one["operator"]) for one in (await sun.record())["timeline"]]
    assert ("advance", "9010") in events


async def test_a_caller_of_priority_is_served_before_those_who_came_earlier(town: Town) -> None:
    han = Supervisor(town)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    await han.asks("PUT", f"/waiting/{qian.sid}/priority", json={"priority": 5})
    assert [one["priority"] for one in (await han.board())["queues"][0]["first"]] == [5, 0]
    wang = await town.operator(WANG)
    assert (await wang.rings())["sid"] == qian.sid

    await han.asks("PUT", f"/waiting/{zhou.sid}/priority", json={"priority": 11}, expect=422)
    await han.asks("PUT", f"/waiting/{zhou.sid}/queue", json={"queue": "nowhere"}, expect=404)
    await zhou.hangs_up()
    await zhou.record()
    await han.asks("PUT", f"/waiting/{zhou.sid}/front", expect=409)


async def test_a_message_to_all_desks_is_read_at_each(town: Town) -> None:
    wang, li, han = await town.operator(WANG), await town.operator(LI), Supervisor(town)
    await han.writes("供电局来电较多，请核对停电公告")
    await han.writes("请到我这里来一下", to=LI)
    assert (await wang.desk())["notices"][-1]["text"] == "供电局来电较多，请核对停电公告"
    assert [one["text"] for one in (await li.desk())["notices"]] == [
        "供电局来电较多，请核对停电公告",
        "请到我这里来一下",
    ]
    for notice in (await li.desk())["notices"]:
        path = f"/api/nanning/notices/{notice['id']}/acknowledgement"
        await town.ask("PUT", path, token=li.token)
    seen = {one["text"]: one["seen"] for one in (await han.board())["notices"]}
    assert seen["供电局来电较多，请核对停电公告"] == seen["请到我这里来一下"] == [LI]
    await town.passes(601)

    async def over() -> bool:
        return not (await wang.desk())["notices"] and not (await han.board())["notices"]

    await until(over, "the notices are over")


async def test_an_operator_asks_for_help_and_a_supervisor_comes(town: Town) -> None:
    wang, han = await town.operator(WANG), Supervisor(town)
    await wang.ask("PUT", "/help", json={"why": "来电人情绪激动"}, expect=200)
    seat = await han.seat(WANG)
    assert seat["help_why"] == "来电人情绪激动"
    assert (await wang.desk())["help"] is True
    await han.asks("DELETE", f"/operators/{WANG}/help")
    assert (await han.seat(WANG))["help_why"] is None
    assert (await wang.desk())["help"] is False


async def test_operators_do_not_supervise_each_other(town: Town) -> None:
    wang = await town.operator(WANG)
    path = f"/api/nanning/operators/{LI}/state"
    await town.ask("PUT", path, token=wang.token, expect=403, json={"state": "off", "why": "x"})
