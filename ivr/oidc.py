"""Signing in with the city's own identity provider, by OpenID Connect: authorization code, PKCE, state and nonce.

The provider says who somebody is; what they may is our account's. Only who has an account here comes in: a claim of
the provider names the seat number. https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
"""

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import aiohttp
import jwt

from config.settings import Settings
from ivr import accounts, audit, sessions
from ivr.audit import Act
from ivr.errors import Conflict, NotAllowed
from ivr.hotline import Hotline
from ivr.roles import Person

PENDING_SECONDS = 600  # to sign in at the provider
PATIENCE = aiohttp.ClientTimeout(total=10)
SIGNED_BY = ("RS256", "PS256", "ES256", "EdDSA")  # never by a secret, never by nothing
LEEWAY_SECONDS = 60  # between the provider's clock and ours
BACK = "/session/oidc/back"
AWAY = "统一身份认证暂时没有应答：请稍候再试，或用工号和密码登录"
STALE = "这次登录已经过期，或不是从这个浏览器开始的：请重新点“统一身份认证”"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what it must bring back from there."""

    url: str
    state: str


def is_on(settings: Settings) -> bool:
    return bool(settings.hotline_oidc_issuer)


async def depart(hotline: Hotline) -> Departure:
    """The way to the provider. Raises Conflict while it does not answer."""
    settings = hotline.settings
    provider = await _discover(settings)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    pending = json.dumps({"nonce": nonce, "verifier": verifier})
    await hotline.store.ask("SET", _pending(hotline, state), pending, "EX", PENDING_SECONDS)
    query = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": settings.hotline_oidc_client_id,
        "redirect_uri": settings.hotline_public_url + BACK,
        "state": f"{hotline.name}.{state}",
        "nonce": nonce,
        "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return Departure(f"{provider['authorization_endpoint']}?{urlencode(query)}", query["state"])


async def arrive(
    hotline: Hotline, *, state: str, kept: str, code: str, where: str, browser: str
) -> tuple[Person, str]:
    """Back from the provider: the person, and the secret of a new session. `kept` is the state that this browser was
    given. Raises NotAllowed, or Conflict while the provider does not answer."""
    pending = await _take(hotline, state, kept)
    claims = await _claims(hotline.settings, code, pending)
    number = str(claims.get(hotline.settings.hotline_oidc_claim, ""))
    account = await hotline.store.ask("HGETALL", hotline.key("staff", number)) if number else {}
    if not account or not accounts.is_seat(number):
        await audit.note(hotline, None, Act.SIGN_IN_REFUSED, "统一身份认证", where=where)
        raise NotAllowed("您在统一身份认证中的工号在这条热线没有账号：请管理员先建立账号")
    return await sessions.admit(hotline, number, account, where=where, browser=browser, by="统一身份认证")


def _pending(hotline: Hotline, state: str) -> str:
    return hotline.key("oidc", accounts.digest_of(hotline.settings, state))


async def _take(hotline: Hotline, state: str, kept: str) -> dict[str, str]:
    """What was kept for this state, once."""
    if not kept or not hmac.compare_digest(state.encode(), kept.encode()):
        raise NotAllowed(STALE)
    stored = await hotline.store.ask("GETDEL", _pending(hotline, state.partition(".")[2]))
    if not stored:
        raise NotAllowed(STALE)
    found: dict[str, str] = json.loads(stored)
    return found


# ------------------------------------------------------------------------------------------ the provider


async def _discover(settings: Settings) -> dict[str, Any]:
    found = await _fetch("GET", f"{settings.hotline_oidc_issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != settings.hotline_oidc_issuer:
        raise Conflict("统一身份认证的地址与它自己所说的不同：请管理员核对 HOTLINE_OIDC_ISSUER")
    return found


async def _claims(settings: Settings, code: str, pending: dict[str, str]) -> dict[str, Any]:
    """What the provider says of whoever brought this code; its signature, audience, age and nonce are right."""
    provider = await _discover(settings)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": settings.hotline_public_url + BACK,
        "code_verifier": pending["verifier"],
    }
    login = aiohttp.BasicAuth(
        settings.hotline_oidc_client_id, settings.hotline_oidc_client_secret.get_secret_value()
    )
    answer = await _fetch("POST", provider["token_endpoint"], data=form, auth=login)
    keys = await _fetch("GET", provider["jwks_uri"])
    try:
        claims = _verified(str(answer.get("id_token", "")), keys, settings, provider["issuer"])
    except (jwt.InvalidTokenError, jwt.PyJWKError, jwt.PyJWKSetError):
        raise NotAllowed("统一身份认证的回答没有通过核验：请重新登录；反复出现时请告知管理员") from None
    if not hmac.compare_digest(str(claims.get("nonce", "")), pending["nonce"]):
        raise NotAllowed(STALE)
    return claims


def _verified(token: str, keys: dict[str, Any], settings: Settings, issuer: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    known = jwt.PyJWKSet.from_dict(keys).keys
    fitting = [key for key in known if header.get("kid") in (None, key.key_id)]
    if not fitting:
        raise jwt.InvalidTokenError("no such key")
    claims: dict[str, Any] = jwt.decode(
        token,
        fitting[0],
        algorithms=list(SIGNED_BY),
        audience=settings.hotline_oidc_client_id,
        issuer=issuer,
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    return claims


async def _fetch(method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.request(method, url, allow_redirects=False, **more) as answer,
        ):
            if answer.status >= 500:
                raise Conflict(AWAY)
            if answer.status != 200:
                raise NotAllowed("统一身份认证没有接受这次登录：请重新登录；反复出现时请告知管理员")
            found = await answer.json()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise Conflict(AWAY) from None
    if not isinstance(found, dict):
        raise Conflict(AWAY)
    return found
