"""Recordings in place of sentences, kept in the store: every worker of every machine plays the same.

A recording is called after its own digest, as in `nanning-1f3c...e0.wav`: a name always means the same sound, an older
edition of a prompt still finds its own, and carriers and browsers may keep what they fetched.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from ivr import wav
from ivr.hotline import Hotline


class Kept(NamedTuple):
    name: str
    seconds: float


async def keep(hotline: Hotline, given: bytes) -> Kept:
    """Check a WAV file, bring it to what telephones play, and keep it. Raises Invalid."""
    recording = await asyncio.to_thread(wav.for_telephones, given)
    digest = sha256(recording.wav).hexdigest()[:32]
    await hotline.store.ask("SET", hotline.key("sound", digest), b64encode(recording.wav).decode())
    return Kept(f"{hotline.name}-{digest}.wav", recording.seconds)


async def sound(hotlines: Mapping[str, Hotline], name: str) -> bytes | None:
    """The recording of this name, of whichever hotline; None if there is none."""
    owner, _, rest = name.partition("-")
    hotline = hotlines.get(owner)
    if hotline is None:
        return None
    found = await hotline.store.ask("GET", hotline.key("sound", rest.removesuffix(".wav")))
    return b64decode(found) if found else None
