"""What callers of other hotlines complain of, where it takes a whole call to show; the rest is in tests/acd."""

from tests.cast import MAYOR, WANG, ZHOU
from tests.town import Town


async def test_a_caller_who_presses_nothing_talks_with_an_operator(town: Town) -> None:
    """36: the elderly are lost in menus."""
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await zhou.is_in_the_room()
    heard = " ".join(await zhou.everything_heard())
    assert "请按" not in heard and "按键" not in heard
