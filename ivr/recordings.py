"""Recordings in place of sentences, kept in the store: every worker of every machine plays the same.

A recording is called after its own digest, as in `nanning-1f3c...e0.wav`: a name always means the same sound, an older
edition of a prompt still finds its own, and carriers and browsers may keep what they fetched.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ivr import wav
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from ivr.keys import root
from ivr.store import Store


class Kept(NamedTuple):
    name: str
    seconds: float


async def keep(hotline: Hotline, given: bytes) -> Kept:
    """Check a WAV file, bring it to what telephones play, and keep it. Raises Invalid."""
    recording = await asyncio.to_thread(wav.for_telephones, given)
    name = f"{hotline.name}-{_digest(recording.wav)}.wav"
    await hotline.store.ask("SET", _key(hotline.name, name), b64encode(recording.wav).decode())
    return Kept(name, recording.seconds)


async def write_files(store: Store, hotline: str, handbook: Handbook, folder: Path) -> None:
    """The recordings that the prompts play, beside the rest of a dump."""
    for prompt in (*handbook.prompts.prompts, *handbook.translations):
        if prompt.audio and (kept := await _of(store, hotline, prompt.audio)):
            (folder / "audio").mkdir(exist_ok=True)
            (folder / "audio" / prompt.audio).write_bytes(kept)


async def read_files(store: Store, hotline: str, folder: Path) -> None:
    """Those of a dump, back into the store; a file whose name is not its digest is none of them."""
    for file in sorted((folder / "audio").glob(f"{hotline}-*.wav")):
        given = file.read_bytes()
        if file.name == f"{hotline}-{_digest(given)}.wav":
            await store.ask("SET", _key(hotline, file.name), b64encode(given).decode())


async def sound(hotlines: Mapping[str, Hotline], name: str) -> bytes | None:
    """The recording of this name, of whichever hotline; None if there is none."""
    hotline = hotlines.get(name.partition("-")[0])
    return await _of(hotline.store, hotline.name, name) if hotline else None


async def _of(store: Store, hotline: str, name: str) -> bytes | None:
    found = await store.ask("GET", _key(hotline, name))
    return b64decode(found) if found else None


def _key(hotline: str, name: str) -> str:
    """Of a recording by its file's name."""
    return f"{root(hotline)}sound:{name.removeprefix(f'{hotline}-').removesuffix('.wav')}"


def _digest(sound: bytes) -> str:
    return sha256(sound).hexdigest()[:32]
