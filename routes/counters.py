"""What Prometheus counts. State (who waits, who talks) is not counted here but read from the store at the scrape."""

from prometheus_client import Counter

WEBHOOKS = Counter(
    "hotline_webhooks", "Requests of the carrier, by step and by what came of them", ("step", "outcome")
)
