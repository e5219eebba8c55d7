"""`ivr staff` and `ivr token` on a real store: what they change, what they leave alone, and that the audit has it."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from ivr import accounts, audit, staff
from ivr.cli import app
from ivr.demo import Demo
from ivr.hotline import Hotline
from ivr.roles import Role
from tests.cast import ADMIN, DESK_PHONE, MAYOR, OFFICE, WANG

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _shell(hotline: Hotline, valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell with the environment of this installation."""
    demo = Demo(1, 2, folder=hotline.settings.hotline_data_dir, redis_url=valkey + "?db=1")
    for name, value in demo.environment().items():
        monkeypatch.setenv(name, value)


async def ivr(*words: str) -> Result:
    typed = f"{PASSWORD}\n{PASSWORD}\n" if words[:2] == ("staff", "add") else None
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, words, input=typed))


async def audited(hotline: Hotline) -> list[tuple[str, str, str]]:
    entries = (await audit.search(hotline, audit.Sought())).entries
    return [(one.who, one.act, one.about) for one in reversed(entries)]


async def test_an_account_that_is_set_up_again_keeps_what_is_not_said(hotline: Hotline) -> None:
    await ivr("staff", "add", "nanning", WANG, "--skills", "税务=2", "--phone", DESK_PHONE)
    again = await ivr("staff", "add", "nanning", WANG, "--role", "supervisor")
    assert (again.exit_code, again.stdout.splitlines()[-1]) == (0, f"nanning {WANG} is supervisor")
    kept = await staff.member(hotline, WANG)
    assert (kept.role, kept.skills, kept.phone) == (Role.SUPERVISOR, "税务=2", DESK_PHONE)
    await ivr("staff", "add", "nanning", WANG, "--phone", "")
    assert (await staff.member(hotline, WANG)).phone == ""


async def test_the_numbers_of_an_office_stay_with_it_and_go_with_another_role(hotline: Hotline) -> None:
    await ivr("staff", "add", "nanning", OFFICE, "--role", "office", "--lines", MAYOR)
    await ivr("staff", "add", "nanning", OFFICE, "--role", "office")
    assert (await staff.member(hotline, OFFICE)).lines == MAYOR
    await ivr("staff", "add", "nanning", OFFICE, "--role", "handler")
    assert (await staff.member(hotline, OFFICE)).lines == MAYOR, (
        "the cases that they see are of the same number"
    )
    done = await ivr("staff", "add", "nanning", OFFICE, "--role", "operator")
    assert (done.exit_code, (await staff.member(hotline, OFFICE)).lines) == (0, "")


async def test_tokens_are_listed_without_their_secrets_and_revoked_by_their_handles(hotline: Hotline) -> None:
    token = (await ivr("token", "create", "nanning", "statistics", "--scope", "calls")).stdout.strip()
    handle = accounts.handle_of(hotline, token)
    listed = (await ivr("token", "list", "nanning")).stdout
    assert listed.startswith(f"{handle}  statistics  话务员 (operator)  calls  made ")
    assert "never used" in listed
    assert listed.endswith("nanning has 1 token\n")
    assert token.rpartition("_")[2] not in listed

    assert (await ivr("token", "revoke", "nanning", handle)).exit_code == 0
    assert await accounts.whose_token(hotline, token) is None
    gone = await ivr("token", "revoke", "nanning", token)
    assert (gone.exit_code, "没有这个令牌" in gone.stderr) == (2, True)
    assert (await ivr("token", "list", "nanning")).stdout == "nanning has no tokens\n"


async def test_what_a_command_changes_is_in_the_audit_as_the_command_lines(hotline: Hotline) -> None:
    await ivr("staff", "add", "nanning", ADMIN, "--role", "admin")
    token = (await ivr("token", "create", "nanning", "statistics")).stdout.strip()
    handle = accounts.handle_of(hotline, token)
    await ivr("token", "revoke", "nanning", token)
    assert (await ivr("staff", "remove", "nanning", ADMIN)).stdout == f"nanning {ADMIN} is gone\n"
    assert (await ivr("staff", "remove", "nanning", ADMIN)).stdout == f"nanning has no {ADMIN}\n"
    await ivr("load", "nanning", "config/hotlines/nanning")
    assert await audited(hotline) == [
        ("命令行", "staff", f"设置 {ADMIN}，管理员"),
        ("命令行", "token", "新建 statistics，operator"),
        ("命令行", "token", f"撤销 {handle}"),
        ("命令行", "staff", f"删除 {ADMIN}"),
        ("命令行", "change", "载入 config/hotlines/nanning"),
    ]
    wheres = {one.where.partition(" ")[0] for one in (await audit.search(hotline, audit.Sought())).entries}
    assert wheres == {"uid"}
