"""Nobody comes in unasked: every route has one guard, and what has none is known by name."""

from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from ivr.demo import Demo
from routes.app import build_console
from routes.guards import everybody, holder_of_the_link, signed_in, visitor

WITHOUT_GUARD = {"/openapi.json", "/static", "/audio"}
"""Descriptions and files that anybody may read. Webhooks do not come this way: their guard is the signature."""


def test_every_route_has_exactly_one_guard() -> None:
    guards = {f"{sorted(methods)} {path}": found for path, methods, found in _routes()}
    assert len(guards) > 15
    assert {route: found for route, found in guards.items() if len(found) != 1} == {}


def test_nothing_else_is_behind_the_port() -> None:
    console = _console()
    others = {
        route.path
        for route in iter_route_contexts(console.routes)
        if not isinstance(route.original_route, APIRoute)
    }
    assert others == WITHOUT_GUARD


def test_what_changes_something_is_never_open_to_everybody() -> None:
    unsafe = {path: found for path, methods, found in _routes() if methods - {"GET", "HEAD"}}
    assert unsafe
    assert [path for path, found in unsafe.items() if found == ["everybody"]] == [
        "/session"
    ]  # the sign-in form itself


def _routes() -> Iterator[tuple[str, set[str], list[str]]]:
    """Path, methods and guards of each route of ours."""
    for route in iter_route_contexts(_console().routes):
        if isinstance(route.original_route, APIRoute):
            yield str(route.path), set(route.methods or ()), list(_guards(route.dependant))


def _guards(dependant: Dependant) -> Iterator[str]:
    for needed in dependant.dependencies:
        name = getattr(needed.call, "__name__", "")
        if needed.call in (everybody, visitor, signed_in, holder_of_the_link) or name.startswith("who_may_"):
            yield name
        yield from _guards(needed)


def _console() -> FastAPI:
    settings = Demo(port=1, simulator_port=2, folder=Path(".data"), redis_url="unix:///nowhere").settings()
    return build_console(settings, {})
