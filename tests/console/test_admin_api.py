"""管理 as a program sees it: what a page of it can do, its API does by the same addresses."""

from typing import Any

import aiohttp
import pytest

from tests.cast import ADMIN, EDUCATION, MAYOR, SECRETARY, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.console.editions import back_to, newest
from tests.sounds import tone
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


async def test_the_music_is_fetched_once_an_hour_and_what_is_not_there_is_not_kept(town: Town) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(town.url + "/audio/waiting.wav") as music:
            assert (music.status, music.headers["Cache-Control"]) == (200, "public, max-age=3600")
        async with http.get(town.url + "/audio/nothing.wav") as nothing:
            assert (nothing.status, nothing.headers.get("Cache-Control")) == (404, None)


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


async def test_a_withdrawn_number_is_told_so_counted_and_no_longer_published(town: Town) -> None:
    before = await newest(town)
    ledger = f"/api/nanning/ledger/{MAYOR}"
    seen = await as_admin(town, "GET", ledger)
    today = town.hotline().moment().date().isoformat()
    row = await as_admin(
        town, "POST", ledger + "/withdrawal", on=today, replaced_by=SECRETARY, basis=seen["basis"]
    )
    assert row["is_withdrawn"] is True
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("请改拨：零七七一，零零零零，零零零一")
    await zhou.is_hung_up_on()
    record = await zhou.record()
    assert (record["outcome"], record["line"]) == ("withdrawn", MAYOR)
    assert MAYOR not in str(await published(town))
    goes = await as_admin(town, "GET", f"/api/nanning/destination?number={MAYOR.replace('+', '%2B')}")
    assert goes["where"] == "withdrawn"
    await as_admin(town, "POST", ledger + "/announcement", on=today, channel="市政府网站")
    await as_admin(town, "DELETE", ledger + "/withdrawal")
    again = await town.caller(ZHOU).dials(MAYOR)
    await again.hears("欢迎")
    await again.hangs_up()
    assert MAYOR in str(await published(town))
    await back_to(town, before)


async def published(town: Town) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(town.url + "/published/nanning.json") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
        return dict(await answer.json())


async def test_anybody_reads_the_published_list_and_nothing_else_of_it(town: Town) -> None:
    listed = await published(town)
    one = listed["numbers"][0]
    assert set(one) == {"number", "post", "unit", "area", "whose", "published_on"}
    async with Visitor(town) as anybody:
        page = await anybody.goes("GET", "/published/nanning")
        assert (page.status, "南宁市市长" in page.text) == (200, True)
        assert (await anybody.goes("GET", "/published/nowhere")).status == 404


async def test_a_number_is_added_altered_and_both_are_checked(town: Town) -> None:
    before = await newest(town)
    fields = {"number": "+86 771 00000098", "post": "市数据局局长", "unit": "市数据局", "area": "南宁市本级"}
    refused = await as_admin(town, "POST", "/api/nanning/ledger", expect=422, fields=fields)
    assert refused["fields"] == {"published_on": "缺少这一项，请补上"}
    added = await as_admin(
        town, "POST", "/api/nanning/ledger", fields=fields | {"published_on": "2026-11-24"}
    )
    number = "/api/nanning/ledger/+8677100000098"
    altered = await as_admin(town, "PUT", number, fields={"priority": 3}, basis=added["basis"])
    assert "'priority': 3" in str(altered["line"])
    await as_admin(town, "PUT", number, expect=409, fields={"priority": 4}, basis=added["basis"])
    assert len(await town.ask("GET", "/api/nanning/ledger", token=town.admin_token())) == 47
    await back_to(town, before)


async def test_a_posts_own_phone_is_masked_in_the_ledger_and_on_its_page(town: Town) -> None:
    before = await newest(town)
    own = "+8615400000101"
    row = await as_admin(
        town, "PUT", f"/api/nanning/ledger/{MAYOR}", fields={"mode": "direct", "own_phone": own}
    )
    assert own not in str(row)
    async with Visitor(town) as admin:
        await admin.signs_in(ADMIN)
        for path in (f"/admin/numbers/{MAYOR}", "/admin/numbers", "/admin/editions", "/published/nanning"):
            page = await admin.goes("GET", path)
            assert (page.status, own in page.text) == (200, False), path
        for path in ("/api/nanning/ledger", "/api/nanning/editions", "/published/nanning.json"):
            assert own not in (await admin.goes("GET", path)).text, path
    await back_to(town, before)


async def test_settings_queues_and_staff_are_kept_by_the_same_addresses(town: Town) -> None:
    before = await newest(town)
    rules = await as_admin(town, "GET", "/api/nanning/profile/queue")
    changed = await as_admin(
        town, "PUT", "/api/nanning/profile/queue", fields={"ring_seconds": 26}, basis=rules["basis"]
    )
    assert "'ring_seconds': 26" in str(changed["fields"])
    await as_admin(
        town,
        "PUT",
        "/api/nanning/profile/queue",
        expect=409,
        fields={"ring_seconds": 27},
        basis=rules["basis"],
    )
    refused = await as_admin(
        town, "PUT", "/api/nanning/profile/queue", expect=422, fields={"ring_seconds": 1}
    )
    assert refused["fields"] == {"queue.ring_seconds": "不能小于 5（现在是 1）"}
    queues = await town.ask("GET", "/api/nanning/queues", token=town.admin_token())
    assert [one["name"] for one in queues] == ["main"]
    assert WANG in queues[0]["able"]

    made = await as_admin(town, "POST", "/api/nanning/staff", id="9079", skills="税务")
    account = await as_admin(town, "GET", "/api/nanning/staff/9079")
    assert made["account"] == account
    assert str(made["password"]) not in str(account)
    await as_admin(town, "PUT", "/api/nanning/staff/9079", role="supervisor", basis=account["basis"])
    await as_admin(town, "DELETE", "/api/nanning/staff/9079")
    await as_admin(town, "GET", "/api/nanning/staff/9079", expect=404)
    await back_to(town, before)


async def test_only_admins_come_in(town: Town) -> None:
    async with Visitor(town) as wang, Visitor(town) as admin:
        await wang.signs_in(WANG)
        await admin.signs_in(ADMIN)
        assert "/admin" not in (await wang.goes("GET", "/calls")).text
        assert '<a href="/admin"' in (await admin.goes("GET", "/calls")).text
        for path in (
            "/admin/prompts",
            "/admin/prompts/greeting",
            "/admin/editions",
            "/admin/numbers",
            "/admin/numbers/new",
        ):
            assert (await wang.goes("GET", path)).status == 403
            assert (await admin.goes("GET", path)).status == 200
    token = f"ztc_nanning_{secret_of(WANG)}"
    await town.ask("PUT", GREETING, token=token, expect=403, json={"text": NEW})


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("会后联系您，请拨{telephone}。", "变量只能是"),
        ("会后联系您，请拨{duty_office}{duty_phone}。", "两个变量紧挨着"),
        ("【市政府】会后联系您。", "签名【】由系统加在最前"),
        ("会后联系您，详见 https://example.org 。", "请删去网址"),
        ("{post}", "至少要有四个字"),
        ("会后联系您。" * 100, "请缩短"),
    ],
)
async def test_a_text_that_no_network_would_pass_is_refused_when_it_is_saved(
    town: Town, template: str, says: str
) -> None:
    token = town.admin_token("bozhou")
    fields = {"fields": {"text": template}}
    refused = await town.ask("PUT", f"/api/bozhou/ledger/{EDUCATION}", token=token, expect=422, json=fields)
    assert says in str(refused)
