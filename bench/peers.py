"""What the webhooks are held against: a server that does nothing, and one written as the tutorials teach.

`python -m bench.peers bare|tutorial PORT STORE_URL FOLDER`. Both run under the product's own uvicorn settings.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from ivr.demo import AUTH_TOKEN

VOICE = {"voice": "Polly.Zhiyu-Neural", "language": "cmn-CN"}


def bare(folder: Path) -> ASGIApp:
    """Reads the body and answers with the product's own words, which it found in a file. No server can be faster."""
    words = {step: (folder / f"{step}.xml").read_bytes() for step in ("answer", "wait")}
    headers = {step: _headers(body) for step, body in words.items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        step = "wait" if scope["path"].endswith("/wait") else "answer"
        await send({"type": "http.response.start", "status": 200, "headers": headers[step]})
        await send({"type": "http.response.body", "body": words[step]})

    return app


def _headers(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"text/xml; charset=utf-8"), (b"content-length", str(len(body)).encode())]


def tutorial(store_url: str) -> ASGIApp:
    """One route a step: the form, the validator, one command, a response built anew for every caller."""
    app = FastAPI()
    redis = Redis.from_url(store_url, decode_responses=True)
    validator = RequestValidator(AUTH_TOKEN)

    async def checked(request: Request) -> str:
        form = await request.form()
        if not validator.validate(str(request.url), form, request.headers.get("X-Twilio-Signature", "")):
            raise HTTPException(403)
        return str(form["CallSid"])

    async def answer(request: Request) -> Response:
        sid = await checked(request)
        await redis.hset(f"tutorial:{sid}", "state", "greeting")
        response = VoiceResponse()
        response.say("欢迎拨打南宁优化营商环境服务企业‘直通车’。", **VOICE)
        response.redirect("wait")
        return Response(str(response), media_type="text/xml")

    async def wait(request: Request) -> Response:
        sid = await checked(request)
        await redis.hset(f"tutorial:{sid}", "state", "waiting")
        response = VoiceResponse()
        response.say("客服代表还在忙，您的位置一直保留着，请不要挂机。", **VOICE)
        gather = response.gather(action="wait", num_digits=1, timeout=1, finish_on_key="")
        gather.play("../../audio/waiting.wav")
        response.redirect("wait")
        return Response(str(response), media_type="text/xml")

    steps: tuple[Callable[[Request], Awaitable[Response]], ...] = (answer, wait)
    for step in steps:
        app.post(f"/voice/nanning/{step.__name__}")(step)
    return app


def main(kind: str, port: str, store_url: str, folder: str) -> None:
    app = bare(Path(folder)) if kind == "bare" else tutorial(store_url)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
