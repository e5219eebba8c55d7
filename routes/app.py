"""The application: everything behind one port, put together once per worker."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from config.settings import Settings, read_settings
from ivr.carrier.twilio import Twilio
from ivr.dispatch import keep_going
from ivr.hotline import Hotline, open_hotline
from ivr.logs import speak_json
from ivr.newswire import Newswire
from ivr.store import connect, examine, load_library
from routes import calls, desk, health, knowledge, sign_in
from routes.pages import HERE, SafeHeaders, templates
from routes.problems import answer_problems
from routes.voice import Voice

AUDIO = Path(__file__).parent.parent / "config" / "audio"

log = structlog.get_logger()


def create_app() -> ASGIApp:
    """What `uvicorn --factory` calls. Raises Unset when the environment will not do."""
    speak_json()
    return Front(read_settings())


class Front:
    """Calls go straight to their endpoint; everything else is the console's and the API's."""

    def __init__(self, settings: Settings) -> None:
        self.hotlines: dict[str, Hotline] = {}
        self._voice = Voice(
            self.hotlines, settings.hotline_public_url, settings.twilio_auth_token.get_secret_value()
        )
        self._console = SafeHeaders(build_console(settings, self.hotlines), settings.twilio_api_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/voice/"):
            await self._voice(scope, receive, send)
        else:
            await self._console(scope, receive, send)


def build_console(settings: Settings, hotlines: dict[str, Hotline]) -> FastAPI:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _open(app, stack, settings, hotlines)
            yield
            app.state.closing.set()

    app = FastAPI(title="直通车", version="0.1.0", lifespan=life)
    app.state.settings = settings
    app.state.hotlines = hotlines
    app.state.newswires = {}
    app.state.templates = templates()
    app.state.closing = asyncio.Event()
    answer_problems(app)
    for part in (health, sign_in, desk, calls, knowledge):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.mount("/audio", StaticFiles(directory=AUDIO))
    return app


async def _open(
    app: FastAPI, stack: AsyncExitStack, settings: Settings, hotlines: dict[str, Hotline]
) -> None:
    store = app.state.store = connect(settings.hotline_redis_url)
    stack.push_async_callback(store.close)
    for warning in await examine(store.redis):
        log.warning("store", warning=warning)
    await load_library(store.redis)
    carrier = Twilio(settings)
    stack.push_async_callback(carrier.close)
    worker = f"{os.getpid()}-{token_hex(4)}"
    for name in settings.hotline_hotlines:
        hotline = hotlines[name] = await open_hotline(name, store, carrier, settings)
        for warning in hotline.handbook.hours.warnings(hotline.moment()):
            log.warning("calendar", hotline=name, warning=warning)
        newswire = app.state.newswires[name] = Newswire(hotline)
        stack.push_async_callback(_stop, asyncio.create_task(keep_going(hotline, newswire, worker)))
    _end_streams_on_signal(app.state.closing)


async def _stop(loops: "asyncio.Task[None]") -> None:
    loops.cancel()
    with suppress(asyncio.CancelledError):
        await loops


def _end_streams_on_signal(closing: asyncio.Event) -> None:
    """An open event stream would hold up the server's shutdown; it is told to end when the server is."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):
            continue

        def tell(number: int, frame: Any, before: Any = before) -> None:
            loop.call_soon_threadsafe(closing.set)
            before(number, frame)

        with suppress(ValueError):  # not in the main thread: somebody else ends this server
            signal.signal(number, tell)
