"""What a verb is given to play on."""

from dataclasses import dataclass

from ivr.simulator.call import Call, HeardKind, Visit
from ivr.simulator.driver import Perform
from ivr.simulator.errors import NoReply
from ivr.simulator.exchange import Exchange
from ivr.simulator.progress import call_fields


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
        self.exchange.spawn(self._ask(action, form))

    async def _ask(self, action: Visit, form: dict[str, str]) -> None:
        try:
            reply = await self.exchange.webhooks.send(action.url, form, method=action.method)
        except NoReply as silence:
            self.exchange.warn(silence.code, self.call.sid, action.url, silence.reason)
        else:
            if not reply.ok:
                self.exchange.warn(11200, self.call.sid, action.url, f"The server answered {reply.status}.")
