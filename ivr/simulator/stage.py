"""What a verb is given to play on."""

from dataclasses import dataclass

from ivr.simulator.call import Call, HeardKind, Visit
from ivr.simulator.driver import Perform
from ivr.simulator.exchange import Exchange
from ivr.simulator.progress import call_fields, tell


@dataclass(frozen=True, slots=True)
class Stage:
    exchange: Exchange
    call: Call
    here: Visit  # the document being played: relative URLs and default actions start from it
    perform: Perform  # plays other documents, on this leg or another

    def hear(
        self, kind: HeardKind, text: str | None = None, *, url: str | None = None, language: str | None = None
    ) -> None:
        self.call.hear(kind, text, at=self.exchange.clock.now(), url=url, language=language)

    def mention(self, action: Visit) -> None:
        """Tell an action that the caller went away during its verb. What it answers is not played."""
        form = call_fields(self.exchange, self.call) | dict(action.extra)
        if self.call.farewell is not None:
            form["CallStatus"] = self.call.farewell.status
        self.exchange.spawn(tell(self.exchange, action.url, action.method, form, self.call.sid))
