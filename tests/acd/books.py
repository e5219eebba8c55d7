"""Whether the books balance: everything that is written twice is written alike.

This reads the store itself, apart from the library under test, so that it can be wrong in other ways than that.
"""

from ivr.hotline import Hotline

HELD = {"offered", "connecting", "talking"}


async def what_is_wrong(hotline: Hotline) -> list[str]:
    """Each contradiction as a sentence; none if the books balance."""
    calls = await _hashes(hotline, "call:*")
    operators = await _hashes(hotline, "operator:*")
    wrong = []
    live = set(await hotline.store.ask("ZRANGE", hotline.key("live"), 0, -1))
    if live != {sid for sid, call in calls.items() if call["state"] != "ended"}:
        wrong.append("the live set is not the calls that are not over")
    queues = {call["queue"] for call in calls.values()} | {"main", "land", "tax", "yue"}
    for queue in queues:
        in_line = set(await hotline.store.ask("ZRANGE", hotline.key("waiting", queue), 0, -1))
        waiting = {
            sid for sid, call in calls.items() if call["state"] == "waiting" and call["queue"] == queue
        }
        if in_line != waiting:
            wrong.append(f"queue {queue}: {len(in_line)} in line, {len(waiting)} waiting")
        idle = set(await hotline.store.ask("ZRANGE", hotline.key("idle", queue), 0, -1))
        free = {id_ for id_, one in operators.items() if _is_free(one, queue, hotline.now())}
        if idle != free:
            wrong.append(f"queue {queue}: {sorted(idle)} are among the idle, {sorted(free)} are free")
        if free and in_line:
            wrong.append(f"queue {queue}: {len(in_line)} wait while {sorted(free)} are free")
    wrong += _pairs(calls, operators)
    return wrong + await _deadlines(hotline, calls, operators)


def _is_free(operator: dict[str, str], queue: str, now: int) -> bool:
    return (
        operator.get("presence") == "on"
        and operator.get("intent") == "ready"
        and operator.get("line", "idle") == "idle"
        and queue in [served.partition("=")[0] for served in operator["queues"].split()]
        and int(operator.get("rest_until", 0)) <= now < int(operator["lease"])
    )


def _pairs(calls: dict[str, dict[str, str]], operators: dict[str, dict[str, str]]) -> list[str]:
    """A call and its operator hold each other, and nobody else, in the same state."""
    wrong = []
    held = [call.get("operator") for call in calls.values() if call["state"] in HELD]
    if len(held) != len(set(held)):
        wrong.append("an operator has two calls")
    for sid, call in calls.items():
        operator = operators.get(call.get("operator", ""), {})
        if call["state"] in HELD and (operator.get("call"), operator.get("line")) != (sid, call["state"]):
            wrong.append(
                f"{sid} is {call['state']}, its operator {operator.get('line')} with {operator.get('call')}"
            )
        if call["state"] == "ended" and not call.get("outcome"):
            wrong.append(f"{sid} ended without an outcome")
    for id_, operator in operators.items():
        call = calls.get(operator.get("call", ""), {})
        if operator.get("line") in HELD and (call.get("operator"), call.get("state")) != (
            id_,
            operator["line"],
        ):
            wrong.append(f"{id_} is {operator['line']} with a call that is {call.get('state')}")
    return wrong


async def _deadlines(
    hotline: Hotline, calls: dict[str, dict[str, str]], operators: dict[str, dict[str, str]]
) -> list[str]:
    """Nothing is in flight without a moment at which somebody must act."""
    due = set(await hotline.store.ask("ZRANGE", hotline.key("due"), 0, -1))
    wanted = {f"offer:{sid}" for sid, call in calls.items() if call["state"] == "offered"}
    wanted |= {f"join:{sid}" for sid, call in calls.items() if call["state"] == "connecting"}
    wanted |= {f"wrap_up:{id_}" for id_, one in operators.items() if one.get("line") == "wrap_up"}
    wanted |= {f"lease:{id_}" for id_, one in operators.items() if one.get("presence") == "on"}
    stale = {item for item in due - wanted if item.split(":")[0] in ("offer", "join", "wrap_up", "lease")}
    return [f"no deadline {item}" for item in wanted - due] + [f"stale deadline {item}" for item in stale]


async def _hashes(hotline: Hotline, pattern: str) -> dict[str, dict[str, str]]:
    names = [name async for name in hotline.store.redis.scan_iter(hotline.root + pattern, count=1000)]
    return {name.rpartition(":")[2]: await hotline.store.ask("HGETALL", name) for name in names}
