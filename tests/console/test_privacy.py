"""Who a caller is: masked for everybody, shown for a reason that stays, kept when the caller asks for it."""

import re

import aiohttp
import pytest
from multidict import CIMultiDict

from ivr import acd, audit, exports, privacy
from ivr.acd import Word
from ivr.errors import Conflict, Forbidden, Invalid, NotFound
from ivr.hotline import Hotline
from ivr.records import Sought
from ivr.roles import Person, Role
from tests.acd.people import dials, sid_of
from tests.cast import ADMIN, MAYOR, OFFICE, QIAN, SUPERVISOR, WANG, ZHOU
from tests.console.browserless import Visitor
from tests.town import Town, secret_of

OPERATOR = Person("nanning", WANG, Role.OPERATOR, where="203.0.113.9")
CHIEF = Person("nanning", SUPERVISOR, Role.SUPERVISOR)


async def rings(hotline: Hotline, caller: str = ZHOU) -> str:
    sid = sid_of(1)
    await acd.arrive(hotline, sid, line=MAYOR, caller=caller, is_open=True)
    return sid


async def noted(hotline: Hotline) -> list[tuple[str, str, str, str]]:
    entries = (await audit.search(hotline, audit.Sought())).entries
    return [(one.who, one.act, one.about, one.why) for one in entries]


async def test_a_number_is_shown_for_a_reason_and_the_audit_says_to_whom_and_why(hotline: Hotline) -> None:
    sid = await rings(hotline)
    shown = await privacy.reveal(hotline, OPERATOR, sid, "  通话中断，\n回拨  ")
    assert (shown.caller.replace(" ", ""), shown.seconds) == (ZHOU, 60)
    assert shown.mark.startswith(f"{WANG} 2026-11-23 10:00")
    assert await noted(hotline) == [(WANG, "reveal", sid, "通话中断， 回拨")]


@pytest.mark.parametrize("reason", ["", "   ", "看", "很" * 201])
async def test_without_a_reason_nothing_is_shown_and_nothing_written(hotline: Hotline, reason: str) -> None:
    sid = await rings(hotline)
    with pytest.raises(Invalid, match="理由"):
        await privacy.reveal(hotline, OPERATOR, sid, reason)
    assert await noted(hotline) == []


async def test_a_withheld_number_and_a_call_that_never_was_cannot_be_shown(hotline: Hotline) -> None:
    sid = await rings(hotline, caller="")
    with pytest.raises(Conflict, match="没有显示号码"):
        await privacy.reveal(hotline, OPERATOR, sid, "回拨来电人")
    with pytest.raises(NotFound):
        await privacy.reveal(hotline, OPERATOR, sid_of(9), "回拨来电人")
    assert await noted(hotline) == []


async def test_a_caller_who_asks_for_it_is_kept_from_operators_and_from_searches(hotline: Hotline) -> None:
    sid = await rings(hotline)
    assert await privacy.seal(hotline, OPERATOR, sid) is Word.OK
    assert await privacy.seal(hotline, OPERATOR, sid) is Word.ALREADY

    record = await privacy.read(hotline, CHIEF, sid)
    assert (record.sealed, record.caller) == (True, "已保密")
    with pytest.raises(Forbidden, match="保密"):
        await privacy.reveal(hotline, OPERATOR, sid, "想知道是谁")
    by_number = Sought(caller=ZHOU)
    assert (await privacy.search(hotline, OPERATOR, by_number)).calls == []
    assert [one.sid for one in (await privacy.search(hotline, CHIEF, by_number)).calls] == [sid]
    assert (await privacy.reveal(hotline, CHIEF, sid, "纪委来函核实")).sid == sid


async def test_a_seal_is_broken_by_a_supervisor_for_a_reason(hotline: Hotline) -> None:
    sid = await rings(hotline)
    await privacy.seal(hotline, OPERATOR, sid)
    with pytest.raises(Invalid, match="理由"):
        await privacy.unseal(hotline, CHIEF, sid, "")
    assert await privacy.unseal(hotline, CHIEF, sid, "误操作") is Word.OK
    assert (await privacy.read(hotline, OPERATOR, sid)).caller == "+86 20****0001"
    assert [act for _, act, _, _ in await noted(hotline)] == ["unseal", "seal"]
    with pytest.raises(NotFound):
        await privacy.seal(hotline, OPERATOR, sid_of(9))


async def test_whose_calls_somebody_looked_for_is_written_down_without_the_number(hotline: Hotline) -> None:
    await dials(hotline, 1)
    await privacy.search(hotline, OPERATOR, Sought(line=MAYOR))
    assert await noted(hotline) == []
    page = await privacy.search(hotline, OPERATOR, Sought(caller=ZHOU), limit=1)
    await privacy.search(hotline, OPERATOR, Sought(caller=ZHOU), limit=1, cursor=str(page.cursor or ""))
    assert await noted(hotline) == [(WANG, "search", "+86 20****0001", "")] * 2
    assert ZHOU not in str(await noted(hotline))


async def test_a_search_by_last_digits_takes_no_more_than_are_shown_and_the_audit_has_them(
    hotline: Hotline,
) -> None:
    sid = await rings(hotline)
    tail = Sought(caller=ZHOU[-4:])
    assert [one.sid for one in (await privacy.search(hotline, OPERATOR, tail)).calls] == [sid]
    assert await noted(hotline) == [(WANG, "search", f"****{ZHOU[-4:]}", "")]
    for more in (ZHOU[-5:], ZHOU[1:]):
        with pytest.raises(Invalid, match="最后 4 位"):
            await privacy.search(hotline, CHIEF, Sought(caller=more), cursor="1-1")
        with pytest.raises(Invalid, match="最后 4 位"):
            await exports.begin(hotline, CHIEF, exports.Wish(sought=Sought(caller=more)))
    assert len(await noted(hotline)) == 1


async def test_over_the_api_an_operator_sees_a_number_an_office_never_and_admins_read_who_did(
    town: Town,
) -> None:
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("欢迎")
    await qian.hangs_up()
    await qian.record()
    path = f"/api/nanning/calls/{qian.sid}/reveal"

    def token(number: str) -> str:
        return f"ztc_nanning_{secret_of(number)}"

    shown = await town.ask("POST", path, token=token(WANG), json={"reason": "通话中断，回拨"})
    assert shown["caller"].replace(" ", "") == QIAN
    refused = await town.ask("POST", path, token=token(OFFICE), expect=403, json={"reason": "请告知"})
    assert "领导办公室" in refused["detail"]

    found = await town.ask("GET", f"/api/nanning/audit?about={qian.sid}", token=token(ADMIN))
    [entry] = found["entries"]
    assert (entry["who"], entry["act"], entry["why"], entry["where"]) == (
        WANG, "reveal", "通话中断，回拨", "127.0.0.1"
    )  # fmt: skip
    assert (await town.ask("GET", "/api/nanning/audit/head", token=token(ADMIN)))["broken"] == []


async def test_signing_in_and_failing_to_is_in_the_audit_with_the_address_the_proxy_names(town: Town) -> None:
    async with Visitor(town) as somebody, Visitor(town) as admin:
        form = {"hotline": "nanning", "operator": "9003", "password": "a wrong one"}
        headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.77"}
        await somebody.goes("POST", "/session", data=form, headers=headers)
        await admin.signs_in(ADMIN)
        page = (await admin.goes("GET", "/audit?about=9003")).text
        assert re.search(r"登录未成功.*9003.*203\.0\.113\.77", page, re.DOTALL)


async def test_of_two_headers_the_proxys_own_is_believed(town: Town) -> None:
    headers = CIMultiDict({"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.1"})
    headers.add("X-Forwarded-For", "203.0.113.78")
    form = {"hotline": "nanning", "operator": "9004", "password": "a wrong one"}
    async with aiohttp.ClientSession(town.url) as http, http.post("/session", data=form, headers=headers):
        pass
    entries = (await town.ask("GET", "/api/nanning/audit?about=9004", token=town.admin_token()))["entries"]
    assert entries[0]["where"] == "203.0.113.78"


async def test_every_page_that_lists_callers_bears_the_mark_of_who_looks(town: Town) -> None:
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("欢迎")
    await qian.hangs_up()
    await qian.record()
    async with Visitor(town) as wang:
        await wang.signs_in(WANG)
        for path in ("/calls", f"/calls/{qian.sid}", "/callbacks?tab=messages"):
            page = (await wang.goes("GET", path)).text
            assert re.search(rf'class="watermark".*<text[^>]*>{WANG} 20\d\d-', page), path
            assert QIAN not in page
