"""Recordings as telephones play them: WAV, one channel, 8000 samples a second, 16 bits.

Whatever WAV comes in is checked and brought to that. Between two rates each new sample is the mean of the old sound
over its own width, which keeps what a telephone cannot carry from coming back as a whistle.
"""

import io
import sys
import wave
from array import array
from itertools import accumulate
from typing import NamedTuple

from ivr.errors import Invalid

RATE = 8000
LONGEST_SECONDS = 120
LARGEST_BYTES = 24 * 1024 * 1024
FASTEST = 192_000
SILENT_BELOW = 330  # of 32767: one percent

REMEDY = "请用 WAV 格式（PCM，8000 Hz 以上），或直接在网页上录音"


class Recording(NamedTuple):
    wav: bytes
    seconds: float


def for_telephones(given: bytes) -> Recording:
    """The recording as it is kept. Raises Invalid, saying what to do, for anything that is none."""
    if len(given) > LARGEST_BYTES:
        raise Invalid(f"文件太大：最多 {LARGEST_BYTES // 1024 // 1024} MB")
    samples = _resampled(*_mono(given))
    if len(samples) < RATE // 5:
        raise Invalid("录音太短：不到 0.2 秒，请重新录制")
    if max(max(samples), -min(samples)) < SILENT_BELOW:
        raise Invalid("录音里几乎没有声音：请检查麦克风，重新录制")
    return Recording(_written(samples), len(samples) / RATE)


def _mono(given: bytes) -> "tuple[array[float], int]":
    """The mean of all channels as 16-bit values, and the rate."""
    try:
        with wave.open(io.BytesIO(given)) as sound:
            channels, width, rate, frames = sound.getparams()[:4]
            _refuse(channels, width, rate, frames)
            found = _as_16_bits(sound.readframes(frames), width)
    except (wave.Error, EOFError) as broken:
        raise Invalid(f"这个文件不是能用的 WAV 录音（{broken or '不完整'}）：{REMEDY}") from broken
    if channels == 1:
        return array("d", found), rate
    tracks = (found[n::channels] for n in range(channels))
    return array("d", (sum(frame) / channels for frame in zip(*tracks, strict=False))), rate


def _refuse(channels: int, width: int, rate: int, frames: int) -> None:
    if not RATE <= rate <= FASTEST:
        raise Invalid(f"录音的采样率是 {rate} Hz，不能用：{REMEDY}")
    if channels > 8 or width not in (1, 2, 3, 4):
        raise Invalid(f"录音有 {channels} 个声道、每样本 {width} 字节，不能用：{REMEDY}")
    if frames > LONGEST_SECONDS * rate:
        raise Invalid(f"录音太长：最多 {LONGEST_SECONDS} 秒，现在约 {frames // rate} 秒")


def _as_16_bits(frames: bytes, width: int) -> "array[int]":
    if width == 1:  # the only width without a sign
        return array("h", ((byte - 128) << 8 for byte in frames))
    whole = frames[: len(frames) // width * width]
    top = bytearray(len(whole) // width * 2)
    top[0::2], top[1::2] = whole[width - 2 :: width], whole[width - 1 :: width]
    found = array("h", bytes(top))
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _resampled(samples: "array[float]", rate: int) -> "array[int]":
    if rate == RATE or not samples:
        return array("h", map(int, samples))
    until = array("d", accumulate(samples, initial=0.0))  # the sound's area up to each sample
    step, count = rate / RATE, len(samples) * RATE // rate

    def area(at: float) -> float:
        whole = int(at)
        return until[whole] + (samples[whole] * (at - whole) if whole < len(samples) else 0.0)

    edges = array("d", (area(n * step) for n in range(count + 1)))
    return array("h", (int((edges[n + 1] - edges[n]) / step) for n in range(count)))


def _written(samples: "array[int]") -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return out.getvalue()
