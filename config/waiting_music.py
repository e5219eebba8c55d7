"""Composes `audio/waiting.wav`, the music of the queue: our own tune, so that nobody's rights are in it.

    python -m config.waiting_music

A pentatonic tune of plucked sines over a slow bass, 24 seconds, 8 kHz mono as telephones carry it. It ends where it
begins, so that it can go round.
"""

import math
import struct
import wave
from pathlib import Path

RATE = 8000
BEAT_SECONDS = 0.5
LOUDNESS = 0.32  # under a voice, never over it

# Semitones above C4 in gong mode (C D E G A); None is a rest. Twelve bars of four beats.
TUNE = (
    (0, 4, 7, 9), (7, None, 4, 2), (4, 7, 9, 12), (9, None, 7, None),
    (12, 9, 7, 4), (7, None, 9, 7), (4, 2, 0, 2), (4, None, None, None),
    (7, 9, 12, 14), (12, None, 9, 7), (9, 7, 4, 2), (0, None, None, None),
)  # fmt: skip
BASS = (-12, -5, -12, -3, -8, -5, -12, -5, -3, -8, -5, -12)


def main() -> None:
    samples = [0.0] * int(len(TUNE) * 4 * BEAT_SECONDS * RATE)
    for bar, notes in enumerate(TUNE):
        start = bar * 4 * BEAT_SECONDS
        _pluck(samples, start, BASS[bar], seconds=4 * BEAT_SECONDS, strength=0.5)
        for beat, note in enumerate(notes):
            if note is not None:
                _pluck(samples, start + beat * BEAT_SECONDS, note, seconds=3 * BEAT_SECONDS, strength=1.0)
    loudest = max(map(abs, samples))
    frames = b"".join(struct.pack("<h", int(one / loudest * LOUDNESS * 32767)) for one in samples)
    with wave.open(str(Path(__file__).parent / "audio" / "waiting.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames)


def _pluck(samples: list[float], start: float, semitone: int, *, seconds: float, strength: float) -> None:
    """One note: three partials that die away, the higher ones sooner; its tail goes round the end to the start."""
    frequency = 261.63 * 2 ** (semitone / 12)
    first = int(start * RATE)
    for n in range(int(seconds * RATE)):
        t = n / RATE
        attack = min(1.0, t / 0.01)
        fade = min(1.0, (seconds - t) / 0.1)
        tone = sum(
            math.sin(2 * math.pi * frequency * k * t) * math.exp(-t * 2.2 * k) / k**1.5 for k in (1, 2, 3)
        )
        samples[(first + n) % len(samples)] += strength * attack * fade * tone


if __name__ == "__main__":
    main()
