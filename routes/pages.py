"""Pages: the templates, what every page is given, and the headers that keep them ours."""

from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import TWILIO_API
from ivr.directory import grouped
from ivr.hotline import Hotline
from ivr.privacy import mark_of
from ivr.roles import TITLES, Person, Right
from ivr.titles import CHOSEN, ENDED_BY, OUTCOMES, in_words
from routes.browsers import known_as
from routes.guards import my_hotline, newswire_of
from routes.menu import ADMIN, menu_for

HERE = Path(__file__).parent
TWILIO_SOFTPHONE = "https://eventgw.twilio.com wss://voice-js.roaming.twilio.com https://media.twiliocdn.com https://sdk.twilio.com"


def templates() -> Jinja2Templates:
    found = Jinja2Templates(directory=HERE / "templates")
    found.env.globals |= {
        "CHOSEN": CHOSEN,
        "OUTCOMES": OUTCOMES,
        "ENDED_BY": ENDED_BY,
        "in_words": in_words,
        "grouped": grouped,
    }
    found.env.filters["known_as"] = known_as
    return found


def page(
    request: Request, name: str, person: Person | None = None, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page with what every page is given: its name, who looks, whose hotline it is, and what an admin must know."""
    hotline = my_hotline(request, person) if person else None
    shared = {
        "page": name,
        "menu": menu_for(person) if person else [],
        "person": {
            "hotline": person.hotline,
            "id": person.id,
            "role": person.role.value,
            "title": TITLES[person.role],
            "rights": [right.value for right in Right if person.may(right)],
        }
        if person
        else None,
        "parts": ADMIN,
        "at": partial(_at, hotline.timezone) if hotline else None,
        "hotline": {
            "name": hotline.name,
            "title": hotline.handbook.profile.title,
            "city": hotline.handbook.profile.city,
            "timezone": hotline.handbook.profile.timezone,
        }
        if hotline
        else None,
        "mark": mark_of(hotline, person) if hotline and person else "",
        "alarms": newswire_of(request, hotline).alarms
        if hotline and person and person.may(Right.SUPERVISE)
        else 0,
        "announced": _announced(hotline) if hotline and person and person.may(Right.SUPERVISE) else "",
        "warnings": _warnings(hotline) if hotline and person and person.may(Right.ADMINISTER) else [],
    }
    found: Jinja2Templates = request.app.state.templates
    return found.TemplateResponse(request, f"{name}.html", {**shared, **context}, status_code=status)


def _at(zone: tzinfo, ms: int) -> str:
    """A moment of the store as people read it, in the city's own time."""
    return datetime.fromtimestamp(ms / 1000, zone).strftime("%Y-%m-%d %H:%M")


def _announced(hotline: Hotline) -> str:
    """What callers hear first just now; whoever can take it back must not forget it."""
    found = hotline.handbook.announcement
    return found.text if found and found.is_on(hotline.moment()) else ""


def _warnings(hotline: Hotline) -> list[str]:
    """What an admin must know on every page: what the calendar lacks."""
    return hotline.handbook.hours.warnings(hotline.moment())


class SafeHeaders:
    """A strict policy on every answer: our own scripts and styles, the carrier's sockets, and the sound that a pretend
    phone company makes itself; nothing else."""

    def __init__(self, app: ASGIApp, carrier_url: str) -> None:
        self._app = app
        media, connect, script = _carrier_sources(carrier_url)
        policy = (
            f"default-src 'self'; script-src 'self'{script}; connect-src 'self' {connect}; "
            f"media-src 'self' {media}; img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_safely)


def _carrier_sources(carrier_url: str) -> tuple[str, str, str]:
    if carrier_url == TWILIO_API:
        return "mediastream: https://media.twiliocdn.com https://sdk.twilio.com", TWILIO_SOFTPHONE, ""
    socket = carrier_url.replace("http", "ws", 1)
    return "mediastream:", f"{carrier_url} {socket}", f" {carrier_url}/booth/mesh.js"
