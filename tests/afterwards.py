"""What a story leaves behind, put away: the next one begins with nobody to be called back and no place kept in line."""

from ivr.keys import root
from ivr.store import connect
from tests.town import Town, until

ON_THE_LINE = ("talking", "parting")  # these end with the call


async def nobody_waits_for_a_call_back(town: Town) -> None:
    async def all_withdrawn() -> bool:
        open_ones = await town.ask("GET", "/api/nanning/call-backs", token=town.admin_token())
        for back in (one for one in open_ones if one["state"] not in ON_THE_LINE):
            path = f"/api/nanning/call-backs/{back['id']}/withdrawal"
            await town.ask("POST", path, token=town.admin_token(), json={"note": "测试结束"})
        return all(one["state"] in ON_THE_LINE for one in open_ones)

    await until(all_withdrawn, "no call-back is open")


async def nobody_is_missed(town: Town) -> None:
    for one in (await town.ask("GET", "/api/nanning/missed", token=town.admin_token()))["callers"]:
        path = f"/api/nanning/missed/{one['sid']}/dismissal"
        await town.ask("POST", path, token=town.admin_token(), json={"note": "测试结束"})


async def no_place_is_kept(town: Town) -> None:
    """Whoever hung up in line in one story must not be the first in line of the next."""
    store = connect(town.demo.store_url)
    try:
        for name in town.front.hotlines:
            kept = [key async for key in store.redis.scan_iter(f"{root(name)}place:*")]
            if kept:
                await store.ask("DEL", *kept)
    finally:
        await store.close()
