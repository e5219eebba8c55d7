"""What callers and operators hear when our side fails: words, the same step again, and an end to it."""

from xml.etree import ElementTree

import pytest

from ivr import call_flow, operator_flow
from ivr.call import Call
from ivr.hotline import Hotline
from ivr.twiml import Step, render

SID = "CA" + "0" * 32


def said(hotline: Hotline, step: Step, query: dict[str, str]) -> list[tuple[str, str | None]]:
    reply = call_flow.apologise(hotline, step, Call(SID, {}, query))
    return [(verb.tag, verb.text) for verb in ElementTree.fromstring(render(reply))]


@pytest.mark.parametrize(
    ("step", "query", "again"),
    [
        (call_flow.wait, {}, "wait?again=1"),
        (call_flow.wait, {"again": "1"}, "wait?again=2"),
        (call_flow.thank, {"room": "r1"}, "thank?room=r1&again=1"),
        (operator_flow.join, {}, "join?again=1"),
        (call_flow.wait, {"again": "nonsense"}, "wait?again=1"),
    ],
)
async def test_the_same_step_is_tried_again_with_all_it_knew(
    hotline: Hotline, step: Step, query: dict[str, str], again: str
) -> None:
    spoken, redirect = said(hotline, step, query)
    assert "抱歉" in (spoken[1] or "")
    assert redirect == ("Redirect", again)


async def test_after_five_times_the_truth_is_told_and_the_call_ends(hotline: Hotline) -> None:
    verbs = said(hotline, call_flow.wait, {"again": "5"})
    assert [verb for verb, _ in verbs] == ["Say", "Hangup"]


async def test_a_hotline_with_an_emergency_number_rings_that_in_the_end(hotline: Hotline) -> None:
    known = hotline.handbook
    profile = known.profile.model_copy(update={"emergency_number": "+8677100012345"})
    hotline.handbook = type(known)(profile, known.directory, known.prompts, known.calendar, known.override)
    assert said(hotline, call_flow.wait, {"again": "5"}) == [("Dial", "+8677100012345")]
