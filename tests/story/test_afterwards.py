"""After the talk: how it was, asked once in a while, by one key."""

from tests.cast import MAYOR, WANG
from tests.town import Caller, Operator, Town


async def talks(town: Town, number: str, wang: Operator) -> Caller:
    """A talk that the operator ends, so that the caller is still on the line."""
    caller = await town.caller(number).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    await wang.hangs_up()
    return caller


async def test_a_caller_says_how_it_was_and_it_stands_on_the_record(town: Town) -> None:
    wang = await town.operator(WANG)
    zhou = await talks(town, "+862000000018", wang)
    await zhou.hears("请您评价本次服务")
    await zhou.presses("2")
    await zhou.hears("感谢您的来电")
    assert (await zhou.record())["rating"] == 2


async def test_nobody_is_asked_again_within_days(town: Town) -> None:
    wang = await town.operator(WANG)
    await (await talks(town, "+862000000016", wang)).is_hung_up_on()
    await wang.finishes()
    again = await talks(town, "+862000000016", wang)
    await again.hears("感谢您的来电")
    assert not any("请您评价" in words for words in await again.everything_heard())


async def test_a_key_that_means_nothing_is_no_rating(town: Town) -> None:
    wang = await town.operator(WANG)
    caller = await talks(town, "+862000000017", wang)
    await caller.hears("请您评价本次服务")
    await caller.presses("9")
    await caller.hears("感谢您的来电")
    assert (await caller.record())["rating"] is None
