"""The load: a few dozen lines open at once, each asking its next webhook as soon as the last one is answered.

`python -m bench.callers` is a process of its own: it reads a Plan from its standard input and prints a Tally, both
as JSON. All requests are written and signed before the clock starts, and each costs one `send`, one `recv` and one
look at the answer, so that the server is what is measured. The Tally proves it: who used how much processor time.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field

from bench.webhook import sid, written

LINES = 64
PATIENCE_SECONDS = 10.0
OK = b"HTTP/1.1 200 "
END = b"</Response>"


@dataclass(frozen=True, slots=True)
class Plan:
    """`calls` different calls, from number `first` on, ask in turn until `seconds` or `requests` run out."""

    port: int
    path: str
    auth_token: str
    verb: str  # must be in every answer
    first: int
    calls: int
    requests: int
    seconds: float
    processes: dict[str, int]  # name -> process id: whose processor time to take


@dataclass(frozen=True, slots=True)
class Tally:
    answered: int
    seconds: float
    cpu: dict[str, float]  # seconds of processor time, by name; our own is "callers"

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.answered / self.seconds

    def share(self, name: str) -> float:
        """Of one core."""
        return self.cpu[name] / self.seconds


class Wrong(Exception):
    """An answer that no caller can go on with; the text is what the server said."""


@dataclass(slots=True)
class Load:
    """One run of a plan. `send` while time lasts, then wait for what is still to be answered."""

    plan: Plan
    requests: Iterator[bytes]
    answered: int = 0
    asked: int = 0
    ends: float = 0.0
    heard: dict[socket.socket, bytes] = field(default_factory=dict)

    def run(self, lines: list[socket.socket]) -> None:
        with selectors.DefaultSelector() as ready:
            self.ends = time.monotonic() + self.plan.seconds
            for line in lines:
                ready.register(line, selectors.EVENT_READ, line)
                self._ask(line)
            while self.answered < self.asked:
                keys = ready.select(PATIENCE_SECONDS)
                if not keys:
                    raise Wrong(
                        f"{self.asked - self.answered} requests had no answer in {PATIENCE_SECONDS} s"
                    )
                for key, _ in keys:
                    self._listen(key.data)

    def _ask(self, line: socket.socket) -> None:
        if time.monotonic() > self.ends:
            return
        request = next(self.requests, None)
        if request is not None:
            line.sendall(request)
            self.asked += 1

    def _listen(self, line: socket.socket) -> None:
        news = line.recv(65536)
        answer = self.heard.pop(line, b"") + news
        if news and not answer.endswith(END):
            self.heard[line] = answer
            return
        if not answer.startswith(OK) or self.plan.verb.encode() not in answer:
            raise Wrong(answer.decode(errors="replace") or "the server hung up")
        self.answered += 1
        self._ask(line)


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    sids = (sid(plan.first + n % plan.calls) for n in range(plan.requests))
    requests = list(written(plan.port, plan.path, plan.auth_token, sids))
    with ExitStack() as stack:
        lines = [stack.enter_context(_line(plan.port)) for _ in range(LINES)]
        load = Load(plan, iter(requests))
        before, began = _processor(plan), time.monotonic()
        load.run(lines)
        seconds, after = time.monotonic() - began, _processor(plan)
    cpu = {name: after[name] - before[name] for name in after}
    json.dump(asdict(Tally(load.answered, seconds, cpu)), sys.stdout)


def _line(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _processor(plan: Plan) -> dict[str, float]:
    """Seconds of processor time that each has used so far. Linux gives every process a clock of its own for it."""
    clocks = {name: time.clock_gettime((~pid << 3) | 2) for name, pid in plan.processes.items()}
    return {**clocks, "callers": time.process_time()}


if __name__ == "__main__":
    main()
