"""Names of things, in Twilio's form: two letters for the kind, then 32 hexadecimal digits."""

import secrets
from typing import Literal

Kind = Literal["CA", "CF", "PN", "RE", "RQ", "SM"]


def new_sid(kind: Kind) -> str:
    return kind + secrets.token_hex(16)
