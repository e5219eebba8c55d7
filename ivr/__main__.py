"""`python -m ivr`."""

from ivr.cli import app

app()
