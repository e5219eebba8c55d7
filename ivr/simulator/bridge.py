"""Two legs joined by a <Dial>: several phones ring, the first to answer wins, and both talk until one is
gone.

The leg that is called has a life of its own: it may hear a whisper first, and REST may send it elsewhere. So
the bridge ends when that leg leaves it, not only when that leg is over.
"""

import asyncio
from dataclasses import dataclass, field, replace

from ivr.simulator import progress
from ivr.simulator.call import Call, CallEvent, CallStatus, Direction, Ended, StatusCallback, first_of
from ivr.simulator.clock import whole_seconds
from ivr.simulator.documents import following
from ivr.simulator.driver import carry
from ivr.simulator.errors import TwimlRefused
from ivr.simulator.numbers import is_phone_number, is_sip_address
from ivr.simulator.owners import phone_at
from ivr.simulator.phones import GREETING
from ivr.simulator.ringing import ring
from ivr.simulator.sids import new_sid
from ivr.simulator.stage import Stage
from ivr.simulator.twiml import Verb

MOST_PHONES = 10
LONGEST = 14_400  # seconds
ANSWERED = 200  # as SIP says it
ALL_EVENTS: tuple[CallEvent, ...] = ("initiated", "ringing", "answered", "completed")


@dataclass(eq=False, slots=True)
class _Bridge:
    legs: list[Call] = field(default_factory=list)
    winner: Call | None = None
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    parted: asyncio.Event = field(default_factory=asyncio.Event)

    def claim(self, leg: Call) -> None:
        """The first to answer has the call; the other phones stop ringing."""
        if self.winner is not None:
            raise Ended(CallStatus.CANCELED, "another phone answered first")
        self.winner = leg
        for other in self.legs:
            if other is not leg:
                other.hang_up("another phone answered first", CallStatus.CANCELED)

    def drop(self) -> None:
        for leg in self.legs:
            status = CallStatus.CANCELED if leg.answered_at is None else CallStatus.COMPLETED
            leg.hang_up("the other side", status)

    async def given_up(self) -> None:
        for leg in self.legs:
            await leg.over.wait()


async def ring_phones(stage: Stage, dial: Verb, nouns: tuple[Verb, ...], outcome: dict[str, str]) -> None:
    """Ring phones together, talk with the first that answers, and note in `outcome` how it went."""
    bridge = _Bridge()
    legs = [(_new_leg(stage, dial, noun), noun) for noun in nouns[:MOST_PHONES]]  # all of them, or none
    bridge.legs = [leg for leg, _ in legs]
    for leg, noun in legs:
        stage.exchange.calls[leg.sid] = leg
        story = _leg(stage, bridge, leg, noun, dial.whole("timeout", 30))
        stage.exchange.spawn(carry(stage.exchange, leg, story, stage.perform))
    stage.hear("ring", ", ".join(leg.to for leg in bridge.legs))
    try:
        await first_of(bridge.joined.wait(), bridge.parted.wait(), bridge.given_up())
        if bridge.joined.is_set():
            await _talk(stage, dial, bridge)
    except asyncio.CancelledError:
        outcome |= _called_away(bridge)
        bridge.drop()
        raise
    outcome |= _after_talking(stage, bridge) if bridge.joined.is_set() else _after_ringing(bridge)


def _new_leg(stage: Stage, dial: Verb, noun: Verb) -> Call:
    leg = Call(
        sid=new_sid("CA"),
        from_=_shown(stage, dial, noun),
        to=_address(stage, noun),
        direction=Direction.OUTBOUND_DIAL,
        started_at=stage.exchange.clock.now(),
        feed=stage.exchange.feed,
        parent_sid=stage.call.sid,
    )
    if noun.get("statusCallback"):
        target = following(stage.here, noun.get("statusCallback"), noun.get("statusCallbackMethod"))
        events = noun.words("statusCallbackEvent", "completed")
        leg.status_callback = StatusCallback(target.url, target.method, events)
    return leg


def _address(stage: Stage, noun: Verb) -> str:
    if noun.name == "Client":
        identity = next((child.text for child in noun.inside if child.name == "Identity"), noun.text)
        return f"client:{identity}"
    if noun.name == "Number" and not is_phone_number(noun.text):
        raise TwimlRefused(13223, stage.here.url, f"It is {noun.text!r}.")
    if noun.name == "Sip" and not is_sip_address(noun.text):
        raise TwimlRefused(13224, stage.here.url, f"{noun.text!r} is not a SIP address.")
    return noun.text


def _shown(stage: Stage, dial: Verb, noun: Verb) -> str:
    """Whom the phone shows as calling. A phone number may only be shown one of the call or of the account."""
    call, shown = stage.call, dial.get("callerId") or stage.call.from_
    if noun.name == "Number":
        ours = shown in (call.from_, call.to) or stage.exchange.number_dialled(shown) is not None
        if not ours or not is_phone_number(shown):
            raise TwimlRefused(13214, stage.here.url, f"It is {shown!r}.")
    return shown


async def _leg(stage: Stage, bridge: _Bridge, leg: Call, noun: Verb, seconds: int) -> None:
    """The life of the phone that rings, as long as it belongs to this bridge."""
    params = {child.get("name"): child.get("value") for child in noun.inside if child.name == "Parameter"}
    await ring(stage.exchange, leg, seconds, stage.perform, params)
    bridge.claim(leg)
    try:
        if noun.get("url"):
            whisper = following(stage.here, noun.get("url"), noun.get("method"), params)
            await stage.perform(stage.exchange, leg, replace(whisper, is_whisper=True))
        leg.hear("room", f"talking with {stage.call.from_}", at=stage.exchange.clock.now())
        bridge.joined.set()
        await leg.over.wait()
    finally:
        bridge.parted.set()


async def _talk(stage: Stage, dial: Verb, bridge: _Bridge) -> None:
    """Both talk until one of them is gone, the time is up, or the caller presses the star."""
    progress.answer(stage.exchange, stage.call)
    other = bridge.winner.to if bridge.winner else "nobody"
    stage.hear("room", f"talking with {other}")
    if phone_at(stage.exchange, other).behaviour == "voicemail":
        stage.hear("say", GREETING, language="zh-CN")
    waits = [bridge.parted.wait(), stage.exchange.clock.spend(dial.whole("timeLimit", LONGEST))]
    if dial.flag("hangupOnStar", False):
        waits.append(_star(stage.call))
    await first_of(*waits)
    if not bridge.parted.is_set():
        bridge.drop()
        await bridge.given_up()


async def _star(call: Call) -> None:
    while await call.keys.get() != "*":
        pass


def _called_away(bridge: _Bridge) -> dict[str, str]:
    """The caller is gone: from a talk, or before there was one."""
    joined = bridge.joined.is_set()
    return {
        "DialCallStatus": CallStatus.COMPLETED if joined else CallStatus.CANCELED,
        "DialBridged": "true" if joined else "false",
        "DialCallSid": (bridge.winner or bridge.legs[-1]).sid,
    }


def _after_talking(stage: Stage, bridge: _Bridge) -> dict[str, str]:
    leg = bridge.winner
    result = {"DialCallStatus": "completed", "DialBridged": "true"}
    if leg is not None and (leg.farewell is not None or leg.is_over):
        until = leg.ended_at or stage.exchange.clock.now()
        result |= {"DialCallSid": leg.sid, "DialCallDuration": str(whole_seconds(leg.answered_at, until))}
        result |= _sip_fields(leg)
    return result


def _after_ringing(bridge: _Bridge) -> dict[str, str]:
    """Nobody was joined. One who answered and left during the whisper counts as completed,
    but not as bridged.
    """
    last = bridge.winner or bridge.legs[-1]
    return _sip_fields(last) | {
        "DialCallStatus": str(last.status if last.answered_at is None else CallStatus.COMPLETED),
        "DialBridged": "false",
        "DialCallSid": last.sid,
        "DialCallDuration": str(whole_seconds(last.answered_at, last.ended_at)),
    }


def _sip_fields(leg: Call) -> dict[str, str]:
    """What a SIP address answered is told besides."""
    code = leg.sip_code or ANSWERED
    return {"DialSipResponseCode": str(code)} if is_sip_address(leg.to) else {}
