"""One call, as the carrier tells of it in one request."""

from dataclasses import dataclass

from ivr.directory import Line, e164, is_withheld
from ivr.hotline import Hotline

STILL_UP = frozenset({"queued", "initiated", "ringing", "in-progress"})


@dataclass(frozen=True, slots=True)
class Call:
    """`form` is every field of the request, blank ones included; `query` what we ourselves put into the URL.

    Source of the fields: https://www.twilio.com/docs/voice/twiml#request-parameters
    """

    sid: str
    form: dict[str, str]
    query: dict[str, str]

    @property
    def caller(self) -> str:
        return self.form.get("From", "")

    @property
    def number(self) -> str:
        """The caller's number in E.164 however a trunk spells it, so that one caller is always the same; empty if it
        was withheld."""
        if is_withheld(self.caller):
            return ""
        is_plain = self.caller.startswith("+") and self.caller[1:].isdecimal()
        return self.caller if is_plain else e164(self.caller) or self.caller

    @property
    def pressed(self) -> str:
        return self.form.get("Digits", "")

    @property
    def is_up(self) -> bool:
        """Whether this leg was still on the line when the carrier wrote."""
        return self.form.get("CallStatus", "in-progress") in STILL_UP

    @property
    def tries(self) -> int:
        """How often this step has failed for this caller already, as we wrote into its address."""
        again = self.query.get("again", "")
        return int(again) if again.isdecimal() and len(again) < 3 else 0


def line_dialled(hotline: Hotline, call: Call) -> Line | None:
    """The published number that was dialled, from where this hotline's trunk or forwarding puts it; of a caller whom
    another hotline passed on, the number that it names."""
    known = hotline.handbook.directory
    if "came_from" in call.query:
        return known.find(call.query.get("line", ""))
    for source in hotline.handbook.profile.dialled_from:
        line = known.find(_read(source, call.form))
        if line:
            return line
    default = hotline.handbook.profile.default_line
    return known.find(default) if default else None


def _read(source: str, form: dict[str, str]) -> str:
    if source == "SipUser":
        return form.get("To", "") if form.get("To", "").startswith("sip") else ""
    if source.startswith("SipHeader:"):
        return form.get("SipHeader_" + source.removeprefix("SipHeader:"), "")
    return form.get(source, "")
