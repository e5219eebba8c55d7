"""`/openapi.json`: whoever reads only that knows how to ask, what comes back, and how it is refused. And whatever a
page does, a program can do."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from routes.description import TAGS
from tests.upkeep.console import console, described
from tests.upkeep.project import files, name

SAME_IN_THE_API = {
    "/session": None,  # whoever has a token need not sign in
    "/session/end": None,
    "/promise/{token}/keeping": "POST /api/{hotline}/promises/{sid}/keeping",
    "/promise/{token}/ring-back": "POST /api/{hotline}/promises/{sid}/ring-back",
    "/promises/{sid}/keeping": "POST /api/{hotline}/promises/{sid}/keeping",
    "/promises/{sid}/ring-back": "POST /api/{hotline}/promises/{sid}/ring-back",
    "/absences/{number}": "PUT /api/{hotline}/absences/{number}",
    "/absences/{number}/code": "POST /api/{hotline}/absences/{number}/code",
    "/absences/{number}/code/withdrawal": "DELETE /api/{hotline}/absences/{number}/code",
    "/probes": "POST /api/{hotline}/probes",
}
"""Where a form is answered by a page of its own, and the route that does the same for a program."""

PLACE = re.compile(r"{% set place = (.+?) %}")
ACTS = re.compile(r'data-act="(?:(GET|PUT|POST|DELETE) )?([^" ]*(?:/|{{)[^"]*)"')
ASKED = re.compile(r'ask\("(GET|PUT|POST|DELETE)", [`"]([^`"]+)[`"]')
FILLED_IN = re.compile(r"{{.*?}}|\$?{[^}]*}")


def test_every_route_says_what_it_is_and_belongs_to_a_group_that_is_explained() -> None:
    for route, operation in _operations():
        assert operation["summary"], route
        assert operation["tags"] and set(operation["tags"]) <= TAGS.keys(), route
    assert {tag["name"] for tag in described()["tags"]} == TAGS.keys()
    used = {tag for _, operation in _operations() for tag in operation["tags"]}
    assert TAGS.keys() - used == set()


def test_every_route_declares_how_it_refuses_and_who_may_ask() -> None:
    parts = described()["components"]
    for route, operation in _operations():
        refusals = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
        assert {"404", "422", "503"} <= refusals.keys(), route
        assert all(answer["$ref"].rpartition("/")[2] in parts["responses"] for answer in refusals.values())
        if operation["security"]:
            assert {"401", "403"} <= refusals.keys(), route
            assert "权限" in operation["description"] or "已登录" in operation["description"], route
    for refusal in parts["responses"].values():
        assert "application/problem+json" in refusal["content"]
    assert parts["securitySchemes"]["token"]["scheme"] == "bearer"


def test_only_the_published_list_needs_no_token() -> None:
    free = {route for route, operation in _operations() if not operation["security"]}
    assert free == {"GET /published/{hotline}.json", "GET /api/{hotline}/numbers"}


def test_every_body_and_answer_has_an_example_that_is_one() -> None:
    """As the route itself would read it, not only as its schema says."""
    looked_at = 0
    for route, operation in _operations():
        original = _originals()[route]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body and original.body_field:
            kind: Any = original.body_field.field_info.annotation
            TypeAdapter(kind).validate_python(body["example"])
        for answer in operation["responses"].values():
            if found := answer.get("content", {}).get("application/json"):
                TypeAdapter(original.response_model).validate_python(found["example"])
                looked_at += 1
    assert looked_at > 100


def test_every_parameter_has_an_example() -> None:
    for route, operation in _operations():
        for parameter in operation.get("parameters", ()):
            assert "example" in parameter, f"{route}: {parameter['name']}"


def test_no_example_holds_a_number_that_somebody_may_have() -> None:
    """A subscriber in China never begins with 0: only such numbers stand here."""
    numbers = set(re.findall(r"\+86 ?\d[\d ]{8,}", str(described())))
    assert numbers
    assert {one for one in numbers if not re.search(r"(771|558|20) ?0000\d{4}|1540{3}", one)} == set()


def test_whatever_a_page_asks_for_is_a_route_of_the_api() -> None:
    known = [route.split(" ") for route, _ in _operations()]
    asked = [*_acts_of_pages(), *_asked_by_scripts()]
    assert len(asked) > 60
    lost = [
        f"{file}: {method} {path}"
        for file, method, path in asked
        if not any(method in ("", one) and _ends_in(whole, path) for one, whole in known)
    ]
    assert lost == []


def test_what_a_form_does_on_a_page_of_its_own_a_program_does_by_the_api() -> None:
    known = {route for route, _ in _operations()}
    forms = {
        str(route.path)
        for route in iter_route_contexts(console().routes)
        if isinstance(route.original_route, APIRoute)
        and not route.original_route.include_in_schema
        and set(route.methods or ()) - {"GET", "HEAD"}
    }
    assert forms == SAME_IN_THE_API.keys()
    assert {same for same in SAME_IN_THE_API.values() if same} <= known


def _acts_of_pages() -> Iterator[tuple[str, str, str]]:
    """File, method ("" where the script knows it) and the end of the address; what is filled in is an x."""
    for file in files():
        if file.suffix == ".html" and name(file).startswith("routes/"):
            page = file.read_text("utf-8")
            place = PLACE.search(page)
            whole = (
                "".join(part.strip('"') if '"' in part else "x" for part in place[1].split(" ~ "))
                if place
                else ""
            )
            for method, path in ACTS.findall(page):
                yield name(file), method, _filled(path.replace("{{ place }}", whole))


def _asked_by_scripts() -> Iterator[tuple[str, str, str]]:
    for file in files():
        if file.suffix == ".js" and name(file).startswith("routes/"):
            for method, path in ASKED.findall(file.read_text("utf-8")):
                yield name(file), method, _filled(path).removeprefix("x")


def _ends_in(route: str, asked: str) -> bool:
    parts, own = asked.strip("/").split("/"), route.strip("/").split("/")
    return len(parts) <= len(own) and all(
        one == part or one.startswith("{") for part, one in zip(reversed(parts), reversed(own), strict=False)
    )


def _filled(path: str) -> str:
    filled = FILLED_IN.sub("x", path).partition("?")[0]
    return f"{filled}x" if filled.endswith("/") else filled


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


@cache
def _originals() -> dict[str, APIRoute]:
    return {
        f"{method} {route.path}": route.original_route
        for route in iter_route_contexts(console().routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    }
