"""The words of the queue, as people call them."""

import pytest

from ivr.profile.queue import Queue
from ivr.titles import in_words

QUEUES = {"tax": Queue(title="税务")}


@pytest.mark.parametrize(
    ("event", "note", "words"),
    [
        ("requeue", "tax", "税务"),
        ("requeue", "gone", "gone"),
        ("withdraw", "caller", "来电人"),
        ("miss_in_person", "own busy", "本人 占线"),
        ("listen", "whisper", "耳语"),
        ("invite", "own", "own"),
        ("dismiss", "own left", "own 已离开"),
        ("dismiss", "left", "已离开"),
        ("arrive", "", ""),
    ],
)
def test_what_a_moment_of_a_call_notes_is_told_in_words_and_names_are_left_alone(
    event: str, note: str, words: str
) -> None:
    assert in_words(event, note, QUEUES) == words
