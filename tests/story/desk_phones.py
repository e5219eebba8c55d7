"""An operator who works with the telephone on their desk, in a story."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from tests.cast import DESK_PHONE, WANG
from tests.town import Operator, Town


@asynccontextmanager
async def at_a_phone(town: Town, address: str = DESK_PHONE) -> AsyncIterator[Operator]:
    """9001 at this phone, on shift and ready; afterwards the phone is taken out of the account."""
    wang = Operator(town, WANG)
    await has_phone(town, address)
    await town.phone(quote(address, safe=""), "by_hand")
    town.operators.append(wang)
    await wang.sits_at_a_phone()
    await wang.is_ready()
    try:
        yield wang
    finally:
        await town.calls_home()
        await has_phone(town, "")


async def has_phone(town: Town, address: str) -> None:
    where, wish = f"/api/nanning/staff/{WANG}", {"role": "operator", "phone": address}
    assert (await town.ask("PUT", where, token=town.admin_token(), json=wish))["phone"] == address
