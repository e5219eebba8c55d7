"""Where there are pages: every address of the application, found by its routes."""

from fastapi.routing import APIRoute, iter_route_contexts
from playwright.async_api import Page

from routes.app import build_console
from tests.town import Town

TO_ANOTHER_HOUSE = (
    "/session/oidc",
    "/session/oidc/back",
)  # to an identity provider and back: there is no page
LONG_LISTS = (
    "/callbacks?tab=missed",
    "/callbacks?tab=messages",
    "/callbacks?tab=settled",
    "/calls?operator=none",
)


def addresses(town: Town, filled: dict[str, str]) -> list[str]:
    """Each address that a browser may be sent to, with its parts filled."""
    console = build_console(town.demo.settings(), {})
    routes = [one for one in iter_route_contexts(console.routes) if isinstance(one.original_route, APIRoute)]
    paths = {str(one.path) for one in routes if "GET" in (one.methods or ())}
    ours = sorted(one for one in paths if not one.startswith("/api/") and one not in TO_ANOTHER_HOUSE)
    missing = {path for path in ours if "{" in path} - set(filled)
    assert not missing, f"nothing stands for a part of {missing}"
    return [filled.get(path, path) for path in ours]


async def is_a_page(page: Page, path: str) -> bool:
    answer = await page.request.get(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    return answer.headers["content-type"].startswith("text/html")
