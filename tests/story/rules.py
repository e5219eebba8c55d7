"""The rules of a town's hotline, other than usual for the length of one story."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from ivr.hotline import teach
from ivr.profile import Profile
from ivr.store import connect
from tests.town import Town, until


@asynccontextmanager
async def rules(town: Town, section: str, hotline: str = "nanning", **changed: object) -> AsyncIterator[None]:
    """`changed` are fields of this section of the profile, or its pages by name."""
    before = town.hotline(hotline).handbook.profile
    stored = before.model_dump()
    await _teach(town, hotline, Profile.model_validate({**stored, section: {**stored[section], **changed}}))
    try:
        yield
    finally:
        await _teach(town, hotline, before)


async def _teach(town: Town, name: str, profile: Profile) -> None:
    """Over a connection of our own, as another worker would; the town's learns of it."""
    hotline = town.hotline(name)
    store = connect(town.demo.store_url)
    await teach(store, name, replace(hotline.handbook, profile=profile))
    await store.close()

    async def knows() -> bool:
        return hotline.handbook.profile == profile

    await until(knows, f"{name} has learnt the rules")
