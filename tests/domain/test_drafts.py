"""Prompts on their way: drafts, their time, and recordings in place of sentences."""

import asyncio
import io
import wave
from array import array
from datetime import datetime
from pathlib import Path

import pytest

from ivr import drafts, recordings, wav
from ivr.errors import Conflict, Invalid, NotFound
from ivr.hotline import Hotline, learn, open_hotline
from ivr.roles import Person, Role
from tests.cast import ADMIN, LI
from tests.conftest import Clock
from tests.sounds import tone

BOSS = Person("nanning", ADMIN, Role.ADMIN)
OTHER = Person("nanning", LI, Role.ADMIN)
NEW = "您好，这里是直通车。"


def loudest(recording: bytes) -> int:
    with wave.open(io.BytesIO(recording)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        return int(max(array("h", sound.readframes(sound.getnframes()))))


# ------------------------------------------------------------------------------------------ drafts


async def test_a_draft_is_heard_by_nobody_until_it_is_published(hotline: Hotline) -> None:
    before = hotline.handbook.prompts.say("greeting").text
    await drafts.save(hotline, "greeting", NEW, None, None, by=BOSS)
    await learn(hotline)
    seen = await drafts.sentence(hotline, "greeting")
    assert (seen.text, seen.draft and seen.draft.prompt.text) == (before, NEW)
    await drafts.publish_draft(hotline, "greeting", by=BOSS)
    assert hotline.handbook.prompts.say("greeting").text == NEW
    assert (await drafts.sentence(hotline, "greeting")).draft is None


async def test_a_draft_with_a_time_is_published_then_once_whoever_looks(
    hotline: Hotline, clock: Clock
) -> None:
    at = datetime.fromisoformat("2026-11-23T10:30")
    await drafts.save(hotline, "greeting", NEW, None, at, by=BOSS)
    workers = [await open_hotline("nanning", hotline.store, hotline.carrier, hotline.settings) for _ in "123"]
    for worker in workers:
        worker.clock = clock
    clock.passes(29 * 60)
    await asyncio.gather(*map(drafts.publish_due, workers))
    await learn(hotline)
    assert hotline.handbook.prompts.say("greeting").text != NEW
    edition = int(hotline.edition)
    clock.passes(60)
    await asyncio.gather(*map(drafts.publish_due, workers))
    await learn(hotline)
    assert hotline.handbook.prompts.say("greeting").text == NEW
    assert int(hotline.edition) == edition + 1


async def test_a_time_that_has_passed_is_refused_at_its_field(hotline: Hotline) -> None:
    with pytest.raises(Invalid, match="已经过去") as refusal:
        await drafts.save(hotline, "greeting", NEW, None, datetime.fromisoformat("2026-11-23T09:00"), by=BOSS)
    assert "publish_at" in refusal.value.fields


async def test_two_who_draft_the_same_sentence_do_not_overwrite_each_other_unseen(hotline: Hotline) -> None:
    seen = (await drafts.sentence(hotline, "greeting")).draft_basis
    await drafts.save(hotline, "greeting", NEW, None, None, by=OTHER, expected=seen)
    with pytest.raises(Conflict, match="别人改过"):
        await drafts.save(hotline, "greeting", "另一句。", None, None, by=BOSS, expected=seen)
    again = (await drafts.sentence(hotline, "greeting")).draft_basis
    await drafts.save(hotline, "greeting", "另一句。", None, None, by=BOSS, expected=again)


async def test_what_is_published_at_once_takes_the_place_of_a_draft(hotline: Hotline) -> None:
    await drafts.save(
        hotline, "greeting", "晚些再说。", None, datetime.fromisoformat("2026-11-23T11:00"), by=OTHER
    )
    await drafts.publish(hotline, "greeting", NEW, None, by=BOSS)
    assert (await drafts.sentence(hotline, "greeting")).draft is None
    with pytest.raises(Conflict, match="没有草稿"):
        await drafts.publish_draft(hotline, "greeting", by=BOSS)


async def test_a_draft_thrown_away_is_gone(hotline: Hotline) -> None:
    await drafts.save(hotline, "greeting", NEW, None, None, by=BOSS)
    assert await drafts.discard(hotline, "greeting")
    assert not await drafts.discard(hotline, "greeting")


@pytest.mark.parametrize(
    ("key", "text", "audio", "why"),
    [
        ("greeting", "", None, "不能为空"),
        ("greeting", "您好{name}", None, "变量 {name} 不能用在这里"),
        ("position", "第{position位", None, "大括号不成对"),
        ("position", "第{position}位", "nanning-1.wav", "录音读不出变量"),
        ("apology", "抱歉。", "nanning-1.wav", "系统出错时播出"),
        ("greeting", "您好。", "../../etc/passwd", "不是录音文件名"),
    ],
)
async def test_what_could_not_be_said_is_neither_drafted_nor_published(
    hotline: Hotline, key: str, text: str, audio: str | None, why: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await drafts.save(hotline, key, text, audio, None, by=BOSS)
    assert why in str(refusal.value)
    with pytest.raises(Invalid):
        await drafts.publish(hotline, key, text, audio, by=BOSS)


async def test_a_preview_is_what_the_carrier_would_be_told(hotline: Hotline) -> None:
    seen = drafts.preview(hotline, "position", "您排在第{position}位。", None)
    assert seen.text == "您排在第3位。"
    assert '<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">您排在第3位。</Say>' in seen.twiml
    recorded = drafts.preview(hotline, "greeting", "您好。", "nanning-1.wav")
    assert "<Play>../../audio/nanning-1.wav</Play>" in recorded.twiml
    with pytest.raises(NotFound):
        drafts.preview(hotline, "hello", "您好。", None)


# ------------------------------------------------------------------------------------------ recordings


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(8000, 1, 2), (16000, 1, 1), (44100, 2, 2), (48000, 2, 3), (48000, 1, 4)]
)
def test_any_wav_becomes_what_telephones_play(rate: int, channels: int, width: int) -> None:
    made = wav.for_telephones(tone(440, rate=rate, channels=channels, width=width))
    assert made.seconds == pytest.approx(0.5, abs=0.01)
    assert loudest(made.wav) == pytest.approx(16384, rel=0.05)


def test_what_a_telephone_cannot_carry_does_not_come_back_as_a_whistle() -> None:
    """It would be heard at 100 Hz if samples were only left out; here nothing of it is left."""
    with pytest.raises(Invalid, match="几乎没有声音"):
        wav.for_telephones(tone(15_900, rate=48_000))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"ID3\x03 not a wav", "不是能用的 WAV 录音"),
        (b"", "不是能用的 WAV 录音"),
        (tone(440, rate=8000)[:20], "不是能用的 WAV 录音"),
        (tone(440, rate=6000), "采样率是 6000"),
        (tone(440, rate=8000, seconds=0.1), "太短"),
        (tone(440, rate=8000, seconds=121), "太长"),
        (tone(0, rate=8000), "几乎没有声音"),
    ],
    ids=["mp3", "empty", "cut", "slow", "short", "long", "silent"],
)
def test_what_is_no_recording_is_refused_with_what_to_do(given: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        wav.for_telephones(given)


async def test_a_recording_is_found_again_by_its_name_on_every_machine(hotline: Hotline) -> None:
    kept = await recordings.keep(hotline, tone(440, rate=16000))
    again = await recordings.keep(hotline, tone(440, rate=16000))
    assert again.name == kept.name
    elsewhere = await open_hotline("nanning", hotline.store, hotline.carrier, hotline.settings)
    sound = await recordings.sound({"nanning": elsewhere}, kept.name)
    assert sound is not None
    assert loudest(sound) > 16000
    for nobodys in ("nanning-00.wav", "bozhou-00.wav", "waiting.wav", "nanning-"):
        assert await recordings.sound({"nanning": elsewhere}, nobodys) is None


async def test_a_dump_has_the_recordings_that_are_played_and_brings_them_back(
    hotline: Hotline, tmp_path: Path
) -> None:
    kept = await recordings.keep(hotline, tone(440, rate=8000))
    await recordings.keep(hotline, tone(880, rate=8000))
    await drafts.publish(hotline, "greeting", NEW, kept.name, by=BOSS)
    await recordings.write_files(hotline.store, hotline.name, hotline.handbook, tmp_path)
    assert [file.name for file in (tmp_path / "audio").iterdir()] == [kept.name]
    await hotline.store.redis.flushdb()
    (tmp_path / "audio" / "nanning-00.wav").write_bytes(b"somebody else's")
    await recordings.read_files(hotline.store, hotline.name, tmp_path)
    sound = await recordings.sound({"nanning": hotline}, kept.name)
    assert sound is not None
    assert loudest(sound) > 16000
    assert await recordings.sound({"nanning": hotline}, "nanning-00.wav") is None
