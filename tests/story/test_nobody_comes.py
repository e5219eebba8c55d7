"""The ways in which a call does not become a conversation; each has its word."""

from tests.cast import LI, MAYOR, QIAN, SECRETARY, SUN, WANG, ZHOU
from tests.story.rules import rules
from tests.town import Town, until


async def test_outside_the_hours_the_caller_is_told_the_hours(town: Town) -> None:
    await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"override": "closed"})
    try:
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("工作日")
        await zhou.is_hung_up_on()
        record = await zhou.record()
        assert (record["outcome"], record["ended_by"]) == ("closed", "hotline")
    finally:
        await town.ask("PUT", "/api/nanning/opening", token=town.admin_token(), json={"always_open": True})


async def test_a_caller_who_hangs_up_in_line_has_abandoned_the_queue(town: Town) -> None:
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    await town.passes(30)
    await qian.hangs_up()
    record = await qian.record()
    assert (record["outcome"], record["ended_by"]) == ("abandoned_queue", "caller")
    assert 30 <= record["waited"] < 32


async def test_a_caller_who_hangs_up_at_once_is_counted_apart(town: Town) -> None:
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    await qian.hangs_up()
    assert (await qian.record())["outcome"] == "abandoned_short"


async def test_a_caller_who_hangs_up_during_the_greeting_never_stood_in_line(town: Town) -> None:
    qian = town.caller(QIAN)
    await qian.dials(MAYOR, script=[{"when": "欢迎拨打", "hang_up": True}])
    record = await qian.record()
    assert (record["outcome"], record["queued"]) == ("abandoned_greeting", None)


async def test_a_caller_who_hangs_up_while_it_rings_frees_the_operator_for_the_next(town: Town) -> None:
    wang = await town.operator(WANG)
    qian = await town.caller(QIAN).dials(MAYOR)
    await wang.rings()
    sun = await town.caller(SUN).dials(SECRETARY)
    await sun.hears("waiting.wav")

    await qian.hangs_up()

    assert (await qian.record())["outcome"] == "abandoned_ringing"

    async def rings_for_sun() -> bool:
        return bool((await wang.rings())["sid"] == sun.sid)

    await until(rings_for_sun, "the next caller rings")


async def test_an_operator_who_does_not_answer_loses_the_offer_and_the_caller_keeps_their_place(
    town: Town,
) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    later = await town.caller(SUN).dials(SECRETARY)
    await later.hears("waiting.wav")
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == later.sid

    await town.passes(21)  # longer than it rings

    await wang.is_on("idle")
    assert (await zhou.call())["ended_at"] is None
    await town.passes(31)  # longer than the rest after a missed call
    events = [moment["event"] for moment in (await _record_so_far(town, zhou.sid))["timeline"]]
    assert "miss" in events


async def test_a_declined_call_goes_to_the_next_operator(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    li = await town.operator(LI)
    await wang.declines()
    assert (await li.rings())["sid"] == zhou.sid
    await wang.is_on("idle")


async def test_an_operator_who_accepts_and_never_comes_gives_the_caller_back_their_place(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.takes_the_offer()  # the softphone stays silent
    await zhou.hears("九零零一号客服代表为您服务")
    await zhou.is_in_the_room()
    li = await town.operator(LI)

    await town.passes(16)  # longer than anybody may take to come

    await zhou.hears("抱歉")
    assert (await li.accepts())["sid"] == zhou.sid
    await zhou.hears("九零零二号客服代表为您服务")
    await li.is_on("talking")


async def test_three_missed_calls_in_a_row_pause_the_operator_and_say_why(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(MAYOR)
    for _ in range(3):
        await wang.rings()
        await town.passes(21)
        await wang.is_on("idle")
        await town.passes(31)
    desk = await wang.desk()
    assert (desk["intent"], desk["reason"]) == ("paused", "RONA")


async def test_a_closed_tab_gets_no_calls_after_ten_seconds(town: Town) -> None:
    wang = await town.operator(WANG)
    town.operators.remove(wang)  # nobody beats for them any more
    await town.passes(11)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    assert (await wang.desk())["line"] == "idle"
    assert await wang.beats() == "BACK"
    assert (await wang.rings())["sid"] == zhou.sid
    town.operators.append(wang)


async def test_when_the_last_operator_goes_home_whoever_still_waits_is_told_and_leaves_a_message(
    town: Town,
) -> None:
    async with rules(town, "patience", leave_unstaffed=True, unstaffed_grace_seconds=0):
        wang = await town.operator(WANG)
        await wang.pauses()
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("waiting.wav")
        await wang.goes_home()
        await zhou.hears("没有客服代表在岗")
        await zhou.presses("1")
        await zhou.speaks(3)
        await zhou.is_hung_up_on()
        assert (await zhou.record())["outcome"] == "message"
        heard = [words for words in await zhou.everything_heard() if "没有客服代表在岗" in words]
        assert len(heard) == 1, "and is not told twice"


async def test_who_has_waited_as_long_as_anyone_may_is_told_so(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    await town.passes(901)
    await zhou.is_hung_up_on()
    assert (await zhou.record())["outcome"] == "waited_too_long"


async def _record_so_far(town: Town, sid: str) -> dict[str, list[dict[str, str]]]:
    return dict(await town.ask("GET", f"/api/nanning/calls/{sid}", token=town.admin_token()))
