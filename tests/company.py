"""A phone company out of order: a real HTTP server that answers what the test says, and remembers what it was asked."""

import asyncio
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.town import Server, free_port

RUNG = "CA" + "e" * 32  # whoever it is asked to ring


class Company(Server):
    """`answers` are the statuses of the next requests about a call, 200 after that; `up` the calls it says are live."""

    def __init__(self) -> None:
        self.answers: list[int | tuple[int, int]] = []
        self.asked: list[str] = []
        self.up: list[str] = []
        self.inside: list[str] = []
        self.silent = False
        self.page = b""  # of a proxy before it, which says no in its own way
        self.lists_answer = 200
        routes = [
            Route("/", self._here),
            Route("/2010-04-01/Accounts/{account}/Calls.json", self._list, methods=["GET"]),
            Route("/2010-04-01/Accounts/{account}/Calls.json", self._ring, methods=["POST"]),
            Route("/2010-04-01/Accounts/{account}/Conferences.json", self._rooms),
            Route("/2010-04-01/Accounts/{account}/Conferences/{sid}/Participants.json", self._in_the_room),
            Route("/2010-04-01/Accounts/{account}/Calls/{sid}.json", self._one, methods=["GET", "POST"]),
        ]
        super().__init__(Starlette(routes=routes), free_port())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _here(self, request: Request) -> Response:
        return Response()

    async def _list(self, request: Request) -> Response:
        if self.lists_answer != 200:
            return self._refusal(self.lists_answer, self.lists_answer)
        status = request.query_params.get("Status", "in-progress")
        up = self.up if status == "in-progress" else []
        calls = [{"sid": sid, "status": status, "direction": "outbound-api"} for sid in up]
        return JSONResponse({"calls": calls, "next_page_uri": None, "page": 0, "page_size": 1000, "uri": ""})

    async def _ring(self, request: Request) -> Response:
        self.asked.append(f"ring {(await request.form())['To']}")
        return JSONResponse({"sid": RUNG, "status": "queued"}, 201)

    async def _rooms(self, request: Request) -> Response:
        rooms = [{"sid": "CF" + "0" * 32}] if self.inside else []
        return JSONResponse(
            {"conferences": rooms, "next_page_uri": None, "page": 0, "page_size": 50, "uri": ""}
        )

    async def _in_the_room(self, request: Request) -> Response:
        people = [{"call_sid": sid} for sid in self.inside]
        return JSONResponse(
            {"participants": people, "next_page_uri": None, "page": 0, "page_size": 50, "uri": ""}
        )

    async def _one(self, request: Request) -> Response:
        sid, form = request.path_params["sid"], await request.form()
        if request.method == "GET":
            return self._refusal(404, 20404) if sid not in self.up else JSONResponse({"sid": sid})
        what = "hang_up" if "Status" in form else "redirect"
        step = urlsplit(str(form.get("Url", ""))).path.rpartition("/")[2]
        self.asked.append(f"{what} {sid} {step}".rstrip())
        if self.silent:
            await asyncio.sleep(30)
        answer = self.answers.pop(0) if self.answers else 200
        status, code = answer if isinstance(answer, tuple) else (answer, answer)
        return (
            JSONResponse({"sid": sid, "status": "completed"})
            if status == 200
            else self._refusal(status, code)
        )

    def _refusal(self, status: int, code: int) -> Response:
        if self.page:
            return Response(self.page, status, media_type="text/html; charset=gbk")
        return JSONResponse({"code": code, "message": "no", "more_info": "", "status": status}, status)
