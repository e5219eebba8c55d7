"""A supervisor in a talk: heard by nobody, by the operator, by both, or in the operator's place. The talk goes on."""

import pytest

from tests.cast import MAYOR, QIAN, WANG, ZHOU
from tests.supervisor import Supervisor
from tests.town import Caller, Operator, Town, until


@pytest.fixture
async def talk(town: Town) -> tuple[Operator, Caller]:
    """Operator 9001 talks with somebody who dialled the mayor."""
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    await zhou.is_in_the_room()
    return wang, zhou


async def test_a_supervisor_listens_and_nobody_hears_them(town: Town, talk: tuple[Operator, Caller]) -> None:
    wang, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid)
    seen = await han.in_the_room()
    assert (seen["muted"], seen["coaching"], seen["end_conference_on_exit"]) == (True, False, False)
    assert (await wang.desk())["listeners"] == [{"id": "9010", "mode": "listen"}], "the operator is told"
    assert (await han.seat(WANG))["listeners"][0]["id"] == "9010"
    assert (await han.audited("listen"))[0][0] == zhou.sid

    await han.leaves()
    await town.breathes()
    assert (await wang.desk())["line"] == "talking", "the talk goes on"
    assert (await wang.desk())["listeners"] == []
    await zhou.is_in_the_room()

    await zhou.hangs_up()
    events = [(one["event"], one["operator"]) for one in (await zhou.record())["timeline"]]
    assert events[-4:] == [("listen", "9010"), ("unlisten", "9010"), ("part", "9001"), ("hang_up", None)]


async def test_the_operator_alone_hears_a_whisper(town: Town, talk: tuple[Operator, Caller]) -> None:
    wang, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid, "whisper")
    seen = await han.in_the_room()
    assert (seen["muted"], seen["coaching"], seen["call_sid_to_coach"]) == (False, True, wang.phone)


async def test_from_listening_to_a_whisper_to_speaking_with_both_and_back(
    town: Town, talk: tuple[Operator, Caller]
) -> None:
    """Until the carrier has done it, the wallboard does not say that it is done."""
    _, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid)
    for mode, muted, coaching in (("whisper", False, True), ("barge", False, False), ("listen", True, False)):
        await han.asks("PUT", f"/talks/{zhou.sid}/ear", json={"mode": mode})
        await han.is_tuned_to(mode)
        seen = await han.in_the_room()
        assert (seen["muted"], seen["coaching"]) == (muted, coaching), mode
    await zhou.is_in_the_room()


async def test_the_caller_who_hangs_up_ends_the_listening_too(
    town: Town, talk: tuple[Operator, Caller]
) -> None:
    wang, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid, "barge")
    await zhou.hangs_up()
    await wang.is_on("wrap_up")
    await han.is_off_the_phone()
    assert (await han.board())["mine"]["ear"] == "none"


async def test_a_supervisor_alone_does_not_keep_a_room(town: Town, talk: tuple[Operator, Caller]) -> None:
    wang, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid, "barge")
    await wang.hangs_up()
    await zhou.hears("感谢您的来电")
    await han.is_off_the_phone()


async def test_a_supervisor_takes_the_caller_over_and_the_caller_stays_in_the_room(
    town: Town, talk: tuple[Operator, Caller]
) -> None:
    wang, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid)
    await han.asks("PUT", f"/talks/{zhou.sid}/operator")

    await wang.is_on("wrap_up")
    await town.breathes()
    await zhou.is_in_the_room()
    seen = await han.in_the_room()
    assert (seen["muted"], seen["coaching"], seen["end_conference_on_exit"]) == (False, False, True)
    mine = (await han.board())["mine"]
    assert (mine["line"], mine["sid"]) == ("talking", zhou.sid)

    await zhou.hangs_up()
    record = await zhou.record()
    assert (record["operator"], record["outcome"], record["ended_by"]) == ("9010", "answered", "caller")
    await han.asks("POST", "/desk/wrap-up/end")
    assert (await han.board())["mine"]["line"] == "idle"


async def test_a_supervisor_who_took_over_ends_the_talk_like_any_operator(
    town: Town, talk: tuple[Operator, Caller]
) -> None:
    _, zhou = talk
    han = await Supervisor(town).listens_to(zhou.sid, "barge")
    await han.asks("PUT", f"/talks/{zhou.sid}/operator")
    await han.asks("POST", "/desk/hang-up")
    await zhou.hears("感谢您的来电")
    assert (await zhou.record())["ended_by"] == "operator"
    await han.asks("POST", "/desk/wrap-up/end")


async def test_one_ear_hears_one_talk(town: Town, talk: tuple[Operator, Caller]) -> None:
    _, zhou = talk
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    han = Supervisor(town)
    await han.asks("PUT", f"/talks/{qian.sid}/ear", json={"mode": "listen"}, expect=409)
    await han.asks("PUT", f"/talks/{zhou.sid}/operator", expect=409)
    await han.listens_to(zhou.sid)
    await han.asks("DELETE", "/ear")
    await han.is_off_the_phone()


async def test_a_phone_that_never_comes_is_not_waited_for(town: Town, talk: tuple[Operator, Caller]) -> None:
    wang, zhou = talk
    han = Supervisor(town)
    await han.asks("PUT", f"/talks/{zhou.sid}/ear", json={"mode": "whisper"})
    assert (await han.board())["mine"]["ear"] == "coming"
    await town.passes(20)

    async def forgotten() -> bool:
        return bool((await han.board())["mine"]["ear"] == "none")

    await until(forgotten, "the ear is forgotten")
    assert (await wang.desk())["listeners"] == []
