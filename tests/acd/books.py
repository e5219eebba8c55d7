"""Whether the books balance: everything that is written twice is written alike.

This reads the store itself, apart from the library under test, so that it can be wrong in other ways than that.
"""

from ivr.acd import Outcome
from ivr.hotline import Hotline

TIMED = (
    "offer",
    "join",
    "call",
    "back",
    "age",
    "wrap_up",
    "lease",
    "guest",
    "hold",
    "tape",
    "ringing",
    "help",
    "ear",
    "test",
)
HELD = {"offered", "connecting", "calling", "talking"}
WORK = {"connecting", "calling", "talking", "wrap_up"}


async def what_is_wrong(hotline: Hotline) -> list[str]:
    """Each contradiction as a sentence; none if the books balance."""
    calls = await _hashes(hotline, "call:*")
    operators = await _hashes(hotline, "operator:*")
    wrong = []
    live = set(await hotline.store.ask("ZRANGE", hotline.key("live"), 0, -1))
    live |= set(await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, -1))
    if live != {sid for sid, call in calls.items() if call["state"] != "ended"}:
        wrong.append("the live set and the open call-backs are not the calls that are not over")
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
    wrong += _ears(calls, operators)
    wrong += await _promises(hotline)
    wrong += _rings(operators)
    wrong += await _tests(hotline, operators)
    wrong += _time(operators, hotline.now())
    return wrong + await _deadlines(hotline, calls, operators)


def _is_free(operator: dict[str, str], queue: str, now: int) -> bool:
    return (
        operator.get("presence") == "on"
        and operator.get("intent") == "ready"
        and operator.get("line", "idle") == "idle"
        and queue in [served.partition("=")[0] for served in operator["queues"].split()]
        and operator.get("ear", "none") == "none"
        and int(operator.get("rest_until", 0)) <= now < int(operator["lease"])
    )


def _pairs(calls: dict[str, dict[str, str]], operators: dict[str, dict[str, str]]) -> list[str]:
    """A call and its operator hold each other, and nobody else, in the same state."""
    wrong = []
    with_operator = {sid: call for sid, call in calls.items() if _is_with_operator(call)}
    held = [call.get("operator") for call in with_operator.values()]
    held += [call["guest_who"] for call in calls.values() if _has_colleague(call)]
    if len(held) != len(set(held)):
        wrong.append("an operator has two calls")
    for sid, call in calls.items():
        operator = operators.get(call.get("operator", ""), {})
        if sid in with_operator and (operator.get("call"), operator.get("line")) != (sid, call["state"]):
            wrong.append(
                f"{sid} is {call['state']}, its operator {operator.get('line')} with {operator.get('call')}"
            )
        if call["state"] == "ended" and not call.get("outcome"):
            wrong.append(f"{sid} ended without an outcome")
        wrong += _company(sid, call, operators)
    for id_, operator in operators.items():
        call = calls.get(operator.get("call", ""), {})
        if "probe" in operator or (_has_colleague(call) and call["guest_who"] == id_):
            continue
        if operator.get("line") in HELD and (call.get("operator"), call.get("state")) != (
            id_,
            operator["line"],
        ):
            wrong.append(f"{id_} is {operator['line']} with a call that is {call.get('state')}")
    return wrong


def _is_with_operator(call: dict[str, str]) -> bool:
    return call["state"] in HELD and call.get("guest") != "handed"


def _has_colleague(call: dict[str, str]) -> bool:
    return call.get("guest", "none") != "none" and call["guest_kind"] == "operator"


def _is_paused(call: dict[str, str]) -> bool:
    return call["state"] == "talking" and call.get("tape") == "paused"


GUEST_LINES = {"ringing": {"offered", "connecting"}, "consulting": {"talking"}, "conference": {"talking"}}


def _company(sid: str, call: dict[str, str], operators: dict[str, dict[str, str]]) -> list[str]:
    """Only in a talk is anybody on hold or brought in; a colleague who is has this call and no other."""
    wrong = []
    guest, hold = call.get("guest", "none"), call.get("hold", "off")
    if call["state"] != "talking" and (guest, hold) != ("none", "off"):
        wrong.append(f"{sid} is {call['state']} with guest {guest} and hold {hold}")
    if guest in ("conference", "handed") and hold == "on":
        wrong.append(f"{sid} is on hold while somebody speaks with the caller")
    if _has_colleague(call):
        one = operators[call["guest_who"]]
        if one.get("call") != sid or one.get("line") not in GUEST_LINES.get(guest, set()):
            wrong.append(f"{sid} has a guest {guest}, who is {one.get('line')} with {one.get('call')}")
    return wrong


def _ears(calls: dict[str, dict[str, str]], operators: dict[str, dict[str, str]]) -> list[str]:
    """A supervisor in a talk and the talk know of each other, and nobody listens to anything else."""
    listening = {(one["ear_call"], id_) for id_, one in operators.items() if one.get("ear", "none") != "none"}
    listened = {(sid, id_) for sid, call in calls.items() for id_ in call.get("ears", "").split()}
    wrong = [f"{id_} and {sid} do not agree on who listens" for sid, id_ in listening ^ listened]
    return wrong + [
        f"{id_} listens to {sid}, no talk" for sid, id_ in listening if calls[sid]["state"] != "talking"
    ]


async def _promises(hotline: Hotline) -> list[str]:
    """A promise that is not kept stands among the open ones and has its moment, or it has its case."""
    promises = await _hashes(hotline, "promise:*")
    is_open = {
        sid: one for sid, one in promises.items() if one["state"] not in ("kept", "withdrawn", "settled")
    }
    left = {sid for sid, one in is_open.items() if one["state"] == "case"}
    due = set(await hotline.store.ask("ZRANGE", hotline.key("due"), 0, -1))
    listed = {
        "promises": is_open.keys() - left,
        "promises_left": left,
    }
    wrong = [
        f"{name} is not what it should hold"
        for name, sids in listed.items()
        if set(await hotline.store.ask("ZRANGE", hotline.key(name), 0, -1)) != set(sids)
    ]
    waiting = {item.partition(":")[2] for item in due if item.startswith("promise:")}
    if waiting != is_open.keys() - left:
        wrong.append("a promise that is open has no moment, or one that is not has one")
    for sid, one in promises.items():
        of_caller = hotline.key("promised", f"{one['line']}:{one['caller']}")
        if await hotline.store.ask("SISMEMBER", of_caller, sid) != (sid in is_open):
            wrong.append(f"{sid} is {one['state']}, and its caller's list says otherwise")
        wrong += [f"{sid} is {one['state']}, and {stage} is told" for stage in _told_too_early(one)]
        if (one["state"] == "kept") != bool(one.get("how")):
            wrong.append(f"{sid} is {one['state']} and kept by {one.get('how')}")
    return wrong + await _cases(hotline, promises)


async def _cases(hotline: Hotline, promises: dict[str, dict[str, str]]) -> list[str]:
    """A promise that went through all its stages has one case; each stands in the list of its state, and has its moment
    while it is to be answered. Every move is an entry of its history."""
    cases = await _hashes(hotline, "case:*")
    wrong = _without_each_other(cases, promises)
    for state in ("open", "overdue", "answered", "closed"):
        listed = set(await hotline.store.ask("ZRANGE", hotline.key("cases", state), 0, -1))
        if listed != {number for number, one in cases.items() if one["state"] == state}:
            wrong.append(f"the list of {state} cases is not what it should hold")
    due = set(await hotline.store.ask("ZRANGE", hotline.key("due"), 0, -1))
    waiting = {item.partition(":")[2] for item in due if item.startswith("case:")}
    if waiting != {number for number, one in cases.items() if one["state"] == "open"}:
        wrong.append("a case that is to be answered has no moment, or one that is not has one")
    return wrong + _courses(cases, promises)


def _without_each_other(cases: dict[str, dict[str, str]], promises: dict[str, dict[str, str]]) -> list[str]:
    had = {number: sid for sid, one in promises.items() if (number := one.get("case"))}
    left = {sid for sid, one in promises.items() if one["state"] == "case"}
    wrong = [f"{sid} was kept by nobody and has no case" for sid in left - set(had.values())]
    if had != {number: one["sid"] for number, one in cases.items()}:
        wrong.append("promises and cases do not know each other")
    return wrong


def _courses(cases: dict[str, dict[str, str]], promises: dict[str, dict[str, str]]) -> list[str]:
    """A case and its promise go the same way, and every move of it is told."""
    wrong = []
    for number, one in cases.items():
        promise = promises[one["sid"]]["state"]
        if one["state"] == "closed" and promise == "case":
            wrong.append(f"{number} is closed, and its promise waits for it")
        if one["state"] in ("open", "overdue") and promise in ("withdrawn", "settled"):
            wrong.append(f"{number} is {one['state']}, and its promise {promise}")
        if (one["state"] == "answered") != ("answered_by" in one) and one["state"] != "closed":
            wrong.append(f"{number} is {one['state']}, and shows an answer that is none any more, or none")
        entries = {name for name in one if name.startswith("entry")}
        if entries != {f"entry{n + 1}" for n in range(int(one["entries"]))}:
            wrong.append(f"the history of {number} has gaps: {sorted(entries)}")
    return wrong


STAGES = {"official": "reminded", "office": "office", "duty": "duty"}


def _told_too_early(promise: dict[str, str]) -> list[str]:
    """Those who were told of a promise that had not come to them."""
    order = ["open", *STAGES.values(), "case"]
    if promise["state"] not in order:
        return []
    reached = order.index(promise["state"])
    return [who for who, state in STAGES.items() if f"told_{who}" in promise and order.index(state) > reached]


def _time(operators: dict[str, dict[str, str]], now: int) -> list[str]:
    """Whose time is being counted, and as what: whoever is free is ready, whoever has a call or its wrap-up is busy."""
    wrong = []
    for id_, one in operators.items():
        queues = [served.partition("=")[0] for served in one.get("queues", "").split()]
        works = one.get("line") in WORK and "probe" not in one
        is_so = (any(_is_free(one, queue, now) for queue in queues), works)
        if is_so != ("ready_since" in one, "busy_since" in one):
            wrong.append(f"the time of {id_}, {one.get('line')}, is counted as what it is not: {one}")
    return wrong


async def _tests(hotline: Hotline, operators: dict[str, dict[str, str]]) -> list[str]:
    """Whoever is in a dial test is in no call, and it is under way with them and nobody else."""
    wrong = []
    probes = await _hashes(hotline, "probe:*")
    in_tests = {id_: one for id_, one in operators.items() if "probe" in one}
    for id_, one in in_tests.items():
        probe = probes.get(one["probe"], {})
        state = "reached" if one["line"] == "talking" else "ringing"
        if (probe.get("state"), probe.get("operator"), probe.get("inbound")) != (
            state,
            id_,
            one["probe_sid"],
        ):
            wrong.append(f"{id_} is {one['line']} in a test that is {probe.get('state')}")
        if one["line"] not in ("offered", "connecting", "talking") or "call" in one:
            wrong.append(f"{id_} is {one['line']} with a test and the call {one.get('call')}")
    at_desks = {number for number, probe in probes.items() if _rings_at_a_desk(probe)}
    wrong += [
        f"the test of {number} rings at nobody's desk"
        for number in at_desks - {one["probe"] for one in in_tests.values()}
    ]
    return wrong + await _kept_waiting(hotline, in_tests)


def _rings_at_a_desk(probe: dict[str, str]) -> bool:
    return (probe.get("state"), probe.get("ringing")) == ("ringing", "operator")


async def _kept_waiting(hotline: Hotline, in_tests: dict[str, dict[str, str]]) -> list[str]:
    """Nobody waits for an operator who only hears a test ring."""
    wrong = []
    for id_, one in in_tests.items():
        could = (one["line"], one["presence"], one["intent"]) == ("offered", "on", "ready")
        queues = [served.partition("=")[0] for served in one["queues"].split()] if could else []
        for queue in queues:
            waiting = await hotline.store.ask("ZCARD", hotline.key("waiting", queue))
            wrong += [f"queue {queue}: {waiting} wait while a test rings at {id_}"] * (waiting > 0)
    return wrong


def _rings(operators: dict[str, dict[str, str]]) -> list[str]:
    """A desk phone rings for a call that its operator is offered or has, and for nothing else."""
    wrong = []
    for id_, one in operators.items():
        if "ringing" in one and one.get("line", "idle") == "idle":
            wrong.append(f"the phone of {id_} rings for no call")
        if "ringing" not in one and {"ring_leg", "ring_asked", "ring_heard"} & one.keys():
            wrong.append(f"the phone of {id_} remembers a ring that is over")
    return wrong


async def _deadlines(
    hotline: Hotline, calls: dict[str, dict[str, str]], operators: dict[str, dict[str, str]]
) -> list[str]:
    """Nothing is in flight without a moment at which somebody must act."""
    due = set(await hotline.store.ask("ZRANGE", hotline.key("due"), 0, -1))
    wanted = {f"offer:{sid}" for sid, call in calls.items() if call["state"] == "offered"}
    wanted |= {f"join:{sid}" for sid, call in calls.items() if call["state"] == "connecting"}
    wanted |= {f"guest:{sid}" for sid, call in calls.items() if call.get("guest") == "ringing"}
    wanted |= {f"tape:{sid}" for sid, call in calls.items() if _is_paused(call)}
    wanted |= {f"hold:{sid}" for sid, call in calls.items() if call.get("hold") == "on"}
    wanted |= {f"ringing:{sid}" for sid, call in calls.items() if call["state"] == "ringing"}
    wanted |= {f"call:{sid}" for sid, call in calls.items() if call["state"] == "calling"}
    wanted |= {f"back:{sid}" for sid, call in calls.items() if call["state"] == "later"}
    wanted |= {f"age:{sid}" for sid, call in calls.items() if "of" in call and call["state"] != "ended"}
    wanted |= {f"wrap_up:{id_}" for id_, one in operators.items() if one.get("line") == "wrap_up"}
    wanted |= {f"help:{id_}" for id_, one in operators.items() if one.get("help") == "asked"}
    wanted |= {f"ear:{id_}" for id_, one in operators.items() if one.get("ear") == "coming"}
    wanted |= {f"test:{id_}" for id_, one in operators.items() if "probe" in one}
    wanted |= {f"lease:{id_}" for id_, one in operators.items() if one.get("presence") == "on"}
    stale = {item for item in due - wanted if item.split(":")[0] in TIMED}
    return [f"no deadline {item}" for item in wanted - due] + [f"stale deadline {item}" for item in stale]


async def _hashes(hotline: Hotline, pattern: str) -> dict[str, dict[str, str]]:
    names = [name async for name in hotline.store.redis.scan_iter(hotline.root + pattern, count=1000)]
    return {name.rpartition(":")[2]: await hotline.store.ask("HGETALL", name) for name in names}


async def not_ended_in_one_way(hotline: Hotline) -> list[str]:
    """Each call has ended in exactly one way."""
    everything = await hotline.store.ask("ZRANGE", hotline.key("calls"), 0, -1)
    ways = [
        sid
        for word in Outcome
        for sid in await hotline.store.ask("ZRANGE", hotline.key("calls", "outcome", word), 0, -1)
    ]
    return [f"{sid} ended in {ways.count(sid)} ways" for sid in everything if ways.count(sid) != 1]
