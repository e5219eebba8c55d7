"""Texts as people have them on their phones."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.people.replies import exchange_of
from ivr.simulator.texts import Text


async def received(request: Request) -> Response:
    """Those that were delivered, oldest first; of one phone, or of all."""
    to = request.query_params.get("to", "").replace(" ", "+")  # a plus that was not escaped
    texts = [text for text in exchange_of(request).texts.values() if text.status == "delivered"]
    return JSONResponse([_as_json(text) for text in texts if not to or text.to == to])


def _as_json(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "from": text.from_,
        "to": text.to,
        "body": text.body,
        "at": text.updated_at,
    }


ROUTES = [Route("/simulator/texts", received)]
