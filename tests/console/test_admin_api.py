"""管理 as a program sees it: what a page of it can do, its API does by the same addresses."""

import aiohttp
import pytest

from tests.cast import ADMIN, MAYOR, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.domain.test_drafts import tone
from tests.town import Town, secret_of, until

GREETING = "/api/nanning/prompts/greeting"
NEW = "您好，这里是南宁直通车。"


async def as_admin(
    town: Town, method: str, path: str, *, expect: int = 200, **body: object
) -> dict[str, object]:
    found: dict[str, object] = await town.ask(
        method, path, token=town.admin_token(), expect=expect, **({"json": body} if body else {})
    )
    return found


async def newest(town: Town) -> int:
    listed = await town.ask("GET", "/api/nanning/editions", token=town.admin_token())
    return int(listed[0]["number"])


async def back_to(town: Town, edition: int) -> None:
    await as_admin(town, "POST", f"/api/nanning/editions/{edition}/restoration")


async def test_a_prompt_is_changed_heard_by_the_next_caller_and_changed_back(town: Town) -> None:
    before = await newest(town)
    seen = await as_admin(town, "GET", GREETING)
    await as_admin(town, "PUT", GREETING, text=NEW, basis=seen["basis"])
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears(NEW)
    await zhou.hangs_up()
    refused = await as_admin(town, "PUT", GREETING, expect=409, text="另一句。", basis=seen["basis"])
    assert "别人改过" in str(refused["detail"])
    await back_to(town, before)
    again = await town.caller(ZHOU).dials(MAYOR)
    await again.hears(str(seen["text"]))


async def test_a_refusal_names_the_field(town: Town) -> None:
    refused = await as_admin(town, "PUT", GREETING, expect=422, text="您好{nobody}")
    assert "变量 {nobody}" in str(refused["fields"])
    refused = await as_admin(town, "PUT", GREETING, expect=422, text=5)
    assert "text" in str(refused["fields"])


async def test_a_recording_is_kept_and_played_to_the_next_caller(town: Town) -> None:
    before = await newest(town)
    kept = await town.ask(
        "POST", "/api/nanning/recordings", token=town.admin_token(), data=tone(440, rate=16000)
    )
    assert kept["seconds"] == pytest.approx(0.5, abs=0.01)
    async with aiohttp.ClientSession() as http, http.get(town.url + kept["url"]) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/wav")
        assert "immutable" in answer.headers["Cache-Control"]
    await as_admin(town, "PUT", GREETING, text=NEW, audio=kept["audio"])
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears(kept["audio"])
    await zhou.hangs_up()
    await back_to(town, before)


async def test_what_is_no_recording_is_refused_in_words(town: Town) -> None:
    refused = await town.ask(
        "POST", "/api/nanning/recordings", token=town.admin_token(), expect=422, data=b"ID3 not a wav"
    )
    assert "不是能用的 WAV 录音" in refused["detail"]


async def test_a_draft_with_a_time_is_heard_from_then_on(town: Town) -> None:
    before = await newest(town)
    at = town.hotline().moment().isoformat()
    refused = await as_admin(town, "PUT", GREETING + "/draft", expect=422, text=NEW, publish_at=at)
    assert "publish_at" in str(refused["fields"])
    later = town.hotline().moment().timestamp() + 60
    await as_admin(town, "PUT", GREETING + "/draft", text=NEW, publish_at=later)
    await town.passes(61)

    async def published() -> bool:
        return (await as_admin(town, "GET", GREETING))["text"] == NEW

    await until(published, "the draft is published")
    await back_to(town, before)


async def test_only_admins_come_in(town: Town) -> None:
    async with Visitor(town) as wang, Visitor(town) as admin:
        await wang.signs_in(WANG)
        await admin.signs_in(ADMIN)
        assert "/admin" not in (await wang.goes("GET", "/calls")).text
        assert '<a href="/admin"' in (await admin.goes("GET", "/calls")).text
        for path in ("/admin/prompts", "/admin/prompts/greeting", "/admin/editions"):
            assert (await wang.goes("GET", path)).status == 403
            assert (await admin.goes("GET", path)).status == 200
    token = f"ztc_nanning_{secret_of(WANG)}"
    await town.ask("PUT", GREETING, token=token, expect=403, json={"text": NEW})
