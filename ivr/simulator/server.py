"""The process: REST for the application, the people's API, and the booth, on one local port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from ivr.simulator import booth_pages
from ivr.simulator.errors import PersonRefused
from ivr.simulator.exchange import Exchange
from ivr.simulator.people import booths, callers, faults, phones, softphones, texts, watching
from ivr.simulator.people.replies import refuse
from ivr.simulator.rest import calls, conferences, media, messages, numbers, tapes
from ivr.simulator.rest.door import nothing_there
from ivr.simulator.settings import Settings

THIS_MACHINE = r"http://(127\.0\.0\.1|localhost)(:\d+)?"


def build_app(settings: Settings) -> Starlette:
    exchange = Exchange.build(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await exchange.open()
        yield
        await exchange.close()

    app = Starlette(
        routes=[
            *(
                calls.ROUTES
                + conferences.ROUTES
                + numbers.ROUTES
                + messages.ROUTES
                + media.ROUTES
                + tapes.ROUTES
            ),
            Route("/2010-04-01/{path:path}", nothing_there, methods=["GET", "POST", "DELETE"]),
            *(callers.ROUTES + phones.ROUTES + softphones.ROUTES + texts.ROUTES),
            *booths.ROUTES,
            *(watching.ROUTES + faults.ROUTES),
            *booth_pages.ROUTES,
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex=THIS_MACHINE,
                allow_methods=["GET", "POST", "PUT", "DELETE"],
                allow_headers=["*"],
            )
        ],
        exception_handlers={PersonRefused: refuse},
    )
    app.state.exchange = exchange
    return app


def serve(settings: Settings) -> None:
    """Serve until told to stop; open event streams are cut then."""
    uvicorn.run(
        build_app(settings),
        host="127.0.0.1",
        port=settings.simulator_port,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
