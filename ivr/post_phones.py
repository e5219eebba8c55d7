"""The phones of a post, and how they are rung: which, through which trunk, how long, with what number shown and what
words before; and why nobody came, in our words."""

from urllib.parse import urlencode

from ivr.acd import Whom
from ivr.call import Call
from ivr.call_flow import say
from ivr.directory import Line, e164
from ivr.hotline import Hotline
from ivr.profile.fields import spells_of, within
from ivr.prompts import Spoken
from ivr.twiml import Phone, Reply, Step, ring_phone

DUTY_SECONDS = 30  # a duty office has a landline, and somebody who walks to it
SPOKEN_AT = {Whom.OWN: "ring_official", Whom.SECOND: "ring_second", Whom.DUTY: "ring_duty"}


def ring_post(hotline: Hotline, call: Call, line: Line, whom: Whom, *, side: str, then: Step) -> Reply:
    """This phone of the post rings: over its trunk, for its time, with the number that it is shown. Whoever picks up
    hears the whisper of this `side`."""
    about = {"line": line.number, "whom": whom.value}
    query = "?" + urlencode({"call": call.sid, **about})
    return ring_phone(
        _announced(hotline, line, whom),
        phone=reached(hotline, _address(line, whom)),
        seconds=rings_for(hotline, line, whom),
        shown=_shown(hotline, call),
        whisper=hotline.url(f"{side}/whisper") + query,
        news=hotline.url(f"{side}/report") + query,
        then=then,
        **about,
    )


def is_quiet(hotline: Hotline, line: Line) -> bool:
    spells = spells_of(line.quiet) if line.quiet else hotline.handbook.profile.direct.quiet
    return within(spells, hotline.moment())


def rings_for(hotline: Hotline, line: Line, whom: Whom) -> int:
    """Seconds."""
    if whom is Whom.DUTY:
        return DUTY_SECONDS
    return line.ring_seconds or hotline.handbook.profile.direct.ring_seconds


def _address(line: Line, whom: Whom) -> str:
    return {Whom.OWN: line.own_phone, Whom.SECOND: line.second_phone, Whom.DUTY: line.duty_phone}[whom]


def reached(hotline: Hotline, address: str) -> Phone:
    """Over the city's own trunk, where it has one: carriers abroad do not ring phones in China."""
    rules = hotline.handbook.profile.direct
    if address.startswith("sip") or rules.trunk == "number":
        return Phone(address)
    return Phone(address, rules.byoc) if rules.trunk == "byoc" else Phone(f"sip:{address}@{rules.sip_domain}")


def _shown(hotline: Hotline, call: Call) -> str:
    """A number that the carrier lets us show: the hotline's own choice, or the one that was dialled."""
    return hotline.handbook.profile.direct.shown_number or e164(call.form.get("To", "")) or ""


def _announced(hotline: Hotline, line: Line, whom: Whom) -> Spoken:
    values = {Whom.OWN: {"whose": line.display_name}, Whom.DUTY: {"duty_office": line.duty_office}}
    return say(hotline, SPOKEN_AT[whom], **values.get(whom, {}))


SIP_CODES = {
    "480": "off",
    "486": "busy",
    "600": "busy",
    "603": "declined",
    "404": "invalid",
    "484": "invalid",
    "604": "invalid",
}
STATUSES = {"busy": "busy", "no-answer": "no_answer", "completed": "no_answer", "canceled": "no_answer"}


def why_nobody_came(form: dict[str, str], code: str) -> str:
    """The carrier's status and SIP code as one of our words. `completed` without a talk is a machine, or no key."""
    status = form.get("DialCallStatus") or form.get("CallStatus", "")
    if status not in ("completed", "canceled") and form.get(code, "") in SIP_CODES:
        return SIP_CODES[form[code]]
    return STATUSES.get(status, "failed")
