"""What anybody may do at any moment, by chance: callers, operators, officials, phones, and time."""

import random
from collections.abc import Awaitable, Callable

from ivr import acd
from ivr.acd import (
    Whom,
    Word,
    callbacks,
    callers,
    cases,
    desk_phones,
    direct,
    party,
    promises,
    ring_back,
    tape,
    texts,
)
from ivr.acd.texts import TextState
from ivr.hotline import Hotline
from tests.acd.people import (
    comes_in,
    dials,
    is_called,
    is_reached,
    leg_of,
    lines_up,
    phone_of,
    rings_official,
    sid_of,
    sits_down,
    the_guest_comes,
    the_guest_goes,
)
from tests.acd.probed import probe_moves
from tests.acd.supervisors import supervises
from tests.cast import MAYOR
from tests.conftest import Clock

OPERATORS = ("9001", "9002", "9003")


async def anything(hotline: Hotline, clock: Clock, chance: random.Random, n: int) -> None:
    """One move by somebody; often a move that makes no sense now."""
    operator, sid, room = (
        chance.choice(OPERATORS),
        sid_of(chance.randrange(max(n // 12, 3))),
        f"r{chance.randrange(9)}",
    )
    room = await hotline.store.ask("HGET", hotline.key("call", sid), "room") or room
    leg = chance.choice((sid, phone_of(operator), sid_of(10_000 + n)))
    moves: list[Callable[[], Awaitable[object]]] = [
        lambda: dials(hotline, chance.randrange(n // 12 + 3)),
        lambda: lines_up(hotline, chance.randrange(n // 12 + 3)),
        lambda: acd.wait(hotline, sid),
        *[lambda: accepts_what_rings(hotline, operator, chance)] * 4,
        lambda: accepts_and_never_comes(hotline, operator),
        lambda: declines_what_rings(hotline, operator),
        lambda: comes_after_hours(hotline, sid_of(5000 + n)),
        lambda: acd.accept(hotline, sid, operator=operator, room=room),
        lambda: acd.decline(hotline, sid, operator=operator),
        lambda: acd.meet(hotline, sid),
        lambda: acd.pick_up(hotline, operator=operator, leg=leg),
        lambda: acd.join(hotline, sid, leg=leg, room=room),
        lambda: acd.quit_room(hotline, sid, leg=leg, room=room),
        lambda: acd.leave_room(hotline, sid, leg=leg, room=room, is_up=chance.random() < 0.5),
        *[lambda: hands_over(hotline, operator, chance.choice(OPERATORS))] * 2,
        *in_the_middle_of_a_talk(hotline, chance, operator, sid),
        *back_moves(hotline, chance, operator),
        lambda: acd.release(hotline, operator=operator),
        lambda: a_text_goes_its_way(hotline, chance, n, sid_of(7000 + n)),
        *[lambda: chance.choice(to_an_official(hotline, chance, n, sid))()] * 3,
        lambda: acd.hang_up(hotline, sid, by="caller"),
        *probe_moves(hotline, chance),
        *promise_moves(hotline, chance, chance.choice((sid, sid, sid_of(n)))),
        *[lambda: sits_down(hotline, operator)] * 3,
        lambda: acd.sign_in(hotline, operator=operator, by=acd.By.PHONE),
        *[lambda: something_happens_at_a_phone(hotline, chance, operator)] * 4,
        *[lambda: everybody_beats(hotline)] * 3,
        *own_wishes(hotline, operator, sid),
        *[lambda: supervises(hotline, chance, operator, sid, n)] * 2,
        lambda: passes(hotline, clock, chance.choice((0.1, 1, 5, 12, 31))),
    ]
    await chance.choice(moves)()


def in_the_middle_of_a_talk(
    hotline: Hotline, chance: random.Random, operator: str, sid: str
) -> list[Callable[[], Awaitable[object]]]:
    """Held, recorded, asked about and handed on."""
    return [
        lambda: party.hold(hotline, operator=operator),
        lambda: party.resume(hotline, operator=operator),
        lambda: loses_the_softphone(hotline, operator),
        *[lambda: brings_in(hotline, chance, operator)] * 3,
        *[lambda: the_guest_comes(hotline, operator)] * 4,
        lambda: tape.runs(hotline, sid, recording=f"RE{chance.randrange(9)}"),
        *[lambda: records(hotline, chance, operator)] * 2,
        lambda: tape.pause(hotline, operator=operator),
        lambda: tape.resume(hotline, operator=operator),
        lambda: party.confer(hotline, operator=operator),
        lambda: party.take_back(hotline, operator=operator),
        *[lambda: party.transfer(hotline, operator=operator)] * 3,
        *[lambda: the_guest_goes(hotline, operator, chance.choice(("busy", "left")))] * 2,
    ]


async def loses_the_softphone(hotline: Hotline, operator: str) -> None:
    sid = (await acd.desk(hotline, operator))["operator"].get("call", "")
    room = await hotline.store.ask("HGET", hotline.key("call", sid), "room") or ""
    await acd.quit_room(hotline, sid, leg=phone_of(operator), room=room)


async def records(hotline: Hotline, chance: random.Random, operator: str) -> None:
    """The operator's talk is recorded, and what must not be kept is left out."""
    sid = (await acd.desk(hotline, operator))["operator"].get("call", "")
    await tape.runs(hotline, sid, recording=f"RE{sid[2:]}")
    await tape.pause(hotline, operator=operator)
    if chance.random() < 0.7:
        await tape.resume(hotline, operator=operator)


def own_wishes(hotline: Hotline, operator: str, sid: str) -> list[Callable[[], Awaitable[object]]]:
    """What an operator or a caller does of their own accord, whoever's turn it is."""
    return [
        lambda: acd.ready(hotline, operator=operator),
        lambda: acd.pause(hotline, operator=operator, reason="小休"),
        lambda: acd.leave(hotline, operator=operator),
        lambda: acd.sign_out(hotline, operator=operator),
        lambda: acd.renew(hotline, operator=operator),
        lambda: acd.finish(hotline, operator=operator),
        lambda: acd.pick(hotline, sid, operator=operator, room=f"room-{sid}"),
        lambda: callers.speak(hotline, sid, "cmn"),
    ]


def promise_moves(hotline: Hotline, chance: random.Random, sid: str) -> list[Callable[[], Awaitable[object]]]:
    """Somebody is promised to be contacted; it is kept, or taken back, or its time passes, which is a day here."""
    now = hotline.now()
    times = promises.Deadlines(now + 1000, now + 2000, now + 12_000, now + 22_000, now + 30_000)

    async def is_made() -> None:
        await promises.make(
            hotline, sid, line=MAYOR, caller="+862000000001", holder="", why="busy", deadlines=times
        )

    return [
        is_made,
        is_made,
        lambda: promises.keep(hotline, sid, how=promises.How.STATEMENT, by="9010"),
        lambda: promises.take_back(hotline, sid, by="9010", why="不需要"),
        *[lambda: whoever_is_to_act_is_told(hotline, sid)] * 2,
        *ring_back_moves(hotline, sid),
        *[lambda: something_happens_to_a_case(hotline, chance)] * 2,
    ]


async def something_happens_to_a_case(hotline: Hotline, chance: random.Random) -> None:
    """Of those that nobody kept, some are answered, given back and closed."""
    n = int(await hotline.store.ask("GET", hotline.key("cases_of", hotline.moment().date().isoformat())) or 0)
    number = f"GD-{hotline.moment():%Y%m%d}-{chance.randrange(n + 1):04d}"
    moves: list[Callable[[], Awaitable[object]]] = [
        *[lambda: cases.answer(hotline, number, by="0001", said="已答复")] * 2,
        lambda: cases.give_back(hotline, number, by="9010", why="不清楚", due_at=hotline.now() + 20_000),
        lambda: cases.close(hotline, number, by="9010", said=""),
    ]
    await chance.choice(moves)()


async def whoever_is_to_act_is_told(hotline: Hotline, sid: str) -> None:
    """Each stage once, some by a text that goes its way and one who has no phone to read it on."""
    for stage, why_not in (("official", ""), ("office", ""), ("duty", "landline")):
        about = {
            "number": f"+86154{int(sid[-6:], 16):08d}",
            "line": MAYOR,
            "words": "请联系来电人",
            "day": "today",
        }
        await texts.tell_of_promise(hotline, sid, stage=stage, **about, why_not=why_not)
        await texts.send_text(hotline, f"{sid}-{stage}")
        await texts.text_is(hotline, f"{sid}-{stage}", TextState.SENT)


def ring_back_moves(hotline: Hotline, sid: str) -> list[Callable[[], Awaitable[object]]]:
    """The caller is rung back; often it goes as it should."""
    official, caller = sid_of(30_001), sid_of(30_002)

    async def they_talk() -> None:
        await ring_back.start(hotline, sid, room="r1", by="9010")
        await ring_back.take(hotline, sid, who="official", leg=official)
        await ring_back.take(hotline, sid, who="caller", leg=caller)

    return [
        they_talk,
        lambda: ring_back.start(hotline, sid, room="r1", by="9010"),
        lambda: ring_back.end(hotline, sid, who="caller", leg=caller, status="completed"),
    ]


def to_an_official(
    hotline: Hotline, chance: random.Random, n: int, sid: str
) -> list[Callable[[], Awaitable[object]]]:
    """What may happen to a call that is answered in person."""
    whom, why = chance.choice(list(Whom)), chance.choice(("", "busy", "invalid"))
    then = chance.choice((None, Whom.SECOND))
    return [
        lambda: rings_official(hotline, chance.randrange(n // 12 + 3)),
        lambda: an_official_answers(hotline, chance.randrange(n // 12 + 3)),
        lambda: direct.ring(hotline, sid, whom=whom, seconds=25),
        lambda: direct.answer_in_person(hotline, sid, whom=whom),
        lambda: direct.rang(hotline, sid, whom=whom, why=why, who="official", then=then),
        lambda: direct.learn_why(hotline, sid, whom=Whom.OWN, why="off"),
        lambda: direct.turn_to_operators(hotline, sid, is_open=chance.random() < 0.5),
        lambda: direct.give_up(hotline, sid),
    ]


async def a_text_goes_its_way(hotline: Hotline, chance: random.Random, n: int, sid: str) -> None:
    """A call's text is written, sent, and something is said of it."""
    await acd.arrive(hotline, sid, line=MAYOR, caller="", is_open=True, in_person=True)
    await acd.hang_up(hotline, sid, by="caller")
    await texts.write_text(hotline, sid, number=f"+86154{n:08d}", line=MAYOR, words="会后", day="today")
    await texts.send_text(hotline, sid)
    for state in chance.sample(list(TextState), len(TextState)):
        if state is not TextState.SENDING:
            await texts.text_is(hotline, sid, state)


async def an_official_answers(hotline: Hotline, n: int) -> None:
    """The likely course: it rings, and whoever picks up presses 1."""
    await direct.answer_in_person(hotline, await rings_official(hotline, n), whom=Whom.OWN)


async def everybody_beats(hotline: Hotline) -> None:
    for operator in OPERATORS:
        await acd.renew(hotline, operator=operator)


async def accepts_what_rings(hotline: Hotline, operator: str, chance: random.Random) -> None:
    """The likely course: the offer is taken and both come into the room; of those called back, not everybody."""
    sid = (await acd.desk(hotline, operator))["operator"].get("call")
    if sid and callbacks.is_back(sid):
        await is_called(hotline, sid, operator, room=f"room-{sid}")
        if chance.random() < 0.5:
            await callbacks.leg_ended(hotline, sid, leg=leg_of(sid), why="busy")
        await is_reached(hotline, sid, room=f"room-{sid}")
        for leg in (phone_of(operator), leg_of(sid))[: chance.choice((1, 2, 2))]:
            await acd.join(hotline, sid, leg=leg, room=f"room-{sid}")
    elif sid and await acd.accept(hotline, sid, operator=operator, room=f"room-{sid}") is Word.OK:
        await comes_in(hotline, sid, operator, room=f"room-{sid}")


async def accepts_and_never_comes(hotline: Hotline, operator: str) -> None:
    sid = (await acd.desk(hotline, operator))["operator"].get("call")
    if sid and await acd.accept(hotline, sid, operator=operator, room=f"room-{sid}") is Word.OK:
        await acd.meet(hotline, sid)
        await acd.pick_up(hotline, operator=operator, leg=phone_of(operator))
        await acd.quit_room(hotline, sid, leg=phone_of(operator), room=f"room-{sid}")


async def hands_over(hotline: Hotline, giver: str, taker: str) -> None:
    sid = (await acd.desk(hotline, giver))["operator"].get("call")
    if sid:
        await party.hand_over(hotline, sid, giver=giver, taker=taker)


async def brings_in(hotline: Hotline, chance: random.Random, operator: str) -> None:
    """A colleague, or somebody from outside, is consulted or brought into the talk."""
    kind: party.Kind = chance.choice(("operator", "outside"))
    who = chance.choice(OPERATORS) if kind == "operator" else "+867710000900"
    mode: party.Mode = chance.choice(("consult", "conference"))
    if kind == "operator":  # who is often not to be had: here they are on a break, and may be asked
        await acd.sign_in(hotline, operator=who)
        await acd.pause(hotline, operator=who, reason="小休")
        await acd.finish(hotline, operator=who)
    await party.invite(hotline, operator=operator, kind=kind, who=who, name="某部门", mode=mode)
    if chance.random() < 0.6:
        await the_guest_comes(hotline, operator)
    if chance.random() < 0.4:
        await party.transfer(hotline, operator=operator)
        await the_guest_goes(hotline, operator, "left")


def back_moves(
    hotline: Hotline, chance: random.Random, operator: str
) -> list[Callable[[], Awaitable[object]]]:
    return [
        *[lambda: leaves_the_line(hotline, chance)] * 2,
        *[lambda: something_happens_to_a_call_back(hotline, chance, operator)] * 3,
    ]


async def leaves_the_line(hotline: Hotline, chance: random.Random) -> None:
    """Somebody who waits, or another caller, asks to be called back; two callers may name one number."""
    waiting = await hotline.store.ask("ZRANGE", hotline.key("waiting", "main"), 0, -1)
    sid = chance.choice(
        [one for one in waiting if not callbacks.is_back(one)] or [sid_of(chance.randrange(9))]
    )
    number = f"+862000000{int(sid[-1], 16):03d}"
    await hotline.store.ask("HSET", hotline.key("rules"), "callback_tries", 2, "callback_minutes", 0)
    await callbacks.ask_back(
        hotline, sid, number=number, place="queue", pressed="1", typed=True, is_open=chance.random() < 0.8
    )


async def something_happens_to_a_call_back(hotline: Hotline, chance: random.Random, operator: str) -> None:
    open_ones = await hotline.store.ask("ZRANGE", hotline.key("backs"), 0, -1)
    sids = await hotline.store.ask("ZRANGE", hotline.key("calls"), 0, -1)
    if not open_ones:
        return
    back = chance.choice(open_ones)
    room = await hotline.store.ask("HGET", hotline.key("call", back), "room") or "none"
    leg = leg_of(back)
    moves: list[Callable[[], Awaitable[object]]] = [
        *[lambda: is_called(hotline, back, operator, room=room)] * 3,
        *[lambda: is_reached(hotline, back, room=room)] * 3,
        *[lambda: acd.join(hotline, back, leg=leg, room=room)] * 2,
        *[lambda: acd.join(hotline, back, leg=phone_of(operator), room=room)] * 2,
        lambda: acd.quit_room(hotline, back, leg=chance.choice((leg, phone_of(operator))), room=room),
        *[lambda: callbacks.leg_ended(hotline, back, leg=leg, why="busy")] * 2,
        lambda: callbacks.not_rung(hotline, back, room=room, why=chance.choice(("closed", "failed"))),
        lambda: callbacks.withdraw(hotline, back, by="caller", why="pressed"),
        lambda: callbacks.make_now(hotline, back, operator=operator, room=f"room-{back}"),
        lambda: callbacks.call_again(
            hotline, chance.choice(sids), source="missed", operator=operator, room=f"again-{back}"
        ),
        lambda: callbacks.doors(hotline, is_open=chance.random() < 0.6),
        lambda: acd.hang_up(hotline, back, by="carrier"),
        lambda: is_left_on_hold(hotline, back, room),
    ]
    if chance.random() < 0.03:
        moves = [lambda: hotline.store.ask("ZADD", hotline.key("due"), 0, f"age:{back}")]
    await chance.choice(moves)()


async def is_left_on_hold(hotline: Hotline, back: str, room: str) -> None:
    operator = await hotline.store.ask("HGET", hotline.key("call", back), "operator") or "9001"
    await party.hold(hotline, operator=operator)
    await acd.quit_room(hotline, back, leg=phone_of(operator), room=room)


async def something_happens_at_a_phone(hotline: Hotline, chance: random.Random, operator: str) -> None:
    """The carrier tells of a ring: mostly of the one under way, on its own leg."""
    ring = (await acd.desk(hotline, operator))["operator"].get("ringing", "1")
    ring = chance.choice((ring, ring, ring, "1"))
    leg = chance.choice((f"CA{operator}{ring:0>28}",) * 5 + ("", sid_of(chance.randrange(9))))
    about = {"operator": operator, "ring": ring}
    await chance.choice(
        (
            lambda: desk_phones.ask_for_ring(hotline, **about),
            lambda: desk_phones.rings(hotline, **about, leg=leg),
            lambda: desk_phones.is_up(hotline, **about, leg=leg),
            lambda: desk_phones.accept(hotline, **about, leg=leg, room=f"r{chance.randrange(9)}"),
            lambda: desk_phones.accept(hotline, **about, leg=leg, room=f"r{chance.randrange(9)}"),
            lambda: desk_phones.is_over(hotline, **about, leg=leg),
            lambda: desk_phones.is_over(hotline, **about, leg=leg, why="declined"),
        )
    )()


async def declines_what_rings(hotline: Hotline, operator: str) -> None:
    sid = (await acd.desk(hotline, operator))["operator"].get("call")
    if sid:
        await acd.decline(hotline, sid, operator=operator)


async def comes_after_hours(hotline: Hotline, sid: str) -> None:
    await acd.arrive(hotline, sid, line=MAYOR, caller="", is_open=False)
    await acd.hang_up(hotline, sid, by="caller")


async def passes(hotline: Hotline, clock: Clock, seconds: float) -> None:
    clock.passes(seconds)
    while await acd.tick(hotline):
        pass
