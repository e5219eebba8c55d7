"""A published number is dialled, and an operator answers it."""

from datetime import datetime

from tests.cast import LI, MAYOR, MAYOR_DIALLED_AT_HOME, WANG, ZHOU
from tests.town import Town


async def test_the_caller_of_the_mayor_is_greeted_waits_and_talks_with_operator_9001(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("欢迎拨打南宁优化营商环境服务企业‘直通车’")
    await zhou.hears("waiting.wav")

    wang = await town.operator(WANG)
    card = await wang.accepts()
    assert card["whose"] == "南宁市市长"
    assert card["caller"] == "+86 20****0001"

    await zhou.hears("九零零一号客服代表为您服务")
    await zhou.is_in_the_room()
    await wang.is_on("talking")

    await zhou.hangs_up()
    await wang.is_on("wrap_up")
    await wang.finishes()
    await wang.is_on("idle")

    record = await zhou.record()
    assert (record["outcome"], record["ended_by"], record["operator"]) == ("answered", "caller", WANG)
    events = [moment["event"] for moment in record["timeline"]]
    assert events == ["arrive", "wait", "offer", "accept", "join", "part", "hang_up"]


async def test_the_operator_may_be_the_one_who_hangs_up(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")

    await wang.hangs_up()

    await zhou.hears("感谢您的来电")
    await zhou.is_hung_up_on()
    record = await zhou.record()
    assert (record["outcome"], record["ended_by"]) == ("answered", "operator")


async def test_a_caller_whose_operator_is_lost_is_told_and_has_them_back_when_they_are_back(
    town: Town,
) -> None:
    """A browser crashes, a network fails: nobody meant to end that talk, and the same operator is asked first."""
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    li = await town.operator(LI)  # free, and yet not asked

    await wang.drops_the_phone()

    await zhou.hears("正在优先为您接回话务员")
    assert (await wang.accepts())["sid"] == zhou.sid
    await wang.is_on("talking")
    assert (await li.desk())["line"] == "idle"
    await wang.hangs_up()
    await zhou.hears("感谢您的来电")
    record = await zhou.record()
    assert (record["outcome"], record["ended_by"]) == ("answered", "operator")


async def test_an_operator_who_does_not_come_back_leaves_the_caller_to_the_next(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    li = await town.operator(LI)

    town.operators.remove(wang)  # whose desk is silent from now on
    await wang.drops_the_phone()

    await town.passes(30)
    assert (await li.accepts())["sid"] == zhou.sid
    await li.is_on("talking")
    await zhou.hangs_up()
    assert [one["operator"] for one in (await zhou.record())["operators"]] == [WANG, LI]
    await wang.goes_home()


async def test_the_record_is_right_to_the_second(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    await town.passes(7)
    await wang.accepts()
    await wang.is_on("talking")
    await town.passes(61)
    await zhou.hangs_up()

    record = await zhou.record()
    assert 7 <= record["waited"] < 8
    assert 61 <= record["talked"] < 62
    stages = ["arrived", "queued", "offered", "accepted", "joined", "parted", "ended"]
    moments = [datetime.fromisoformat(record[stage]) for stage in stages]
    assert moments == sorted(moments)
    assert record["lasted"] == (moments[-1] - moments[0]).total_seconds()


async def test_a_caller_may_ring_before_anybody_is_at_a_desk_and_is_first_when_somebody_comes(
    town: Town,
) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    wang = await town.operator(WANG)
    assert (await wang.rings())["sid"] == zhou.sid


async def test_forwarding_shows_which_number_was_dialled_when_the_trunk_has_one_number_of_its_own(
    town: Town,
) -> None:
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(MAYOR, forwarded_from=MAYOR_DIALLED_AT_HOME)
    assert (await wang.rings())["whose"] == "南宁市市长"
