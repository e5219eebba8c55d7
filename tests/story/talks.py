"""What stories of a talk begin with: two in the room, or three; and what the record tells of it."""

from ivr.store import connect
from tests.cast import BUREAU, MAYOR, WANG, ZHOU
from tests.town import Caller, Operator, Telephone, Town, until


async def in_a_talk(town: Town) -> tuple[Caller, Operator]:
    """A caller has dialled, an operator has answered, and they talk."""
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    await zhou.is_in_the_room()
    return zhou, wang


async def in_three(town: Town, wang: Operator) -> Telephone:
    """A department is brought into the talk at once, and the carrier knows that the room outlives the operator."""
    await wang.consults("outside", BUREAU, "conference")
    bureau = await town.phone_rings(BUREAU)
    await bureau.answers()
    desk = await wang.sees_guest("conference")
    await the_room_outlives_the_operator(town, Caller(town, ZHOU, desk["call"]["sid"]))
    return bureau


async def the_room_outlives_the_operator(town: Town, caller: Caller) -> None:
    hotline, store = town.hotline(), connect(town.demo.store_url)

    async def so() -> bool:
        return bool(await store.ask("HGET", hotline.key("call", caller.sid), "guarded"))

    await until(so, "the room outlives the operator")
    await store.close()


def events_of(record: dict[str, list[dict[str, str]]]) -> list[str]:
    """What happened once they talked."""
    events = [moment["event"] for moment in record["timeline"]]
    return events[events.index("join") :]
