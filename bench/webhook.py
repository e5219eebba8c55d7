"""One webhook as the carrier sends it: all its fields, blank ones included, signed over the URL and every field.

Only the call's id differs from one request to the next, so that the rest is encoded once and tens of thousands of
requests are ready within a second.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlencode

ANY_CALL = "CA" + "x" * 32  # stands for the call's id until it is known

# https://www.twilio.com/docs/voice/twiml#request-parameters, for a number that is forwarded to the carrier's trunk.
_ACCOUNT = {"AccountSid": "AC" + "0de30" * 6 + "00", "ApiVersion": "2010-04-01", "CallSid": ANY_CALL}
_CALL = {
    "CallStatus": "in-progress",
    "CallToken": '{"parentCallInfoToken":"' + "eyJhbGciOiJFUzI1NiJ9" * 8 + '","identityHeaderTokens":[]}',
    "Direction": "inbound",
    "ForwardedFrom": "+8677100000002",
    "CallerName": "",
    "StirVerstat": "No-TN-Validation",
    "StirPassportToken": "",
}
_PARTIES = {
    "From": "+862000000001",
    "Caller": "+862000000001",
    "To": "+8677100000002",
    "Called": "+8677100000002",
}
_PLACES = {
    party + place: "CN" if place == "Country" else ""
    for party in ("From", "Caller", "To", "Called")
    for place in ("City", "State", "Zip", "Country")
}
_SIP = {
    "SipCallId": "7c4b1d0a9e6f4c0f8d2e@sbc.example",
    "SipDomain": "nanning.sip.example",
    "SipDomainSid": "SD" + "0de30" * 6 + "00",
    "SipSourceIp": "192.0.2.10",
    "SipUsername": "",
    "SipResponseCode": "",
    "SipHeader_Diversion": "<sip:077100000002@trunk.example>;reason=unconditional",
    "SipHeader_History-Info": "",
    "SipHeader_P-Asserted-Identity": "<sip:02000000001@trunk.example>",
    "SipHeader_User-to-User": "",
    "SipHeader_X-Dialled": "+8677100000002",
}
_GATHER = {"Digits": "", "FinishedOnKey": "", "msg": "Gather End"}

FIELDS = {**_ACCOUNT, **_CALL, **_PARTIES, **_PLACES, **_SIP, **_GATHER}


def sid(number: int) -> str:
    """A call's id, as the carrier would give it: `CA` and 32 hexadecimal digits."""
    return f"CA{number:032x}"


def written(port: int, path: str, auth_token: str, sids: Iterator[str]) -> Iterator[bytes]:
    """The whole HTTP request for each call, ready to be sent to this port of this machine."""
    url = f"http://127.0.0.1:{port}{path}"
    signed = url + "".join(name + FIELDS[name] for name in sorted(FIELDS))
    body = urlencode(FIELDS).encode()
    head = _head(port, path, len(body))
    for each in sids:
        text = signed.replace(ANY_CALL, each).encode()
        signature = b64encode(hmac.digest(auth_token.encode(), text, "sha1"))
        yield head % signature + body.replace(ANY_CALL.encode(), each.encode())


def signed(port: int, path: str, auth_token: str, **fields: str) -> bytes:
    """One request with these fields in place of those that every webhook has here."""
    form = FIELDS | fields
    text = f"http://127.0.0.1:{port}{path}" + "".join(name + form[name] for name in sorted(form))
    body = urlencode(form).encode()
    signature = b64encode(hmac.digest(auth_token.encode(), text.encode(), "sha1"))
    return _head(port, path, len(body)) % signature + body


def _head(port: int, path: str, length: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: TwilioProxy/1.1",
        "Accept: */*",
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature: %s",
        "I-Twilio-Idempotency-Token: 0de30000-0000-4000-8000-000000000000",
        "X-Home-Region: us1",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()
