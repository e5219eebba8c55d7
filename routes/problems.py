"""How a refusal is answered: RFC 9457 problem+json, with a sentence for people in `detail`; in a browser, a page."""

from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from starlette.exceptions import HTTPException

from ivr.errors import Conflict, Forbidden, Invalid, MustChange, NotAllowed, NotFound, Refused
from routes.guards import SAFE
from routes.pages import page

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
HEADINGS = {403: "没有这项权限", 404: "没有找到", 409: "此刻不能", 422: "填写有误", 503: "暂时没有应答"}
IN_CHINESE = {404: "没有这个页面：请检查网址", 405: "这个网址不能直接打开：请从页面上操作"}
STORE_AWAY = "数据库暂时没有应答，请稍候重试"


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
    return problem(503, STORE_AWAY)


def _is_a_page(request: Request) -> bool:
    """Whether somebody looks at it in a browser, who is better led on than told in JSON."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _page_of(request: Request, error: Exception) -> Response:
    """The same as somebody reads it. It asks nothing of the store, which may be what does not answer."""
    match error:
        case NotAllowed():
            return RedirectResponse("/", 303)
        case MustChange():
            return RedirectResponse("/account", 303)
        case Refused():
            return _refusal(request, STATUS.get(type(error), 400), str(error))
        case RequestValidationError():
            names = "、".join(str(one["loc"][-1]) for one in error.errors())
            return _refusal(request, 422, f"{names} 的写法不对：请从页面上重新操作")
        case HTTPException():
            return _refusal(request, error.status_code, _sentence(error))
    return _refusal(request, 503, STORE_AWAY)


def _refusal(request: Request, status: int, said: str) -> Response:
    heading = HEADINGS.get(status, "没有成功")
    return page(request, "refused", status=status, heading=heading, said=said, way_back=_way_back(request))


def _sentence(error: HTTPException) -> str:
    """What the framework says in English of an address that it does not know, in words of ours."""
    phrase = HTTPStatus(error.status_code).phrase
    return IN_CHINESE.get(error.status_code, phrase) if error.detail == phrase else str(error.detail)


def _way_back(request: Request) -> str:
    """From a form to the page it stands on, when that is one of ours; else to where everybody begins."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = (request.url.netloc, urlsplit(request.app.state.settings.hotline_public_url).netloc)
    if request.method in SAFE or came.netloc not in ours:
        return "/"
    return "/" + came.path.lstrip("/")


def answer_problems(app: FastAPI) -> None:
    """One place from error to answer, for every route."""

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if _is_a_page(request):
            return _page_of(request, error)
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        fields = {".".join(map(str, one["loc"][1:])): str(one["msg"]) for one in error.errors()}
        return problem(422, "；".join(wrong), fields)

    @app.exception_handler(Refused)
    @app.exception_handler(HTTPException)
    @app.exception_handler(RedisConnectionError)
    @app.exception_handler(RedisTimeoutError)
    async def told(request: Request, error: Exception) -> Response:
        return _page_of(request, error) if _is_a_page(request) else problem_of(error)
