"""What Prometheus counts. State (who waits, who talks) is not counted here but read from the store at the scrape."""

from functools import cache

from prometheus_client import Counter

WEBHOOKS = Counter(
    "hotline_webhooks", "Requests of the carrier, by step and by what came of them", ("step", "outcome")
)


@cache
def counted(step: str, outcome: str) -> Counter:
    """The count of these, which looks its words up once; `step` is one of ours or ""."""
    return WEBHOOKS.labels(step, outcome)
