"""What goes on by itself: the clock of the queue, errands to the carrier, news, and putting right what went wrong.

Every worker runs all of it; there is no leader. Whatever two workers could do twice is decided in the store.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from redis.exceptions import ResponseError

from ivr import (
    acd,
    alarms,
    call_flow,
    callback_flow,
    direct_flow,
    exports,
    hook_news,
    hook_post,
    line_down,
    listening,
    operator_flow,
    probe_flow,
    probes,
    reminders,
    ring_back_flow,
    switchboard,
    texts,
)
from ivr.acd import Word, callbacks
from ivr.acd.asking import fields
from ivr.carrier import Asked, CarrierFailed
from ivr.drafts import publish_due
from ivr.hotline import Hotline, learn
from ivr.lookout import Lookout
from ivr.newswire import Newswire

TICK_SECONDS = 0.1
LEARN_SECONDS = 1.0
CLAIM_SECONDS = 1.0
PUBLISH_SECONDS = 2.0
EXPORT_SECONDS = 0.5
SWEEP_SECONDS = 600.0
RECONCILE_SECONDS = 30.0
HOOKS_SECONDS = 0.5
ALARMS_SECONDS = 2.0
SCHEDULE_SECONDS = 5.0
AFTER_A_FAILURE_SECONDS = 0.5
ERRANDS_BLOCK_MS = 1000
ERRANDS_AT_ONCE = 5
ERRAND_BOYS = 4  # that each worker sends, so that one slow request holds up few others
REDIRECT_PAUSE_SECONDS = 0.3  # before the second try
CLAIM_AFTER_MS = (
    6_000  # an errand unfinished by then belongs to whoever asks: longer than the carrier's tries, and
)
# well within the seconds that an operator has to come into the room
WANTED_WHILE = {
    "meet_operator": ("connecting",),
    "operator_lost": ("waiting", "offered"),
    "left_alone": ("waiting", "offered"),
    "thank": ("parting",),
    "wait": ("parting",),
    "official_unavailable": ("missed",),
}
DONE_ONCE = {"meet_operator": "met", "wait": "heard_why"}  # and what a call has once it has been there
STEPS = {**direct_flow.STEPS, **call_flow.STEPS}
TOO_LATE_MS = 60_000  # what is to be done in a call has been overtaken by the call when it is this old
NEVER_TOO_LATE = frozenset(
    {"remind", "text", "judge"}
)  # not in a call, and decided by the books however late
SETTLED_MS = 60_000  # a call this old is known to the carrier's own lists
GROUP = "dispatch"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Errand:
    """Something the phone company must be asked to do, at least once."""

    id: str
    what: str
    sid: str
    step: str
    at: int


async def keep_going(hotline: Hotline, newswire: Newswire, worker: str) -> None:
    """All the loops of one hotline in this worker, until cancelled."""
    await form_group(hotline)
    async with asyncio.TaskGroup() as loops:
        loops.create_task(_for_ever(hotline, "newswire", 0, newswire.follow))
        loops.create_task(_for_ever(hotline, "tick", TICK_SECONDS, lambda: acd.tick(hotline)))
        loops.create_task(_for_ever(hotline, "learn", LEARN_SECONDS, lambda: learn(hotline)))
        loops.create_task(_for_ever(hotline, "drafts", PUBLISH_SECONDS, lambda: publish_due(hotline)))
        loops.create_task(_for_ever(hotline, "exports", EXPORT_SECONDS, lambda: exports.work(hotline)))
        loops.create_task(_for_ever(hotline, "sweep", SWEEP_SECONDS, lambda: exports.sweep(hotline)))
        loops.create_task(_for_ever(hotline, "doors", LEARN_SECONDS, lambda: _mind_the_doors(hotline)))
        for n in range(ERRAND_BOYS):
            loops.create_task(
                _for_ever(hotline, "errands", 0, partial(run_errands, hotline, f"{worker}-{n}"))
            )
        loops.create_task(_for_ever(hotline, "claims", CLAIM_SECONDS, lambda: take_over(hotline, worker)))
        loops.create_task(
            _for_ever(hotline, "probes", SCHEDULE_SECONDS, lambda: probes.keep_schedule(hotline))
        )
        loops.create_task(_for_ever(hotline, "alarms", ALARMS_SECONDS, lambda: alarms.watch(hotline)))
        loops.create_task(_for_ever(hotline, "lookout", ALARMS_SECONDS, Lookout(hotline).look))
        loops.create_task(_for_ever(hotline, "hook news", HOOKS_SECONDS, lambda: hook_news.collect(hotline)))
        loops.create_task(_for_ever(hotline, "hooks", HOOKS_SECONDS, lambda: hook_post.deliver(hotline)))
        loops.create_task(_for_ever(hotline, "reconcile", RECONCILE_SECONDS, lambda: reconcile(hotline)))


async def _for_ever(hotline: Hotline, name: str, pause: float, once: Callable[[], Awaitable[object]]) -> None:
    """The loop that must go on: one bad call, a lost connection, a restarted server do not end it.

    Only its cancellation does, also one that comes in the very moment in which a wait inside is over: before Python
    3.12 `asyncio.wait_for` swallows that, and a worker that was told to stop never did."""
    this = asyncio.current_task()
    while True:
        breath = pause
        try:
            await once()
        except Exception as failure:
            log.error("loop", loop=name, hotline=hotline.name, failure=repr(failure)[:200])
            breath = AFTER_A_FAILURE_SECONDS
        if this and this.cancelling():
            return
        await asyncio.sleep(breath)


# ------------------------------------------------------------------------------------------ errands


async def run_errands(hotline: Hotline, worker: str) -> None:
    """Take what is new, or wait a while for it, and do it all at once."""
    await _run_all(hotline, await _new(hotline, worker))


async def take_over(hotline: Hotline, worker: str) -> None:
    """Do what another took and did not finish."""
    await _run_all(hotline, await _claimed(hotline, worker))


async def _run_all(hotline: Hotline, errands: list[Errand]) -> None:
    if len(errands) == 1:  # as it mostly is
        await _run(hotline, errands[0])
    else:
        await asyncio.gather(*(_run(hotline, errand) for errand in errands))


async def _run(hotline: Hotline, errand: Errand) -> None:
    try:
        await _carry_out(hotline, errand)
    except CarrierFailed as failed:
        # It stays pending and is claimed again until it is too late; meanwhile the waiting loop takes the caller to
        # the same place.
        why = str(failed)[:200]
        log.warning("errand", hotline=hotline.name, what=errand.what, call=errand.sid, failed=why)
        await alarms.count_failure(hotline)
        return
    await acd.errand_is_done(hotline, group=GROUP, errand=errand.id)


async def _carry_out(hotline: Hotline, errand: Errand) -> None:
    age = hotline.now() - errand.at
    if errand.what not in ERRANDS or (age > TOO_LATE_MS and errand.what not in NEVER_TOO_LATE):
        log.warning("errand dropped", hotline=hotline.name, what=errand.what, seconds=age // 1000)
        return
    await ERRANDS[errand.what](hotline, errand)


async def _redirect(hotline: Hotline, errand: Errand) -> None:
    """Only while the call still wants it: whoever is redirected twice is thrown out of the room they are in."""
    for pause in (REDIRECT_PAUSE_SECONDS, None):
        speaking = await _still_wanted(hotline, errand)
        if speaking is None:
            return
        try:
            word = await hotline.carrier.redirect(errand.sid, speaking.url(STEPS[errand.step].__name__))
        except CarrierFailed:
            if pause is None:
                raise
            await asyncio.sleep(pause)
            continue
        if word is Asked.GONE:
            await line_down.of_a_caller(hotline, errand.sid, by="caller")
        return


async def _still_wanted(hotline: Hotline, errand: Errand) -> Hotline | None:
    """The hotline as it speaks with this caller, while they are to be led there."""
    done = DONE_ONCE.get(errand.step, "")
    where = hotline.key("call", errand.sid)
    state, been, language = await hotline.store.ask("HMGET", where, "state", done, "language")
    return hotline.speaking(language or "") if state in WANTED_WHILE[errand.step] and not been else None


async def _tell(hotline: Hotline, leg: str, step: str, language: str = "") -> None:
    """Whoever is on this leg is led to a step, in the language that they chose if they have one."""
    await hotline.carrier.redirect(leg, hotline.speaking(language).url(step))


async def _look_in(hotline: Hotline, errand: Errand) -> None:
    """Nobody reported that both are in the room. The carrier knows: they talk, or did, or the operator never came."""
    room, *legs = errand.step.split()
    inside = await hotline.carrier.who_is_in(room)
    if set(legs) <= inside:
        for leg in legs:
            await acd.join(hotline, errand.sid, leg=leg, room=room)
    else:
        is_over = not inside and await hotline.carrier.room_is_over(room)
        await acd.lose(hotline, errand.sid, room=room, is_over=is_over)


ERRANDS: dict[str, Callable[[Hotline, Errand], Awaitable[object]]] = {
    "hang_up": lambda hotline, errand: hotline.carrier.hang_up(errand.sid),
    "redirect": _redirect,
    "look_in": _look_in,
    "tune": lambda hotline, errand: listening.tune_in(hotline, errand.sid),
    "ring_operator": lambda hotline, errand: operator_flow.ring(hotline, errand.sid, errand.step),
    "ring": lambda hotline, errand: callback_flow.ring(hotline, errand.sid, errand.step, asked=errand.at),
    "tell": lambda hotline, errand: _tell(hotline, errand.sid, *errand.step.split()),
    "hold": lambda hotline, errand: switchboard.hold(hotline, errand.sid),
    "record": lambda hotline, errand: switchboard.record(hotline, errand.sid),
    "tape": lambda hotline, errand: switchboard.pause_or_resume(hotline, errand.sid),
    "guard": lambda hotline, errand: switchboard.guard(hotline, errand.sid),
    "invite": lambda hotline, errand: switchboard.invite(hotline, errand.sid, int(errand.step)),
    "hand_over": lambda hotline, errand: switchboard.hand_over(hotline, errand.sid, *errand.step.split()),
    "probe": lambda hotline, errand: probe_flow.dial(hotline, errand.sid),
    "text": lambda hotline, errand: texts.send(hotline, errand.sid),
    "judge": lambda hotline, errand: probes.judge(hotline, errand.sid),
    "remind": lambda hotline, errand: reminders.remind(hotline, errand.sid, errand.step),
    "ring_official": lambda hotline, errand: ring_back_flow.ring_official(
        hotline, errand.sid, asked=errand.at
    ),
    "ring_caller": lambda hotline, errand: ring_back_flow.ring_caller(hotline, errand.sid, asked=errand.at),
    "unreached": lambda hotline, errand: ring_back_flow.tell_unreached(hotline, errand.step),
    "look_back": lambda hotline, errand: ring_back_flow.look_back(hotline, errand.sid, errand.step),
}


async def _new(hotline: Hotline, worker: str) -> list[Errand]:
    try:
        found = await hotline.store.hear(
            "XREADGROUP", "GROUP", GROUP, worker, "COUNT", ERRANDS_AT_ONCE, "BLOCK", ERRANDS_BLOCK_MS,
            "STREAMS", hotline.key("errands"), ">",
        )  # fmt: skip
    except ResponseError as error:
        if "NOGROUP" not in str(error):
            raise
        await form_group(hotline)
        return []
    return [_errand(id_, fields(flat)) for _, entries in found or [] for id_, flat in entries]


async def _claimed(hotline: Hotline, worker: str) -> list[Errand]:
    answer = await hotline.store.ask(
        "XAUTOCLAIM", hotline.key("errands"), GROUP, worker, CLAIM_AFTER_MS, "0", "COUNT", ERRANDS_AT_ONCE
    )
    return [_errand(id_, told) for id_, told in answer[1] if told]


def _errand(id_: str, told: dict[str, str]) -> Errand:
    return Errand(id_, told["what"], told["sid"], told["step"], int(told["at"]))


async def form_group(hotline: Hotline) -> None:
    """The workers that share the errands. Made once; a fresh or flushed server gets it again."""
    try:
        await hotline.store.ask("XGROUP", "CREATE", hotline.key("errands"), GROUP, "0", "MKSTREAM")
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


# ------------------------------------------------------------------------------------------ putting right


async def reconcile(hotline: Hotline) -> list[str]:
    """Mend what contradicts itself; then end the calls that the carrier says are over though nobody told us. A carrier
    that does not say is asked at the next round, not at once: looking through all calls holds up everybody else."""
    mended = await acd.reconcile(hotline, mend=True)
    ours = await acd.live(hotline, arrived_before=hotline.now() - SETTLED_MS)
    legs = await callbacks.legs(hotline, since=hotline.now() - SETTLED_MS)
    asked = [*ours, *legs]
    try:
        over = await hotline.carrier.over(asked) if asked else []
    except CarrierFailed as failed:
        await alarms.count_failure(hotline)
        log.error("reconcile", hotline=hotline.name, failure=str(failed)[:200])
        over = []
    ended = [sid for sid in over if await _put_down(hotline, sid, legs) is Word.OK]
    for found in (*mended, *(f"over {sid}" for sid in ended)):
        log.warning("reconciled", hotline=hotline.name, found=found)
    return [*mended, *ended]


async def _put_down(hotline: Hotline, sid: str, legs: dict[str, str]) -> Word:
    """The carrier says that this line is down: a caller's own, or the leg of one whom we called back."""
    if sid in legs:
        return await line_down.of_a_try(hotline, legs[sid], leg=sid, why="failed")
    return await line_down.of_a_caller(hotline, sid, by="carrier")


async def _mind_the_doors(hotline: Hotline) -> None:
    """Nobody is called back while the doors are shut; who was promised it stands in line when they open."""
    await callbacks.doors(hotline, is_open=hotline.is_open())
