"""What is shown: one line while the traffic runs, the figures and the verdict when it is over."""

from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ivr.acd import CallState, Outcome
from ivr.traffic.audit import Books, Result
from ivr.traffic.news import News

ANSWERED_WELL_MS = 15_000


@dataclass(slots=True)
class Progress:
    """Rendered anew several times a second; every figure is counted from the hotline's own moves."""

    planned: int
    dialled: list[str]
    news: News

    def __rich__(self) -> RenderableType:
        waiting = self.news.now(CallState.WAITING) + self.news.now(CallState.OFFERED)
        line = Text(f"dialled {len(self.dialled)}/{self.planned}")
        line.append(f"  waiting {waiting}  talking {self.news.now(CallState.TALKING)}")
        line.append(f"  answered {self.news.counts['join']}", "green")
        line.append(f"  lost {self.news.lost}", "yellow")
        line.append(f"  SL {_percent(self.news.answered_well, self.news.counts['join'])}")
        return line


def show(console: Console, result: Result) -> None:
    books, verdict = result.books, result.verdict
    table = Table(title="traffic", show_header=False)
    table.add_row("calls made", str(len(books.dialled)))
    for outcome in Outcome:
        if verdict.outcomes[outcome]:
            table.add_row(outcome.value, str(verdict.outcomes[outcome]))
    table.add_row("unknown to us, as nobody was there to answer", str(verdict.unheard))
    table.add_row("answered within 15 s, of those answered", _service_level(books))
    table.add_row("longest wait", f"{_longest_wait(books) / 1000:.1f} s")
    table.add_row("killed", ", ".join(part for _, part in books.accidents.happened) or "nobody")
    table.add_row("closed in the evening, as the news of their end was lost", str(result.swept))
    console.print(table)
    for sentence in result.wrong:
        console.print(Text.assemble(("wrong  ", "red"), sentence), soft_wrap=True)
    if result.wrong:
        console.print(Text(f"{len(result.wrong)} contradictions", "bold red"))
    else:
        console.print(Text("the books balance: nobody was lost", "bold green"))


def _service_level(books: Books) -> str:
    answered = [call for call in books.calls.values() if call.get("outcome") == Outcome.ANSWERED]
    well = [call for call in answered if int(call.get("waited", 0)) <= ANSWERED_WELL_MS]
    return _percent(len(well), len(answered))


def _longest_wait(books: Books) -> int:
    return max((int(call.get("waited", 0)) for call in books.calls.values()), default=0)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
