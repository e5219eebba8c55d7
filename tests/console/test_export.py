"""Calls taken away as a file: what is in it, who may have it, and that it gets made whatever happens."""

import asyncio
import csv
import io
import re
import time
import zipfile
from pathlib import Path

import pytest

from ivr import acd, audit, exports, privacy
from ivr.acd import Outcome, Word
from ivr.acd import exports as turns
from ivr.errors import Conflict, Forbidden, Invalid, NotFound
from ivr.exports import Export, State, Wish
from ivr.hotline import Hotline
from ivr.records import Sought
from ivr.roles import Person, Role
from ivr.tables import CsvTable, XlsxTable
from ivr.titles import OUTCOMES
from tests.acd.people import dials, lines_up, sid_of
from tests.cast import MAYOR, OFFICE, SECRETARY, SUPERVISOR, WANG
from tests.conftest import Clock
from tests.town import Town, secret_of, until

CHIEF = Person("nanning", SUPERVISOR, Role.SUPERVISOR)
SECRETARYS_OFFICE = Person("nanning", OFFICE, Role.OFFICE, lines=(SECRETARY,))


@pytest.fixture
async def hotline(hotline: Hotline, tmp_path: Path) -> Hotline:
    """With a folder of its own for files."""
    hotline.settings = hotline.settings.model_copy(update={"hotline_data_dir": tmp_path})
    return hotline


async def calls(hotline: Hotline, many: int) -> None:
    for n in range(1, many + 1):
        await dials(hotline, n)
        await acd.hang_up(hotline, sid_of(n), by="caller")


async def made(hotline: Hotline, person: Person = CHIEF, **wish: object) -> Export:
    asked = await exports.begin(hotline, person, Wish.model_validate(wish))
    assert await exports.work(hotline)
    return await exports.show(hotline, person, asked.id)


async def rows(hotline: Hotline, export: Export, person: Person = CHIEF) -> list[dict[str, str]]:
    text = (await exports.fetch(hotline, person, export.id)).read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


async def test_a_file_has_every_call_of_the_search_and_the_mark_of_who_took_it(hotline: Hotline) -> None:
    await calls(hotline, 3)
    export = await made(hotline, sought={"line": MAYOR})
    assert (export.state, export.percent, export.rows) == (State.DONE, 100, 3)
    found = await rows(hotline, export)
    assert [row["通话编号"] for row in found] == [sid_of(3), sid_of(2), sid_of(1)]
    assert (found[0]["公布号码"], found[0]["职务"]) == ("0771 00000002", "南宁市市长")
    assert (found[0]["结果"], found[0]["来电时间"]) == ("问候时挂机", "2026-11-23 10:00:00")
    assert {row["导出人和时间"] for row in found} == {f"{SUPERVISOR} 2026-11-23 10:00"}


async def test_callers_are_masked_unless_somebody_may_and_says_why(hotline: Hotline) -> None:
    await calls(hotline, 2)
    await privacy.seal(hotline, CHIEF, sid_of(2))
    assert [row["来电人"] for row in await rows(hotline, await made(hotline))] == ["已保密", "020****0001"]
    with pytest.raises(Invalid, match="理由"):
        await made(hotline, identity=True)
    whole = await made(hotline, identity=True, reason="纪委来函，核查十一月的来电")
    assert [row["来电人"] for row in await rows(hotline, whole)] == ["已保密", "020 00000001"]
    with pytest.raises(Forbidden, match="完整号码"):
        await made(hotline, SECRETARYS_OFFICE, identity=True, reason="想知道是谁")


async def test_an_export_and_its_fetching_are_in_the_audit_without_the_number_searched_for(
    hotline: Hotline,
) -> None:
    await calls(hotline, 1)
    export = await made(hotline, identity=True, reason="统计核对", sought={"caller": "+862000000001"})
    await exports.fetch(hotline, CHIEF, export.id)
    fetched, asked = (await audit.search(hotline, audit.Sought(act="export"))).entries
    assert (asked.who, asked.why, asked.about) == (
        SUPERVISOR, "统计核对", f"{export.id} csv 完整号码 caller=+86 20****0001"
    )  # fmt: skip
    assert fetched.about == f"{export.id} 下载"


async def test_an_office_exports_the_calls_of_its_own_numbers_only(hotline: Hotline) -> None:
    await calls(hotline, 2)
    await acd.arrive(hotline, sid_of(7), line=SECRETARY, caller="", is_open=True)
    export = await made(hotline, SECRETARYS_OFFICE)
    found = await rows(hotline, export, SECRETARYS_OFFICE)
    assert [row["通话编号"] for row in found] == [sid_of(7)]
    assert found[0]["结果"] == "未结束"


async def test_only_whoever_asked_for_it_may_have_it_and_only_when_it_is_done(hotline: Hotline) -> None:
    await calls(hotline, 1)
    asked = await exports.begin(hotline, CHIEF, Wish())
    with pytest.raises(Conflict, match="还没有完成"):
        await exports.fetch(hotline, CHIEF, asked.id)
    await exports.work(hotline)
    another = Person("nanning", "9011", Role.ADMIN)
    with pytest.raises(NotFound):
        await exports.fetch(hotline, another, asked.id)
    assert await exports.mine(hotline, another) == []
    assert [one.id for one in await exports.mine(hotline, CHIEF)] == [asked.id]


async def test_an_export_of_a_worker_that_died_is_made_anew_by_another(
    hotline: Hotline, clock: Clock
) -> None:
    await calls(hotline, 2)
    asked = await exports.begin(hotline, CHIEF, Wish())
    dead = await turns.take(hotline, lease_ms=exports.LEASE_MS)
    assert not await exports.work(hotline), "somebody works on it"
    clock.passes(16)
    assert await exports.work(hotline)
    assert (await exports.show(hotline, CHIEF, asked.id)).state is State.DONE
    assert await turns.keep(hotline, dead, done=1, lease_ms=exports.LEASE_MS) is Word.GONE
    assert await turns.end(hotline, dead, state=State.FAILED) is Word.GONE


async def test_an_export_that_kills_whoever_makes_it_fails_with_words(hotline: Hotline, clock: Clock) -> None:
    await calls(hotline, 1)
    asked = await exports.begin(hotline, CHIEF, Wish())
    for _ in range(exports.TURNS):
        await turns.take(hotline, lease_ms=exports.LEASE_MS)
        clock.passes(16)
    await exports.work(hotline)
    failed = await exports.show(hotline, CHIEF, asked.id)
    assert (failed.state, "再试一次" in failed.why) == (State.FAILED, True)
    assert not await exports.work(hotline)


async def test_of_many_workers_one_makes_it(hotline: Hotline) -> None:
    await calls(hotline, 1)
    await exports.begin(hotline, CHIEF, Wish())
    assert sorted(await asyncio.gather(*(exports.work(hotline) for _ in range(6)))) == [False] * 5 + [True]


async def test_a_disk_that_cannot_be_written_is_said(hotline: Hotline, tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file where the folder should be")
    failed = await made(hotline)
    assert failed.state is State.FAILED
    assert "请管理员检查磁盘" in failed.why


async def test_a_file_goes_when_its_day_is_over(hotline: Hotline) -> None:
    export = await made(hotline)
    path = await exports.fetch(hotline, CHIEF, export.id)
    await exports.sweep(hotline)
    assert path.exists()
    await hotline.store.ask("DEL", hotline.key("export", export.id))
    await exports.sweep(hotline)
    assert not path.exists()


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_ever_a_formula(tmp_path: Path, begins: str) -> None:
    evil = begins + 'HYPERLINK("http://example.com")'
    for kind, name in ((CsvTable, "a.csv"), (XlsxTable, "a.xlsx")):
        table = kind(tmp_path / name, ("单位",), "9010")
        table.add([[evil, 1.5, None]])
        table.close()
    [_, row] = csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines())
    assert row[0].startswith("'")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert "&amp;C9010" in sheet or "&C9010" in sheet


async def test_a_workbook_has_the_same_rows(hotline: Hotline) -> None:
    await calls(hotline, 2)
    export = await made(hotline, format="xlsx")
    with zipfile.ZipFile(await exports.fetch(hotline, CHIEF, export.id)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert len(re.findall("<row ", sheet)) == 3
    assert sid_of(1) in sheet and "020****0001" in sheet


async def test_calls_go_on_while_a_great_export_is_made(hotline: Hotline) -> None:
    """At no time does the export keep the loop from anybody else for longer than a tenth of a second of computing."""
    await calls(hotline, 1)
    [record] = (await privacy.search(hotline, CHIEF, Sought())).calls
    stored = await hotline.store.ask("HGETALL", hotline.key("call", record.sid))
    fields = [part for pair in stored.items() for part in pair]
    many = [sid_of(n) for n in range(2, 4000)]
    await hotline.store.each(*(("HSET", hotline.key("call", sid), *fields) for sid in many))
    await hotline.store.ask(
        "ZADD", hotline.key("calls"), *(part for sid in many for part in (stored["arrived"], sid))
    )
    asked = await exports.begin(hotline, CHIEF, Wish(format="xlsx"))
    making = asyncio.create_task(exports.work(hotline))
    slowest, seen = 0.0, set()
    while not making.done():
        before = time.thread_time()
        await asyncio.sleep(0.005)
        slowest = max(slowest, time.thread_time() - before)
        seen.add((await exports.show(hotline, CHIEF, asked.id)).percent)
    assert (await exports.show(hotline, CHIEF, asked.id)).rows == 3999
    assert len(seen) > 5, "the progress is seen"
    assert slowest < 0.1


def test_every_outcome_has_its_title() -> None:
    assert set(OUTCOMES) == set(Outcome)


async def test_over_the_api_a_supervisor_gets_a_file_and_an_operator_none(town: Town) -> None:
    qian = await town.caller("+862000000002").dials(MAYOR)
    await qian.hears("欢迎")
    await qian.hangs_up()
    await qian.record()
    token = f"ztc_nanning_{secret_of(SUPERVISOR)}"
    wish = {"format": "csv", "sought": {"line": MAYOR}}
    refused = f"ztc_nanning_{secret_of(WANG)}"
    await town.ask("POST", "/api/nanning/exports", token=refused, expect=403, json=wish)
    asked = await town.ask("POST", "/api/nanning/exports", token=token, expect=202, json=wish)

    async def done() -> bool:
        path = f"/api/nanning/exports/{asked['id']}"
        return bool((await town.ask("GET", path, token=token))["state"] == "done")

    await until(done, "the export is done")
    listed = await town.ask("GET", "/api/nanning/exports", token=token)
    assert listed[0]["id"] == asked["id"]


async def test_a_caller_in_line_is_in_the_file_as_not_over(hotline: Hotline) -> None:
    await lines_up(hotline, 1)
    assert [row["结果"] for row in await rows(hotline, await made(hotline))] == ["未结束"]
