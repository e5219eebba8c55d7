"""A caller's language: chosen during the greeting, remembered for a year, and never the withheld number's."""

from ivr import acd
from ivr.acd import Word, callers
from ivr.hotline import Hotline
from tests.acd.people import dials, lines_up, sid_of
from tests.acd.rules import rule
from tests.cast import MAYOR
from tests.conftest import Clock


async def test_a_language_is_chosen_once_and_only_during_the_greeting(hotline: Hotline) -> None:
    await rule(hotline, languages=1, language_queue__yue="yue")
    call = await dials(hotline, 1)
    assert await callers.speak(hotline, call, "yue") is Word.OK
    assert await callers.speak(hotline, call, "yue") is Word.ALREADY
    assert await hotline.store.ask("HGET", hotline.key("call", call), "queue") == "yue"
    waiting = await lines_up(hotline, 2)
    assert await callers.speak(hotline, waiting, "yue") is Word.GONE
    assert await callers.speak(hotline, sid_of(99), "yue") is Word.GONE


async def test_a_known_language_leads_to_its_queue_without_a_question(hotline: Hotline, clock: Clock) -> None:
    await rule(hotline, languages=1, language_queue__yue="yue")
    await callers.speak(hotline, await dials(hotline, 1), "yue")
    clock.passes(86400)
    again = await acd.arrive(hotline, sid_of(50), line=MAYOR, caller="+862000000001", is_open=True)
    repeated = await acd.arrive(hotline, sid_of(50), line=MAYOR, caller="+862000000001", is_open=True)
    other = await acd.arrive(hotline, sid_of(51), line=MAYOR, caller="+862000000002", is_open=True)
    assert [one.language for one in (again, repeated, other)] == ["yue", "yue", ""]
    assert await hotline.store.ask("HGET", hotline.key("call", sid_of(50)), "queue") == "yue"


async def test_a_withheld_number_has_no_language_of_its_own(hotline: Hotline) -> None:
    await rule(hotline, languages=1, language_queue__yue="yue")
    await acd.arrive(hotline, sid_of(1), line=MAYOR, caller="", is_open=True)
    assert await callers.speak(hotline, sid_of(1), "yue") is Word.OK
    second = await acd.arrive(hotline, sid_of(2), line=MAYOR, caller="", is_open=True)
    assert second.language == ""
