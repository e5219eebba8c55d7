"""How other systems are told: one request, signed, to an address outside, or in a network that the settings name.

The signature is that of Standard Webhooks: HMAC-SHA256 over "<id>.<timestamp>.<body>", so that whoever receives it can
tell that it is ours, unchanged, and not an old one sent again.
"""

import asyncio
import base64
import hmac
import ipaddress
import socket
import ssl
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from ivr.acd import hooks
from ivr.acd.hooks import Taken
from ivr.errors import Invalid
from ivr.hotline import Hotline

PATIENCE_SECONDS = 5.0
LEASE_MS = 15_000  # longer than that: whoever does not say what came of it by then is dead
AT_ONCE = 8  # deliveries under way in one worker
LONGEST_ADDRESS = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Said(StrEnum):
    """What came of a try; the answer's code is kept beside it."""

    DELIVERED = "delivered"
    STATUS = "status"  # they answered, and did not take it
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    FORBIDDEN = "forbidden"  # it leads into a network that we do not send to


class Came(NamedTuple):
    said: Said
    code: int  # 0 without an answer


# ------------------------------------------------------------------------------------------ where to


Inside = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def nets_inside(hotline: Hotline) -> Inside | None:
    """The networks inside that may be told too; None where all of this runs on one machine, whose own address is the
    only one there is."""
    host = urlsplit(hotline.settings.hotline_public_url).hostname or ""
    return None if host in ("127.0.0.1", "localhost", "::1") else hotline.settings.hotline_hook_networks


def must_be_reachable(hotline: Hotline, url: str) -> str:
    """An address that may be told; names are looked up at each try. Raises Invalid."""
    why = _what_is_wrong(hotline, url)
    if why:
        raise Invalid(why, {"url": why})
    return url


def _what_is_wrong(hotline: Hotline, url: str) -> str:
    inside = nets_inside(hotline)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "这不是一个网址：请检查写法，如 https://oa.example.gov.cn/hotline"
    if parts.scheme not in (("https", "http") if inside is None else ("https",)):
        return "网址须以 https:// 开头"
    if not host or not url.isascii() or len(url) > LONGEST_ADDRESS or any(c.isspace() for c in url):
        return "这不是一个网址：请检查写法，如 https://oa.example.gov.cn/hotline"
    if parts.username or parts.password or parts.fragment:
        return "网址里不能带用户名、密码或 #：身份由签名证明"
    if _is_literal(host) and not may_reach(host, inside):
        return "不能推送到本机或内部网络的地址：请填写对外的网址，或请运维在 HOTLINE_HOOK_NETWORKS 中列出这个网段"
    return ""


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def may_reach(address: str, inside: Inside | None) -> bool:
    """Whether we send to this IP address: to any of the public network and of these inside; on one machine only to
    itself."""
    ip = _within(ipaddress.ip_address(address.partition("%")[0]))
    if inside is None:
        return ip.is_loopback
    return (ip.is_global and not ip.is_multicast) or any(ip in network for network in inside)


def _within(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of the old network that one of the new network stands for, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


class StrangerRefused(OSError):
    """A name led to where we do not send."""


class OnlyWhereWeSend(AbstractResolver):
    """Looks names up, and lets through none that leads elsewhere: what is looked up is what is connected to."""

    def __init__(self, inside: Inside | None) -> None:
        self._inside = inside
        self._plain = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._plain.resolve(host, port, family)
        if not all(may_reach(one["host"], self._inside) for one in found):
            raise StrangerRefused(host)
        return found

    async def close(self) -> None:
        await self._plain.close()


# ------------------------------------------------------------------------------------------ who says so


def secret_of(hotline: Hotline, id: str, number: str) -> str:
    """The secret of a subscription, as it is shown once. It is not stored: it follows from the installation's own."""
    own = hotline.settings.hotline_secret_key.get_secret_value().encode()
    digest = hmac.digest(own, f"hook {hotline.name} {id} {number}".encode(), "sha256")
    return "whsec_" + base64.b64encode(digest).decode()


def signature(secret: str, id: str, timestamp: int, body: str) -> str:
    """What the header `webhook-signature` holds."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{id}.{timestamp}.{body}".encode(), "sha256")
    return "v1," + base64.b64encode(digest).decode()


# ------------------------------------------------------------------------------------------ telling


async def deliver(hotline: Hotline) -> int:
    """Tell what is due, each to its own; answers how many were told or tried."""
    taken: list[Taken] = []
    while len(taken) < AT_ONCE and (one := await hooks.take(hotline, lease_ms=LEASE_MS)):
        taken.append(one)
    await asyncio.gather(*(_deliver(hotline, one) for one in taken))
    return len(taken)


async def _deliver(hotline: Hotline, taken: Taken) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    came = await _post(hotline, taken)
    rules = hotline.handbook.profile.hooks
    await hooks.end(
        hotline,
        taken,
        said=came.said,
        code=came.code,
        ms=round((clock() - began) * 1000),
        waits=rules.waits,
        keep_ms=rules.keep_ms,
    )


async def _post(hotline: Hotline, taken: Taken) -> Came:
    """One request. A redirect is not followed: it could lead anywhere."""
    if _what_is_wrong(hotline, taken.url):
        return Came(Said.FORBIDDEN, 0)
    connector = TCPConnector(
        resolver=OnlyWhereWeSend(nets_inside(hotline)), force_close=True, use_dns_cache=False
    )
    try:
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=PATIENCE_SECONDS)) as http,
            http.post(
                taken.url, data=taken.body.encode(), headers=_headers(hotline, taken), allow_redirects=False
            ) as answer,
        ):
            return Came(Said.DELIVERED if 200 <= answer.status < 300 else Said.STATUS, answer.status)
    except TimeoutError:
        return Came(Said.TIMEOUT, 0)
    except (ClientError, OSError) as failure:
        return Came(_why(failure), 0)


def _why(failure: BaseException) -> Said:
    chain = [failure, failure.__cause__, getattr(failure, "os_error", None)]
    if any(isinstance(one, StrangerRefused) for one in chain):
        return Said.FORBIDDEN
    if any(isinstance(one, ssl.SSLError) for one in chain) or "ertificate" in repr(failure):
        return Said.CERTIFICATE
    return Said.UNREACHABLE


def _headers(hotline: Hotline, taken: Taken) -> dict[str, str]:
    id, timestamp = f"{hotline.name}-{taken.event}", hotline.now() // 1000
    secret = secret_of(hotline, taken.hook, taken.secrets)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "hotline",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, id, timestamp, taken.body),
    }
