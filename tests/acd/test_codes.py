"""The codes of posts: tried so often and no oftener, however many try at once and from wherever."""

import asyncio

from ivr.acd import Word
from ivr.acd.codes import drop_code, set_code, try_code
from ivr.hotline import Hotline
from tests.cast import EDUCATION, MAYOR_OF_BOZHOU, QIAN, ZHOU
from tests.conftest import Clock

RIGHT, WRONG = "right", "wrong"
MOST = 5
HOUR = 3600


async def types(
    hotline: Hotline, digest: str, *, caller: str = ZHOU, typing: str = "", line: str = EDUCATION
) -> Word:
    typing = typing or f"{caller} {await hotline.store.ask('INCR', hotline.key('typings'))}"
    return (await try_code(hotline, caller, typing, {line: digest})).word


async def test_the_right_code_opens_and_a_wrong_one_does_not(hotline: Hotline) -> None:
    assert await types(hotline, RIGHT) is Word.NO  # there is none yet
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    assert await types(hotline, WRONG) is Word.NO
    assert await types(hotline, RIGHT) is Word.OK
    assert await types(hotline, RIGHT, line=MAYOR_OF_BOZHOU) is Word.NO  # each post has its own
    assert [await drop_code(hotline, EDUCATION) for _ in range(2)] == [Word.OK, Word.ALREADY]
    assert await types(hotline, RIGHT) is Word.NO


async def test_of_many_telephones_that_guess_at_once_one_locks_the_post(
    hotline: Hotline, clock: Clock
) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    callers = [f"+8620000{n:05}" for n in range(40)]
    tried = await asyncio.gather(*(try_code(hotline, who, "1", {EDUCATION: WRONG}) for who in callers))
    assert [one.lines for one in tried if one.lines] == [(EDUCATION,)]
    assert sum(one.word is Word.NO for one in tried) == MOST - 1
    assert await types(hotline, RIGHT, caller=QIAN) is Word.LOCKED
    clock.passes(24 * HOUR + 1)
    assert await types(hotline, RIGHT, caller=QIAN) is Word.OK


async def test_a_new_code_ends_the_lock(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    for n in range(MOST):
        await types(hotline, WRONG, caller=f"+8620000{n:05}")
    assert await types(hotline, RIGHT) is Word.LOCKED
    await set_code(hotline, EDUCATION, digest="another", by="8000")
    assert await types(hotline, RIGHT, caller=QIAN) is Word.NO
    assert await types(hotline, "another") is Word.OK


async def test_one_telephone_that_tries_many_posts_is_not_listened_to_for_a_while(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    for n in range(MOST):
        assert await types(hotline, WRONG, line=f"+86558000000{n:02}") is Word.NO
    assert await types(hotline, RIGHT) is Word.LOCKED
    assert await types(hotline, RIGHT, caller=QIAN) is Word.OK


async def test_what_the_carrier_tells_twice_counts_once(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    for _ in range(2 * MOST):
        assert await types(hotline, WRONG, typing="the same") is Word.NO
    assert await types(hotline, RIGHT) is Word.OK


async def test_the_try_that_locked_the_post_is_answered_alike_when_it_is_told_twice(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    for n in range(MOST - 1):
        await types(hotline, WRONG, caller=f"+8620000{n:05}")
    tried = [await try_code(hotline, ZHOU, "the same", {EDUCATION: WRONG}) for _ in range(2)]
    assert tried == [(Word.LOCKED, (EDUCATION,)), (Word.LOCKED, ())]  # locked once, and so written down once


async def test_a_right_code_forgives_the_wrong_ones_before_it(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest=RIGHT, by="8000")
    for n in range(3 * MOST):
        await types(hotline, WRONG, caller=f"+8620000{n:05}")
        if n % 3 == 2:
            assert await types(hotline, RIGHT, caller=QIAN) is Word.OK


async def test_two_posts_with_the_same_last_digits_are_told_apart_by_their_codes(hotline: Hotline) -> None:
    await set_code(hotline, EDUCATION, digest="one", by="8000")
    await set_code(hotline, MAYOR_OF_BOZHOU, digest="two", by="8000")
    tried = await try_code(hotline, ZHOU, "1", {EDUCATION: "none", MAYOR_OF_BOZHOU: "two"})
    assert tried == (Word.OK, (MAYOR_OF_BOZHOU,))
