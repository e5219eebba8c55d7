"""A caller whom nobody serves in time goes on to another hotline; both records say so."""

from typing import Any

from ivr.acd import Outcome
from tests.cast import MAYOR, ZHOU
from tests.story.rules import rules
from tests.town import Caller, Operator, Town, until

BOZHOU = "+8655800000001"


async def test_who_waits_too_long_is_told_and_goes_on_to_the_other_hotline(town: Town) -> None:
    async with _passing_on(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("waiting.wav")
        await town.passes(31)
        await zhou.hears("转到另一条热线")
        there = await town.operator("8001", hotline="bozhou")
        card = await there.accepts()
        assert (card["sid"], card["number"]) == (zhou.sid, BOZHOU)
        await zhou.is_in_the_room()
        await there.is_on("talking")
        await zhou.hangs_up()
        await there.is_on("wrap_up")

        here = await zhou.record()
        assert (here["outcome"], here["passed_to"], here["ended_by"]) == (
            Outcome.PASSED_ON,
            "bozhou",
            "hotline",
        )
        assert 31 <= here["waited"] < 60
        record = await _record_there(town, there, zhou)
        assert (record["outcome"], record["came_from"]) == (Outcome.ANSWERED, "nanning")


async def test_who_hangs_up_after_being_passed_on_is_gone_from_the_other_hotline_at_once(town: Town) -> None:
    async with _passing_on(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("waiting.wav")
        await town.passes(31)
        await zhou.hears("亳州")
        await zhou.hangs_up()
        there = Operator(town, "8010", "bozhou")
        record = await _record_there(town, there, zhou)
        assert record["outcome"].startswith("abandoned")


async def test_who_was_passed_on_is_not_passed_back(town: Town) -> None:
    back = {"title": "综合", "pass_on_after_seconds": 30, "pass_on_to": f"nanning {MAYOR}"}
    async with _passing_on(town), rules(town, "queues", "bozhou", main=back):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("waiting.wav")
        await town.passes(31)
        await zhou.hears("亳州")
        await town.passes(100)
        there = await town.operator("8001", hotline="bozhou")
        assert (await there.rings())["sid"] == zhou.sid
        await zhou.hangs_up()


def _passing_on(town: Town) -> Any:
    main = {"title": "综合", "pass_on_after_seconds": 30, "pass_on_to": f"bozhou {BOZHOU}"}
    return rules(town, "queues", main=main)


async def _record_there(town: Town, somebody: Operator, caller: Caller) -> dict[str, Any]:
    path = f"/api/bozhou/calls/{caller.sid}"

    async def ended() -> dict[str, Any] | None:
        record: dict[str, Any] = await town.ask("GET", path, token=somebody.token)
        return record if record["state"] == "ended" else None

    return dict(await until(ended, f"the record of {caller.sid} at bozhou is complete"))
