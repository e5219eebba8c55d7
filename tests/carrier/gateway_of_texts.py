"""A gateway of texts that answers as Alibaba documents: it checks each signature itself, and keeps what it was asked.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import web

from config.settings import Settings
from ivr.demo import Demo
from tests.town import free_port

KEY, SECRET = "demo-key-not-a-key", "demo-secret-not-a-secret"
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass
class TextGatewayOnLoopback:
    """`code` is what it answers the next texts with; `silent` says nothing until whoever asks gives up."""

    port: int
    code: str = "OK"
    status: int = 200
    silent: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, demo: Demo, templates: dict[str, str], *, secret: str = SECRET) -> Settings:
        known = {name.lower(): value for name, value in demo.environment().items()}
        return Settings.model_validate(
            {
                **known,
                "aliyun_sms_access_key_id": KEY,
                "aliyun_sms_access_key_secret": secret,
                "aliyun_sms_url": self.url,
                "aliyun_sms_templates": templates,
            }
        )

    async def answer(self, request: web.Request) -> web.Response:
        if not _is_signed(request):
            wrong = {
                "Code": "SignatureDoesNotMatch",
                "Message": "Specified signature is not matched.",
                "RequestId": "1",
            }
            return web.json_response(wrong, status=400)
        assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == (
            "SendSms",
            "2017-05-25",
        )
        self.asked.append(dict(request.query))
        if self.silent:
            await asyncio.sleep(30)
        number = request.query["PhoneNumbers"]
        said = {"Code": self.code, "Message": f"about {number}", "RequestId": "873043ac"}
        if self.code == "OK":
            said |= {"Message": "OK", "BizId": "9006197469364984400"}
        return web.json_response(said, status=self.status)


def _is_signed(request: web.Request) -> bool:
    found = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})",
        request.headers.get("Authorization", ""),
    )
    if not found or found[1] != KEY or request.headers["x-acs-content-sha256"] != EMPTY:
        return False
    query = "&".join(f"{_plain(name)}={_plain(value)}" for name, value in sorted(request.query.items()))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in found[2].split(";"))
    asked = "\n".join((request.method, request.path, query, headers, found[2], EMPTY))
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(asked.encode()).hexdigest()}"
    right = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right, found[3])


def _plain(text: str) -> str:
    return quote(text, safe="-_.~")


@asynccontextmanager
async def listening() -> AsyncIterator[TextGatewayOnLoopback]:
    gateway = TextGatewayOnLoopback(free_port())
    app = web.Application()
    app.router.add_post("/", gateway.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", gateway.port).start()
    try:
        yield gateway
    finally:
        await runner.cleanup()
