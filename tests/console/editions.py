"""What is published, and back to it: for tests that change what callers hear."""

from tests.town import Town


async def newest(town: Town) -> int:
    """The number of the edition that is in force."""
    listed = await town.ask("GET", "/api/nanning/editions", token=town.admin_token())
    return int(listed[0]["number"])


async def back_to(town: Town, edition: int) -> None:
    path = f"/api/nanning/editions/{edition}/restoration"
    await town.ask("POST", path, token=town.admin_token(), json={})
