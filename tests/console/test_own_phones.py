"""An official's own phone is nobody's to see: it stands in no answer of the API and on no page, whoever asks."""

import asyncio
import re
from collections.abc import Iterator

import aiohttp
import pytest

from ivr.directory import spaced
from routes.menu import MENU
from tests.cast import EDUCATION, EDUCATION_DUTY, EDUCATION_PHONE
from tests.story.rules import row
from tests.town import Town, secret_of, until
from tests.voice.carrier_words import form_of, post

STREAMS = ("events", "stream")  # these do not end
FILLED = re.compile(r"\{(\w+)\}")
NEW_PHONE = "+8615400000777"
EVERYBODY = ["8000", "8010", "8030", "8001"]  # administrator, supervisor, an office, an operator


@pytest.mark.parametrize("number", EVERYBODY)
async def test_no_page_and_no_answer_shows_an_officials_own_phone(town: Town, number: str) -> None:
    """Every page of the menu, every list of the API, and everything that there is about one number and one call."""
    shapes = own_phones(town)
    sid = await a_missed_call(town, f"+861540000{number}")
    seen: list[str] = []
    async with aiohttp.ClientSession(town.url, headers=bearing(number)) as http:
        async with http.get("/openapi.json") as answer:
            routes = (await answer.json())["paths"]
        for path in [*_readable(routes, sid), *(entry.path for entry in MENU), *_more(sid)]:
            async with asyncio.timeout(20), http.get(path) as answer:
                text = await answer.text()
            assert answer.status < 500, path
            seen += [path] * (answer.status == 200)
            assert not {shape for shape in shapes if shape in text}, path
    assert len(seen) > 10, "most of what there is can be read by somebody"
    assert number != "8000" or any(EDUCATION in path for path in seen), "numbers are read one by one too"


async def test_no_document_names_the_phone_to_anybody_but_the_carrier_who_rings_it(town: Town) -> None:
    """Of all that the caller, the duty office and the official are told, one document holds the phone: the Dial."""
    await town.phone(EDUCATION_PHONE, "busy")
    await town.phone(EDUCATION_DUTY, "answers_and_presses_1", after_seconds=1)
    script = [{"when": "转值班电话请按 1", "press": "1"}]
    wu = await town.caller("+8615400008901").dials(EDUCATION, script=script)
    await wu.hears(f"talking with {EDUCATION_DUTY}")
    await wu.hangs_up()
    said = " ".join(item["text"] or "" for item in (await wu.call())["heard"] if item["kind"] == "say")
    assert not {shape for shape in own_phones(town) if shape in said}
    duty = await post(
        f"{town.url}/voice/bozhou/official/whisper?call={wu.sid}&line=%2B{EDUCATION[1:]}&whom=duty",
        form_of("CA" + "d" * 32, to=EDUCATION_DUTY),
    )
    assert duty.status == 200
    assert not {shape for shape in own_phones(town) if shape in duty.text}


async def test_an_export_of_calls_has_no_own_phone_in_it(town: Town) -> None:
    sid = await a_missed_call(town, "+8615400008902")
    token = f"ztc_bozhou_{secret_of('8010')}"
    wish = {"format": "csv", "identity": True, "reason": "回访统计"}
    made = await town.ask("POST", "/api/bozhou/exports", token=token, expect=202, json=wish)

    async def is_done() -> bool:
        listed = await town.ask("GET", "/api/bozhou/exports", token=token)
        return any(one["id"] == made["id"] and one["state"] == "done" for one in listed)

    await until(is_done, "the export is made")
    async with aiohttp.ClientSession(town.url, headers=bearing("8010")) as http:
        async with http.get(f"/api/bozhou/exports/{made['id']}/file") as answer:
            text = await answer.text()
    assert sid in text
    assert not {shape for shape in own_phones(town) if shape in text}


async def test_a_change_of_an_own_phone_is_shown_without_it(town: Town) -> None:
    """Among the editions it says that the phone changed, and neither from what nor to what."""
    shapes = own_phones(town) | {NEW_PHONE, NEW_PHONE[3:], spaced(NEW_PHONE)}
    async with row(town, EDUCATION, own_phone=NEW_PHONE):
        async with aiohttp.ClientSession(town.url, headers=bearing("8000")) as http:
            for path in ("/admin/editions", "/api/bozhou/editions"):
                async with http.get(path) as answer:
                    text = await answer.text()
                assert "154****0777" in text, path
                assert not {shape for shape in shapes if shape in text}, path


def own_phones(town: Town) -> set[str]:
    """Every own and second phone of Bozhou, as it may be spelt."""
    lines = town.hotline("bozhou").handbook.directory.lines
    secret = {phone for line in lines for phone in (line.own_phone, line.second_phone) if phone}
    assert len(secret) > 80
    return {shape for phone in secret for shape in (phone, phone[3:], spaced(phone), spaced(phone)[4:])}


async def a_missed_call(town: Town, mobile: str) -> str:
    """The official did not come to the phone, a text was sent, a promise made."""
    await town.phone(EDUCATION_PHONE, "busy")
    wu = await town.caller(mobile).dials(EDUCATION)
    await wu.hears("请查看手机短信")
    await wu.hangs_up()
    await wu.record("bozhou")
    return wu.sid


def bearing(number: str) -> dict[str, str]:
    return {"Authorization": f"Bearer ztc_bozhou_{secret_of(number)}"}


def _readable(routes: dict[str, dict[str, object]], sid: str) -> Iterator[str]:
    """Every GET of the API whose parts we know: the hotline, a number, a call."""
    known = {"hotline": "bozhou", "number": EDUCATION, "sid": sid, "operator": "8001", "id": "8001"}
    for path, acts in routes.items():
        if "get" in acts and not path.endswith(STREAMS) and set(FILLED.findall(path)) <= known.keys():
            yield FILLED.sub(lambda part: known[part[1]], path)


def _more(sid: str) -> list[str]:
    sections = (
        "prompts",
        "numbers",
        f"numbers/{EDUCATION}",
        "hours",
        "queues",
        "staff",
        "settings",
        "editions",
    )
    return [
        *(f"/admin/{name}" for name in sections),
        "/absences",
        "/promises",
        f"/promises?line=%2B{EDUCATION[1:]}",
        f"/calls/{sid}",
        f"/blocks/{sid}",
        f"/probes/{EDUCATION}",
        "/published/bozhou",
        "/published/bozhou.json",
    ]
