"""The rules of a town's hotline and the rows of its directory, other than usual for the length of one story."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from ivr.directory import Directory, Line
from ivr.handbook import Handbook
from ivr.hotline import teach
from ivr.profile import Profile
from ivr.store import connect
from tests.town import Town, until


@asynccontextmanager
async def rules(town: Town, section: str, hotline: str = "nanning", **changed: object) -> AsyncIterator[None]:
    """`changed` are fields of this section of the profile, or its pages by name."""
    handbook = town.hotline(hotline).handbook
    stored = handbook.profile.model_dump()
    profile = Profile.model_validate({**stored, section: {**stored[section], **changed}})
    async with _knows(town, hotline, replace(handbook, profile=profile)):
        yield


@asynccontextmanager
async def row(town: Town, number: str, hotline: str = "bozhou", **changed: object) -> AsyncIterator[None]:
    """`changed` are columns of this number's row in the directory."""
    handbook = town.hotline(hotline).handbook
    lines = [
        Line.model_validate({**line.model_dump(), **changed}) if line.number == number else line
        for line in handbook.directory.lines
    ]
    async with _knows(town, hotline, replace(handbook, directory=Directory(lines))):
        yield


@asynccontextmanager
async def in_a_meeting(town: Town, number: str) -> AsyncIterator[None]:
    """The holder of this post is not to be rung for two hours."""
    path, token = f"/api/bozhou/absences/{number}", town.admin_token("bozhou")
    until_when = town.hotline("bozhou").moment() + timedelta(hours=2)
    await town.ask("PUT", path, token=token, json={"kind": "开会", "until": until_when.isoformat()})
    try:
        yield
    finally:
        await town.ask("DELETE", path, token=token)


@asynccontextmanager
async def _knows(town: Town, name: str, handbook: Handbook) -> AsyncIterator[None]:
    before = town.hotline(name).handbook
    await _teach(town, name, handbook)
    try:
        yield
    finally:
        await _teach(town, name, before)


async def _teach(town: Town, name: str, handbook: Handbook) -> None:
    """Over a connection of our own, as another worker would; the town's learns of it."""
    hotline = town.hotline(name)
    store = connect(town.demo.store_url)
    await teach(store, name, handbook)
    await store.close()

    async def knows() -> bool:
        known = hotline.handbook
        return (known.profile, known.directory) == (handbook.profile, handbook.directory)

    await until(knows, f"{name} has learnt the rules")
