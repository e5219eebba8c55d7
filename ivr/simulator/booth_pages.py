"""The booth's page and files, and the switches of other systems that it shows.

The switches' tokens stay here: the page asks this process, and this process asks the other system.
"""

from pathlib import Path

import aiohttp
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ivr.simulator.errors import PersonRefused
from ivr.simulator.people.replies import asked, exchange_of
from ivr.simulator.settings import Switch

BOOTH = Path(__file__).parent / "booth"
PATIENCE = aiohttp.ClientTimeout(total=5)


class Switching(BaseModel):
    on: bool


async def page(request: Request) -> Response:
    return _file("index.html")


async def file(request: Request) -> Response:
    return _file(request.path_params["file"])


def _file(name: str) -> Response:
    path = (BOOTH / name).resolve()
    if not path.is_relative_to(BOOTH) or not path.is_file():
        return PlainTextResponse(
            f"The booth has no file {name}; ivr/simulator/booth/ is where it should be.\n", 404
        )
    return FileResponse(path, headers={"Cache-Control": "no-cache"})


async def switches(request: Request) -> Response:
    known = exchange_of(request).settings.simulator_switches
    return JSONResponse([await _state(index, switch) for index, switch in enumerate(known)])


async def turn(request: Request) -> Response:
    switching, index = await asked(request, Switching), request.path_params["index"]
    known = exchange_of(request).settings.simulator_switches
    if index >= len(known):
        raise PersonRefused(404, f"There is no switch {index}; GET /simulator/switches lists them.")
    switch = known[index]
    await _ask(switch, "PUT", {switch.field: switching.on})
    return JSONResponse(await _state(index, switch))


async def _state(index: int, switch: Switch) -> dict[str, object]:
    """A switch that cannot be read is shown as neither on nor off, with the reason."""
    shown: dict[str, object] = {"index": index, "label": switch.label}
    try:
        return shown | {"on": bool((await _ask(switch, "GET")).get(switch.field)), "error": None}
    except PersonRefused as refused:
        return shown | {"on": None, "error": refused.sentence}


async def _ask(switch: Switch, method: str, body: dict[str, bool] | None = None) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {switch.token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE, headers=headers) as session,
            session.request(method, switch.url, json=body) as response,
        ):
            if response.status >= 400:
                raise PersonRefused(
                    502, f"{switch.url} answered {response.status}; check the switch's token."
                )
            return dict(await response.json()) if method == "GET" else {}
    except (aiohttp.ClientError, TimeoutError) as broken:
        raise PersonRefused(502, f"{switch.url} cannot be reached: {broken}; is it running?") from broken


ROUTES = [
    Route("/", page),
    Route("/booth/{file:path}", file),
    Route("/simulator/switches", switches),
    Route("/simulator/switches/{index:int}", turn, methods=["PUT"]),
]
