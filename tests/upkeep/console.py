"""The console as it is put together, without a store: its routes, and what it says of them."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from ivr.demo import Demo
from routes.app import build_console


@cache
def console() -> FastAPI:
    settings = Demo(port=1, simulator_port=2, folder=Path(".data"), redis_url="unix:///nowhere").settings()
    return build_console(settings, {})


@cache
def described() -> dict[str, Any]:
    return console().openapi()
