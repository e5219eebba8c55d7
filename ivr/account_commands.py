"""`ivr staff` and `ivr token`: accounts and API tokens, from the shell of an installation."""

from typing import Annotated

import typer

from ivr import accounts
from ivr import staff as accounts_kept
from ivr.errors import NotFound
from ivr.hotline import Hotline
from ivr.roles import TITLES, Role
from ivr.shell import Name, whoever_types, with_hotline

staff = typer.Typer(no_args_is_help=True, help="Accounts.")
token = typer.Typer(no_args_is_help=True, help="API tokens.")

KEEPS = "As it was, without; none for “”."


@staff.command("add")
def add_staff(
    hotline: Name,
    number: Annotated[str, typer.Argument(help="The seat number: 3 to 6 digits, as callers hear it.")],
    role: Role = Role.OPERATOR,
    skills: Annotated[
        str | None, typer.Option(help=f"As in “粤语=3 税务”: what queues may ask for. {KEEPS}")
    ] = None,
    lines: Annotated[
        str | None,
        typer.Option(
            help=f"The published numbers that an office or a handler sees, as in “+8677100000002”. {KEEPS}"
        ),
    ] = None,
    phone: Annotated[
        str | None, typer.Option(help=f"The telephone on their desk, E.164 or a SIP address. {KEEPS}")
    ] = None,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Make an account; one that is there gets this role and password, and keeps what is not said."""

    async def appoint(opened: Hotline) -> None:
        await accounts_kept.set_up(
            opened,
            number,
            role=role,
            password=password,
            skills=skills,
            lines=lines,
            phone=phone,
            by=whoever_types(hotline),
        )

    with_hotline(hotline, appoint)
    typer.echo(f"{hotline} {number} is {role.value}")


@staff.command("remove")
def remove_staff(hotline: Name, number: str) -> None:
    """End an account and its sessions."""

    async def dismiss(opened: Hotline) -> bool:
        try:
            await accounts_kept.dismiss(opened, number, by=whoever_types(hotline))
        except NotFound:
            return False
        return True

    found = with_hotline(hotline, dismiss)
    typer.echo(f"{hotline} {number} is gone" if found else f"{hotline} has no {number}")


@token.command("create")
def create_token(
    hotline: Name,
    name: Annotated[str, typer.Argument(help="Whose desk it works (a seat number), or what it is for.")],
    role: Role = Role.OPERATOR,
    scope: Annotated[str, typer.Option(help="Rights, as in “calls export”; all of its role, without.")] = "",
) -> None:
    """Make an API token. It is shown now and never again."""

    async def issue(opened: Hotline) -> str:
        granted = accounts.read_scope(scope)
        return await accounts.grant(opened, whoever_types(hotline), role=role, id=name, scope=granted)

    typer.echo(with_hotline(hotline, issue))


@token.command("list")
def list_tokens(hotline: Name) -> None:
    """The API tokens that there are, by the handles that `revoke` takes; no secret is shown."""
    listed = with_hotline(hotline, accounts.tokens)
    for one in listed:
        scope = " ".join(one.scope) if one.scope is not None else "all of its role"
        used = f"last used {one.used}" if one.used else "never used"
        made = f"made {one.created}" if one.created else "made with the installation"
        typer.echo(f"{one.handle}  {one.id}  {TITLES[one.role]} ({one.role})  {scope}  {made}, {used}")
    typer.echo(f"{hotline} has {len(listed) or 'no'} token{'' if len(listed) == 1 else 's'}")


@token.command("revoke")
def revoke_token(
    hotline: Name,
    which: Annotated[
        str, typer.Argument(metavar="TOKEN", help="The token itself, or its handle as `list` shows it.")
    ],
) -> None:
    """End an API token."""

    async def revoke(opened: Hotline) -> None:
        handle = accounts.handle_of(opened, which)
        await accounts.withdraw(opened, whoever_types(hotline), handle)

    with_hotline(hotline, revoke)
    typer.echo("revoked")
