"""The application: everything behind one port, put together once per worker."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from secrets import token_hex
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Receive, Scope, Send

from config.settings import Settings, read_settings
from ivr.carrier.gateway import text_gateway
from ivr.carrier.twilio import Twilio
from ivr.dispatch import keep_going
from ivr.hotline import Hotline, open_hotline
from ivr.logs import speak_json
from ivr.newswire import Newswire
from ivr.promises import upgrade_store
from ivr.store import connect, examine, load_library
from routes import (
    absences,
    account,
    admin,
    announcement,
    audit,
    blocks,
    callbacks,
    calls,
    cases,
    desk,
    exports,
    health,
    knowledge,
    manual,
    oidc,
    privacy,
    probes,
    promise_link,
    promises,
    published,
    sign_in,
    supervision,
    talk,
    tokens,
    wallboard,
)
from routes.audio import Audio
from routes.description import Described
from routes.pages import HERE, SafeHeaders, templates
from routes.problems import answer_problems
from routes.short_way import ShortWay
from routes.texts import Texts
from routes.voice import Voice

OPENING_SECONDS = 3.0  # that a start waits for the store, before it answers without it
ASK_AGAIN_SECONDS = 0.5
YOUNG_AT_MOST = 20_000  # objects, before the collector looks: what a request leaves is hardly ever a circle

PARTS = (
    desk,
    health,
    sign_in,
    oidc,
    account,
    calls,
    exports,
    privacy,
    callbacks,
    blocks,
    knowledge,
    announcement,
    published,
    manual,
    wallboard,
    supervision,
    probes,
    talk,
    promise_link,
    promises,
    cases,
    absences,
    audit,
    tokens,
    *admin.PARTS,
)
"""Every router of the console and the API, tried in this order: what is asked most stands first. Webhooks go another
way."""

log = structlog.get_logger()


def create_app() -> ASGIApp:
    """What `uvicorn --factory` calls. Raises Unset when the environment will not do."""
    speak_json()
    return Front(read_settings())


class Front:
    """Calls go straight to their endpoint; everything else is the console's and the API's."""

    def __init__(self, settings: Settings) -> None:
        self.hotlines: dict[str, Hotline] = {}
        self._voice = Voice(self.hotlines, settings)
        self._texts = Texts(self.hotlines, settings)
        console = build_console(settings, self.hotlines)
        self._console = SafeHeaders(ShortWay(console, desk.router), settings.twilio_api_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/voice/"):
            await self._voice(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/texts/"):
            await self._texts(scope, receive, send)
        else:
            await self._console(scope, receive, send)


def build_console(settings: Settings, hotlines: dict[str, Hotline]) -> FastAPI:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            opening = asyncio.create_task(_open_when_possible(app, stack, settings, hotlines))
            await asyncio.wait({opening}, timeout=OPENING_SECONDS)
            if opening.done():
                opening.result()  # a store that will not do stops the start
            else:
                opening.add_done_callback(_end_if_it_failed)
            _end_streams_on_signal(app.state.closing)
            yield
            app.state.closing.set()
            await _stop(opening)

    app = Described(title="直通车", version="0.1.0", lifespan=life, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.hotlines = hotlines
    app.state.newswires = {}
    app.state.templates = templates()
    app.state.closing = asyncio.Event()
    app.state.gateway = text_gateway(settings)
    app.state.store = connect(settings.hotline_redis_url)
    answer_problems(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.mount("/audio", Audio(hotlines, settings.hotline_data_dir / "audio"))
    for part in PARTS:
        app.include_router(part.router)
    return app


async def _open_when_possible(
    app: FastAPI, stack: AsyncExitStack, settings: Settings, hotlines: dict[str, Hotline]
) -> None:
    """A worker that starts while the store is away comes up all the same: it speaks, and goes on asking."""
    store = app.state.store
    stack.push_async_callback(store.close)
    while True:
        try:
            warnings = await examine(store.redis)
            await load_library(store.redis)
            break
        except (RedisError, OSError) as away:
            log.error("store", failure=repr(away)[:200])
            await asyncio.sleep(ASK_AGAIN_SECONDS)
    for warning in warnings:
        log.warning("store", warning=warning)
    carrier = Twilio(settings)
    stack.push_async_callback(carrier.close)
    for name in settings.hotline_hotlines:
        await _open(
            app, stack, hotlines, await open_hotline(name, store, carrier, settings, app.state.gateway)
        )
    gc.freeze()  # what is loaded by now lives as long as we do; the collector need not look at it again
    gc.set_threshold(YOUNG_AT_MOST)


async def _open(app: FastAPI, stack: AsyncExitStack, hotlines: dict[str, Hotline], hotline: Hotline) -> None:
    for warning in hotline.handbook.hours.warnings(hotline.moment()):
        log.warning("calendar", hotline=hotline.name, warning=warning)
    await upgrade_store(hotline)
    newswire = app.state.newswires[hotline.name] = Newswire(hotline)
    worker = f"{os.getpid()}-{token_hex(4)}"
    stack.push_async_callback(_stop, asyncio.create_task(keep_going(hotline, newswire, worker)))
    hotlines[hotline.name] = hotline


def _end_if_it_failed(opening: "asyncio.Task[None]") -> None:
    """A worker that can never serve must not stay up and look ready."""
    if not opening.cancelled() and (failure := opening.exception()):
        log.critical("opening", failure=str(failure))
        os.kill(os.getpid(), signal.SIGTERM)


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
