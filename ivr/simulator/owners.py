"""The owners of other people's phones, and the machines in them: what they do when theirs rings."""

from ivr.simulator.call import Call, Ended, Heard, first_of
from ivr.simulator.exchange import Exchange
from ivr.simulator.phones import DEAD_LINES, GREETING, Phone
from ivr.simulator.verbs import speech_seconds

A_MOMENT = 1.0  # seconds to understand that a key is asked for
LONGEST_MESSAGE = 60.0  # seconds that a machine records before it hangs up


def phone_at(exchange: Exchange, address: str) -> Phone:
    return exchange.phones.get(address) or Phone(address)


def refuse_if_dead(phone: Phone) -> None:
    """Ended, as the network reports a phone that does not ring."""
    if phone.behaviour in DEAD_LINES:
        raise Ended(*DEAD_LINES[phone.behaviour])


async def live(exchange: Exchange, call: Call, phone: Phone) -> None:
    """What happens at this phone, from the first ring to the end of the call."""
    await first_of(call.over.wait(), _act(exchange, call, phone))


async def _act(exchange: Exchange, call: Call, phone: Phone) -> None:
    if phone.behaviour in ("by_hand", "no_answer"):
        await call.over.wait()
    await exchange.clock.spend(phone.after_seconds)
    match phone.behaviour:
        case "declined":
            call.decline()
        case "answers_and_presses_1":
            call.pick_up()
            await _press_when_asked(exchange, call)
        case "voicemail":
            call.pick_up()
            call.overhear(Heard(exchange.clock.now(), "say", GREETING, language="zh-CN"))
            await first_of(_greet(call), exchange.clock.spend(LONGEST_MESSAGE))
            call.hang_up("a machine")


async def _press_when_asked(exchange: Exchange, call: Call) -> None:
    await call.until_listening()
    await exchange.clock.spend(A_MOMENT)
    call.press("1")


async def _greet(call: Call) -> None:
    """Whoever records hears the machine's greeting; nobody is there to press a key."""
    await call.until_listening()
    call.speak(speech_seconds(GREETING))
    await call.over.wait()
