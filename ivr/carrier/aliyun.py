"""Alibaba Cloud SMS, through its official client: for mobiles in mainland China, which write back to nobody abroad.

It needs the packages of requirements-aliyun.txt; `gateway.py` imports this only where a key is set. A request is made
once: one that was carried out and never answered would be a second text. What a failure says is the gateway's code and
nothing more, because its sentences quote the number.
"""

import asyncio
import json
from urllib.parse import urlsplit

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.models import Config
from darabonba.exceptions import ResponseException, UnretryableException
from darabonba.runtime import RuntimeOptions

from config.settings import Settings
from ivr.carrier import CarrierBusy, CarrierFailed, CarrierRefused
from ivr.carrier.approved import match, read, unsigned

CONNECT_MS = 2000
ANSWER_SECONDS = 6.0
SENT = "OK"


class Aliyun:
    """The texts of an installation. An address other than Alibaba's is any server that speaks its dialect."""

    def __init__(self, settings: Settings, *, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._templates = read(settings.aliyun_sms_templates)
        address = urlsplit(settings.aliyun_sms_url)
        self._client = Client(
            Config(
                access_key_id=settings.aliyun_sms_access_key_id,
                access_key_secret=settings.aliyun_sms_access_key_secret.get_secret_value(),
                protocol=address.scheme.upper(),
                endpoint=address.netloc,
            )
        )

    async def text(self, to: str, body: str, *, sender: str, news: str, about: str) -> str:
        """`sender` and `news` are settled in the gateway's console: the signature in `body` is who sends, and reports
        go to one address for all. Raises as the port says; the text of what is raised is the gateway's code."""
        request = self._request(to, body, about)
        limits = RuntimeOptions(connect_timeout=CONNECT_MS, read_timeout=int(self._seconds * 1000))
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.send_sms_with_options_async(request, limits)
        except ResponseException as refused:
            raise _failure(str(refused.code), refused.status_code or 0) from None
        except (UnretryableException, TimeoutError):
            raise CarrierFailed("no answer from the gateway of texts") from None
        if answer.body.code != SENT:
            raise _failure(str(answer.body.code), 200)
        return str(answer.body.biz_id)

    def _request(self, to: str, body: str, about: str) -> SendSmsRequest:
        signature, words = unsigned(body)
        found = match(self._templates, words)
        if found is None:
            raise CarrierRefused("no approved template says this")
        if found.too_long:
            raise CarrierRefused(f"too long for the variable {found.too_long[0]}")
        return SendSmsRequest(
            phone_numbers=to.removeprefix("+86"),
            sign_name=signature,
            template_code=found.code,
            template_param=json.dumps(found.values, ensure_ascii=False),
            out_id=about,
        )


def _failure(code: str, status: int) -> CarrierFailed:
    """isv is us (a template, a limit a number has reached), isp is them. Of theirs nobody knows what was carried out.
    Codes: https://help.aliyun.com/zh/sms/developer-reference/api-error-codes"""
    if code.startswith("Throttling") or status == 429:
        return CarrierBusy(code)
    if code.startswith("isp.") or status >= 500:
        return CarrierFailed(code)
    return CarrierRefused(code)
