"""Sounds to upload."""

import io
import math
import wave


def tone(hertz: int, *, rate: int, seconds: float = 0.5, channels: int = 1, width: int = 2) -> bytes:
    """A WAV file with one steady tone at half the loudest."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        for n in range(int(rate * seconds)):
            value = int(0.5 * (1 << (8 * width - 1)) * math.sin(2 * math.pi * hertz * n / rate))
            one = bytes([value + 128]) if width == 1 else value.to_bytes(width, "little", signed=True)
            sound.writeframesraw(one * channels)
    return out.getvalue()
