"""How a refusal is answered: RFC 9457 problem+json, with a sentence for people in `detail`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from starlette.exceptions import HTTPException

from ivr.errors import Conflict, Forbidden, Invalid, MustChange, NotAllowed, NotFound, Refused

STATUS: dict[type[Refused], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    NotAllowed: 401,
    Forbidden: 403,
    MustChange: 403,
}
TITLES = {
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not now",
    422: "Cannot be right",
    503: "The store does not answer",
}


def problem(status: int, detail: str, fields: dict[str, str] | None = None) -> JSONResponse:
    """`fields` says of each field of what was sent what is wrong with it, so that a form can say it there."""
    title = TITLES.get(status, "Refused")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body |= {"fields": fields} if fields else {}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


TOLD = (Refused, HTTPException, RedisConnectionError, RedisTimeoutError)
"""What is no failure of ours: whoever asked is told."""


def problem_of(error: Exception) -> JSONResponse:
    """One of `TOLD`, as a program is told it."""
    match error:
        case Invalid():
            return problem(STATUS[Invalid], str(error), error.fields)
        case Refused():
            return problem(STATUS.get(type(error), 400), str(error))
        case HTTPException():
            return problem(error.status_code, str(error.detail))
    return problem(503, "数据库暂时没有应答，请稍候重试")


def _is_a_page(request: Request) -> bool:
    """Whether somebody looks at it in a browser, who is better led to the form than told in JSON."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def answer_problems(app: FastAPI) -> None:
    """One place from error to answer, for every route."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        if isinstance(error, NotAllowed) and _is_a_page(request):
            return RedirectResponse("/", 303)
        if isinstance(error, MustChange) and _is_a_page(request):
            return RedirectResponse("/account", 303)
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        fields = {".".join(map(str, one["loc"][1:])): str(one["msg"]) for one in error.errors()}
        return problem(422, "；".join(wrong), fields)

    @app.exception_handler(HTTPException)
    @app.exception_handler(RedisConnectionError)
    @app.exception_handler(RedisTimeoutError)
    async def told(request: Request, error: Exception) -> JSONResponse:
        return problem_of(error)
