"""The sound of a recording, which Twilio gives to whoever knows its address."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ivr.simulator.exchange import Exchange
from ivr.simulator.recordings import as_wav
from ivr.simulator.rest.door import API, nothing_there


async def sound(request: Request) -> Response:
    exchange: Exchange = request.app.state.exchange
    recording = exchange.recordings.get(request.path_params["sid"].removesuffix(".wav"))
    if recording is None:
        return await nothing_there(request)
    return Response(as_wav(recording), media_type="audio/x-wav")


ROUTES = [Route(API + "/Recordings/{sid}", sound)]
