"""X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL followed by every form field, sorted by name))."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def sign(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """The URL is signed exactly as requested, without its fragment; for GET the form is empty."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
