"""Which way a call to a post goes, by the rules, the hour and the date; and what the carrier is asked for."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from ivr import arrival, direct_flow, post_phones
from ivr.acd import Whom, direct
from ivr.call import Call
from ivr.directory import Directory, Line
from ivr.errors import Invalid
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from ivr.profile import Profile
from ivr.records import read
from ivr.twiml import render
from tests.acd.people import sid_of
from tests.cast import MAYOR, ZHOU
from tests.conftest import Clock
from tests.voice.carrier_words import form_of

OWN, SECOND, DUTY = "+8615400000102", "+8615400000302", "+8677100000502"
DAY = 86_400.0
TRUNK = "BY" + "0" * 32


@pytest.fixture(autouse=True)
def _mayor_in_person(hotline: Hotline) -> None:
    row(hotline, mode="direct", own_phone=OWN, duty_office="市政府", duty_phone=DUTY)


def row(hotline: Hotline, **changed: object) -> None:
    """The mayor's row of the directory, with these columns changed."""
    lines = [
        Line.model_validate({**line.model_dump(), **changed}) if line.number == MAYOR else line
        for line in hotline.handbook.directory.lines
    ]
    hotline.handbook = replace(hotline.handbook, directory=Directory(lines))


def rules(hotline: Hotline, **changed: object) -> None:
    """The section [direct], with these fields changed."""
    stored = hotline.handbook.profile.model_dump()
    profile = Profile.model_validate({**stored, "direct": {**stored["direct"], **changed}})
    hotline.handbook = replace(hotline.handbook, profile=profile)


async def dials(hotline: Hotline, n: int = 1) -> str:
    """Somebody dials the mayor; where the call goes after the first words."""
    reply = await arrival.answer(hotline, call_of(n))
    found = ElementTree.fromstring(render(reply)).find("Redirect")
    assert found is not None and found.text
    return found.text.partition("?")[0]


async def rings(hotline: Hotline, n: int = 1, **query: str) -> ElementTree.Element:
    """The document in which the official's phone is rung."""
    await dials(hotline, n)
    reply = await direct_flow.ring_official(hotline, call_of(n, line=MAYOR, **query))
    return ElementTree.fromstring(render(reply))


def call_of(n: int, **query: str) -> Call:
    return Call(sid_of(n), form_of(sid_of(n), to=MAYOR, caller=ZHOU), query)


def comes(clock: Clock, hotline: Hotline, text: str) -> None:
    """This moment of the city's time."""
    moment = datetime.fromisoformat(text).replace(tzinfo=hotline.timezone).astimezone(UTC)
    clock.now = int(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("when", "goes"),
    [
        ("2026-11-23 08:00", "ring_official"),  # a Monday
        ("2026-11-23 11:59", "ring_official"),
        ("2026-11-23 12:00", "wait"),
        ("2026-11-23 18:00", "wait"),
        ("2026-11-23 21:59", "wait"),
        ("2026-11-23 22:00", "ring_official"),
        ("2026-11-23 23:59", "ring_official"),
        ("2026-11-24 00:00", "wait"),
        ("2026-11-28 10:00", "wait"),  # a Saturday
    ],
)
async def test_a_post_answers_in_person_in_its_hours_and_operators_do_in_all_others(
    hotline: Hotline, clock: Clock, when: str, goes: str
) -> None:
    row(hotline, mode="hours", direct_hours="08:00-12:00 22:00-24:00")
    hotline.handbook = all_day(hotline.handbook)
    comes(clock, hotline, when)
    assert await dials(hotline) == goes


async def test_in_quiet_hours_the_own_phone_is_not_rung_and_the_row_says_which(
    hotline: Hotline, clock: Clock
) -> None:
    rules(hotline, quiet=(("09:00", "11:00"),))
    assert (await rings(hotline)).find("Dial") is None, "at ten, by the rules of all"
    row(hotline, quiet="13:00-14:00")
    assert (await rings(hotline, 2)).find("Dial") is not None, "at ten, by its own"
    clock.passes(3.5 * 3600)
    assert (await rings(hotline, 3)).find("Dial") is None, "at half past one"
    told = await direct.reason(hotline, sid_of(3))
    assert told.why == "quiet"


async def test_the_record_names_who_held_the_post_when_the_call_came(hotline: Hotline, clock: Clock) -> None:
    row(hotline, holders="2022-02-08 第1任；2026-12-01 第2任")
    await dials(hotline, 1)
    clock.passes(8 * DAY)
    await dials(hotline, 2)
    assert [(await read(hotline, sid_of(n))).holder for n in (1, 2)] == ["第1任", "第2任"]


async def test_a_phone_is_dialled_by_the_carrier_by_the_citys_trunk_or_by_sip(hotline: Hotline) -> None:
    (plain,) = (await rings(hotline)).findall("Dial/Number")
    assert (plain.text, plain.get("byoc")) == (OWN, None)
    rules(hotline, trunk="byoc", byoc=TRUNK)
    (over,) = (await rings(hotline, 2)).findall("Dial/Number")
    assert (over.text, over.get("byoc")) == (OWN, TRUNK)
    rules(hotline, trunk="sip", sip_domain="trunk.nanning.example:5061")
    (sip,) = (await rings(hotline, 3)).findall("Dial/Sip")
    assert sip.text == f"sip:{OWN}@trunk.nanning.example:5061"
    row(hotline, own_phone="sip:mayor@pbx.nanning.example")
    (own,) = (await rings(hotline, 4)).findall("Dial/Sip")
    assert own.text == "sip:mayor@pbx.nanning.example", "an address of its own needs no trunk"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"trunk": "byoc"}, "BY 开头的编号"), ({"trunk": "sip"}, "本市中继的域名"), ({"byoc": "BY1"}, "byoc")],
)
def test_a_trunk_that_cannot_be_used_is_refused_when_it_is_saved(
    hotline: Hotline, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises((Invalid, ValueError), match=says):
        rules(hotline, **wrong)


async def test_a_phone_rings_as_long_as_its_row_says_or_else_as_all_do(hotline: Hotline) -> None:
    assert [dial.get("timeout") for dial in (await rings(hotline)).findall("Dial")] == ["25"]
    row(hotline, ring_seconds=10)
    assert [dial.get("timeout") for dial in (await rings(hotline, 2)).findall("Dial")] == ["10"]


async def test_the_phone_shows_the_number_that_was_dialled_or_the_hotlines_choice(hotline: Hotline) -> None:
    assert [dial.get("callerId") for dial in (await rings(hotline)).findall("Dial")] == [MAYOR]
    rules(hotline, shown_number="+8677100009000")
    assert [dial.get("callerId") for dial in (await rings(hotline, 2)).findall("Dial")] == ["+8677100009000"]


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        ("busy", "486", "busy"),
        ("busy", "600", "busy"),
        ("busy", "603", "declined"),
        ("busy", "", "busy"),
        ("no-answer", "480", "off"),
        ("no-answer", "487", "no_answer"),
        ("no-answer", "", "no_answer"),
        ("failed", "404", "invalid"),
        ("failed", "484", "invalid"),
        ("failed", "604", "invalid"),
        ("failed", "503", "failed"),
        ("failed", "", "failed"),
        ("completed", "200", "no_answer"),  # a machine, or nobody pressed a key
        ("canceled", "487", "no_answer"),
        ("", "", "failed"),
        ("a status of next year", "", "failed"),
    ],
)
async def test_whatever_the_carrier_says_has_its_word_and_the_word_its_sentence(
    hotline: Hotline, status: str, code: str, why: str
) -> None:
    form = {"DialCallStatus": status, "DialSipResponseCode": code}
    assert post_phones.why_nobody_came(form, "DialSipResponseCode") == why
    await rings(hotline)
    await direct.rang(hotline, sid_of(1), whom=Whom.OWN, why=why, who="official", then=None)
    told = render(await direct_flow.official_unavailable(hotline, call_of(1, line=MAYOR))).decode()
    assert hotline.handbook.prompts.say(f"official_{why}").text in told
    assert "转值班电话请按 1" in told


def all_day(handbook: Handbook) -> Handbook:
    """Operators at every hour, so that the hour only decides between them and the post."""
    return replace(handbook, override="open")
