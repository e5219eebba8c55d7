"""How the log is written: one line of JSON per event, on standard error, without personal data.

Nothing here ever logs a form, a number or a name; call sids are opaque and may be logged.
"""

import logging
import sys

import structlog


def speak_json() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
