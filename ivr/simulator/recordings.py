"""Messages that callers left. Nobody spoke: the file that is served is a quiet tone of the same length."""

import io
import math
import struct
import wave
from dataclasses import dataclass

RATE = 8_000  # samples a second, as on a telephone line
LOUDNESS = 1_500
PITCH = 440


@dataclass(frozen=True, slots=True)
class Recording:
    sid: str
    call_sid: str
    started_at: float
    seconds: int


def as_wav(recording: Recording) -> bytes:
    period = b"".join(
        struct.pack("<h", int(LOUDNESS * math.sin(2 * math.pi * PITCH * n / RATE))) for n in range(RATE)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(period * max(1, recording.seconds))
    return file.getvalue()
