"""An operator who may takes a caller out of the line by hand, and sees who stands in it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cast import MAYOR, QIAN, SECRETARY, SUN, WANG, ZHOU
from tests.story.rules import rules
from tests.town import Town


@pytest_asyncio.fixture
async def picking(town: Town) -> AsyncIterator[Town]:
    """Everybody at a desk may pick."""
    async with rules(town, "desk", everybody_picks=True):
        yield town


async def test_the_second_in_line_is_picked_and_talks_first(picking: Town) -> None:
    wang = await picking.operator(WANG)
    await wang.pauses()
    zhou = await picking.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    sun = await picking.caller(SUN).dials(SECRETARY)
    await sun.hears("waiting.wav")

    line = await picking.ask("GET", "/api/nanning/queue", token=wang.token)
    assert [one["sid"] for one in line] == [zhou.sid, sun.sid]
    assert (line[1]["whose"], line[1]["caller"]) == ("南宁市委书记", "+86 20****0003")
    assert "+862000000003" not in str(line), "the caller is masked"

    done = await wang.ask("POST", "/pick", json={"sid": sun.sid}, expect=200)
    assert done["desk"]["line"] == "connecting"
    await wang.phones_in()
    await sun.is_in_the_room()
    await wang.is_on("talking")
    assert (await wang.desk())["intent"] == "paused", "picking one caller is not being ready for all"

    await wang.ask("POST", "/pick", json={"sid": zhou.sid}, expect=409)  # not during a call


async def test_a_caller_who_is_gone_cannot_be_picked(picking: Town) -> None:
    wang = await picking.operator(WANG)
    await wang.pauses()
    qian = await picking.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    await qian.hangs_up()
    await qian.record()
    refused = await wang.ask("POST", "/pick", json={"sid": qian.sid}, expect=409)
    assert "不在队列里" in refused["detail"]


async def test_picking_is_a_right(town: Town) -> None:
    wang = await town.operator(WANG)
    await wang.pauses()
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    assert not (await wang.desk())["may_pick"]
    refused = await wang.ask("POST", "/pick", json={"sid": zhou.sid}, expect=409)
    assert "选接" in refused["detail"]
