"""The link in a reminder: whoever holds it may see one promise and keep it, without an account, for some days.

It is signed, so it cannot be guessed or made for another promise; it ends with its time, and with the promise.
"""

import base64
import hmac
import re
from typing import NamedTuple

from ivr.errors import NotFound
from ivr.hotline import Hotline

DAY_MS = 86_400_000
SIGNATURE_BYTES = 18  # 24 letters in an address
_TOKEN = re.compile(r"([a-z][a-z0-9]{0,19})\.(CA[0-9a-f]{32})\.(\d{10,14})\.([A-Za-z0-9_-]{24})")

EXPIRED = "这个链接已经失效：请登录系统，或按最近一次提醒中的链接打开"


class Link(NamedTuple):
    hotline: str
    sid: str
    until: int


def address(hotline: Hotline, sid: str) -> str:
    """The whole link to the promise of this call, good for the days of the rules."""
    until = hotline.now() + hotline.handbook.profile.promises.link_days * DAY_MS
    link = Link(hotline.name, sid, until)
    return f"{hotline.settings.hotline_public_url}/promise/{_text(link)}.{_signature(hotline, link)}"


def whose(token: str) -> str:
    """The hotline that a token speaks of, unproved; "" for what is no token."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found else ""


def read(hotline: Hotline, token: str) -> Link:
    """What the token is for. Raises NotFound for one that was not made here, and for one whose time is over."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise NotFound(EXPIRED)
    link = Link(found[1], found[2], int(found[3]))
    right = link.hotline == hotline.name and hmac.compare_digest(_signature(hotline, link), found[4])
    if not right or link.until < hotline.now():
        raise NotFound(EXPIRED)
    return link


def _text(link: Link) -> str:
    return f"{link.hotline}.{link.sid}.{link.until}"


def _signature(hotline: Hotline, link: Link) -> str:
    secret = hotline.settings.hotline_secret_key.get_secret_value().encode()
    digest = hmac.digest(secret, f"promise {_text(link)}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
