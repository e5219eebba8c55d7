"""In the middle of a call: holding it, asking somebody, talking in three, handing it on, and who is left with whom."""

import aiohttp
import pytest

from tests.cast import BUREAU, LI, MAYOR, POLICE, SCHOOLS, WANG
from tests.story.rules import rules
from tests.story.talks import events_of, in_a_talk, in_three, the_room_outlives_the_operator
from tests.town import Town, until


async def test_a_caller_on_hold_hears_music_and_a_word_and_then_the_operator_again(town: Town) -> None:
    zhou, wang = await in_a_talk(town)

    desk = await wang.holds()
    assert desk["call"]["hold_since"]
    await zhou.hears("话务员正在为您处理")
    await zhou.hears("waiting.wav")
    await town.passes(30)
    assert (await wang.takes_off_hold())["call"]["held"] >= 30_000

    await zhou.is_back_in_the_room()
    await zhou.hangs_up()
    record = await zhou.record()
    assert 30 <= record["held"] < 31
    assert events_of(record) == ["join", "hold", "resume", "part", "hang_up"]


async def test_an_operator_who_forgets_a_caller_on_hold_is_reminded(town: Town) -> None:
    _, wang = await in_a_talk(town)
    await wang.holds()
    await town.passes(61)
    await wang.sees(lambda desk: desk["call"]["reminded"] == 1, "a reminder")


async def test_a_colleague_is_consulted_and_the_caller_is_handed_to_them(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    li = await town.operator(LI)

    await wang.consults("operator", LI)
    assert (await li.rings())["operator"] == WANG  # whose call it is
    await zhou.hears("话务员正在为您处理")
    await li.accepts()
    await wang.sees_guest("consulting")

    await wang.transfers()

    assert (await wang.desk())["line"] == "wrap_up"
    assert (await li.is_on("talking"))["call"]["operator"] == LI
    await wang.phone_is_down()
    await zhou.is_back_in_the_room()
    await zhou.hangs_up()
    await li.is_on("wrap_up")
    record = await zhou.record()
    assert [part["operator"] for part in record["operators"]] == [WANG, LI]
    assert (record["operator"], record["outcome"]) == (LI, "answered")


async def test_the_new_operators_hanging_up_ends_the_call_as_the_first_ones_would_have(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    li = await town.operator(LI)
    await wang.consults("operator", LI)
    await li.accepts()
    await wang.sees_guest("consulting")
    await wang.transfers()
    await wang.phone_is_down()

    await li.hangs_up()

    await zhou.hears("感谢您的来电")
    record = await zhou.record()
    assert (record["ended_by"], record["operator"]) == ("operator", LI)


@pytest.mark.parametrize("ending", ["declines", "does not answer", "hangs up in the consultation"])
async def test_a_caller_is_off_hold_again_when_the_colleague_is_not_there(town: Town, ending: str) -> None:
    zhou, wang = await in_a_talk(town)
    li = await town.operator(LI)
    await wang.consults("operator", LI)
    await li.rings()
    match ending:
        case "declines":
            await li.declines()
        case "does not answer":
            await town.passes(31)
        case _:
            await li.accepts()
            await wang.sees_guest("consulting")
            await li.hangs_up()
    desk = await wang.sees_guest(None)
    expected = {"declines": "declined", "does not answer": "no_answer"}.get(ending, "left")
    assert desk["call"]["guest_end"] == expected
    await zhou.is_back_in_the_room()
    assert (await wang.desk())["line"] == "talking"
    assert (await li.desk())["line"] == "idle"


async def test_a_department_is_consulted_by_phone_and_the_operator_takes_the_caller_back(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.consults("outside", "市场监管局值班室")
    bureau = await town.phone_rings(BUREAU)
    assert bureau.call_from == MAYOR
    await bureau.answers()
    await wang.sees_guest("consulting")

    await wang.takes_back()

    await bureau.is_hung_up_on()
    await zhou.is_back_in_the_room()
    assert (await wang.desk())["call"]["hold_since"] is None


async def test_a_department_talks_with_both_and_stays_with_the_caller_when_the_operator_leaves(
    town: Town,
) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.consults("outside", BUREAU)
    bureau = await town.phone_rings(BUREAU)
    await bureau.answers()
    await wang.sees_guest("consulting")
    await wang.confers()
    await zhou.is_back_in_the_room()

    await wang.transfers()

    await wang.phone_is_down()
    await wang.is_on("wrap_up")
    assert (await zhou.call())["room"]
    await zhou.hangs_up()
    await bureau.is_hung_up_on()
    record = await zhou.record()
    assert (record["outcome"], record["handed_to"], record["ended_by"]) == (
        "answered", "市场监管局值班室", "caller",
    )  # fmt: skip


async def test_a_caller_whose_department_hangs_up_is_told_and_is_next_in_line(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.consults("outside", BUREAU)
    bureau = await town.phone_rings(BUREAU)
    await bureau.answers()
    await wang.sees_guest("consulting")
    await wang.transfers()
    await wang.phone_is_down()
    await zhou.is_back_in_the_room()

    await bureau.hangs_up()

    await zhou.hears("对方已离开通话")
    li = await town.operator(LI)
    assert (await li.accepts())["sid"] == zhou.sid
    await li.is_on("talking")
    await zhou.hangs_up()
    record = await zhou.record()
    assert [part["operator"] for part in record["operators"]] == [WANG, LI]
    assert record["outcome"] == "answered"


@pytest.mark.parametrize(
    ("behaviour", "end"), [("busy", "busy"), ("declined", "busy"), ("switched_off", "no_answer"), ("invalid", "failed")]
)  # fmt: skip
async def test_a_department_that_cannot_be_reached_gives_the_caller_back_at_once(
    town: Town, behaviour: str, end: str
) -> None:
    zhou, wang = await in_a_talk(town)
    await town.phone_does(SCHOOLS, behaviour, after_seconds=1)
    await wang.consults("outside", SCHOOLS)
    desk = await wang.sees(lambda desk: desk["call"]["guest_end"], "how it ended")
    assert (desk["call"]["guest_end"], desk["call"]["guest"]) == (end, None)
    await zhou.is_back_in_the_room()


async def test_the_police_are_in_the_talk_by_one_key_and_it_is_written_down(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.consults("emergency", "110 报警")
    police = await town.phone_rings(POLICE)
    await police.answers()
    await wang.sees_guest("conference")
    assert (await wang.desk())["call"]["hold_since"] is None  # nobody in danger is put on hold
    await zhou.hangs_up()
    (emergency,) = (await zhou.record())["emergencies"]
    assert (emergency["service"], emergency["operator"]) == ("110 报警", WANG)


async def test_a_caller_who_hangs_up_on_hold_frees_everybody(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    li = await town.operator(LI)
    await wang.consults("operator", LI)
    await li.accepts()
    await wang.sees_guest("consulting")

    await zhou.hangs_up()

    await wang.is_on("wrap_up")
    await li.is_on("idle")
    assert (await zhou.record())["ended_by"] == "caller"


async def test_a_caller_on_hold_whose_operator_is_lost_is_told_and_is_next_in_line(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.holds()
    await zhou.hears("话务员正在为您处理")

    await wang.drops_the_phone()

    await zhou.hears("对方已离开通话")
    assert (await wang.rings())["sid"] == zhou.sid  # whose page may be back already
    await wang.declines()
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == zhou.sid


async def test_an_operator_who_is_lost_out_of_a_talk_of_three_leaves_the_two_others_talking(
    town: Town,
) -> None:
    zhou, wang = await in_a_talk(town)
    bureau = await in_three(town, wang)
    await zhou.is_back_in_the_room()

    await wang.drops_the_phone()

    await wang.is_on("wrap_up")
    assert (await zhou.call())["room"]
    await zhou.hangs_up()
    await bureau.is_hung_up_on()
    assert (await zhou.record())["handed_to"] == "市场监管局值班室"


async def test_an_operator_who_ends_a_talk_of_three_ends_it_for_all(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    bureau = await in_three(town, wang)

    await wang.hangs_up()

    await zhou.hears("感谢您的来电")
    await bureau.is_hung_up_on()
    record = await zhou.record()
    assert (record["ended_by"], record["handed_to"]) == ("operator", None)


async def test_a_caller_whose_operator_is_lost_in_a_consultation_is_told_and_is_next_in_line(
    town: Town,
) -> None:
    zhou, wang = await in_a_talk(town)
    await wang.consults("outside", BUREAU)
    bureau = await town.phone_rings(BUREAU)
    await bureau.answers()
    await wang.sees_guest("consulting")
    await the_room_outlives_the_operator(town, zhou)

    await wang.drops_the_phone()

    await zhou.hears("对方已离开通话")
    await bureau.is_hung_up_on()
    await wang.declines()
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == zhou.sid


async def test_the_operator_cannot_hang_up_on_a_caller_who_is_on_hold_for_a_consultation(town: Town) -> None:
    _, wang = await in_a_talk(town)
    await wang.consults("outside", BUREAU)
    await (await town.phone_rings(BUREAU)).answers()
    await wang.sees_guest("consulting")
    refusal = await wang.ask("POST", "/hang-up", expect=409)
    assert "请先取回来电人" in refusal["detail"]


async def test_whom_an_operator_can_ask(town: Town) -> None:
    _, wang = await in_a_talk(town)
    await town.operator(LI)
    known = await wang.ask("GET", "/contacts", expect=200)
    assert known["colleagues"] == [{"operator": LI, "state": "free"}]
    assert "市场监管局值班室" in [one["name"] for one in known["departments"]]
    assert [one["name"] for one in known["emergency"]] == ["110 报警", "119 消防", "120 急救"]
    refusal = await wang.ask("POST", "/guest", expect=422, json={"kind": "outside", "who": "+1 900 000 0000"})
    assert "不能拨打" in refusal["detail"]


async def test_a_talk_is_recorded_with_notice_and_not_while_the_operator_has_paused_it(town: Town) -> None:
    async with rules(town, "talk", record_talks=True, record_pause_seconds=10):
        zhou, wang = await in_a_talk(town)
        await zhou.hears("本次通话将被录音")
        await wang.sees(lambda desk: desk["call"]["tape"] == "on", "that it is recorded")
        await wang.ask("PUT", "/recording", expect=200, json={"paused": True})
        await town.passes(11)
        await wang.sees(lambda desk: desk["call"]["tape"] == "on", "that it goes on by itself")
        await zhou.hangs_up()

    record = await zhou.record()
    assert record["noticed"]
    assert [one for one in events_of(record) if "tape" in one or one == "record"] == [
        "record",
        "pause_tape",
        "resume_tape",
    ]

    async def is_complete() -> bool:
        return bool((await zhou.record())["recorded"] is not None)

    await until(is_complete, "the recording is complete")
    path = f"/api/nanning/calls/{zhou.sid}/sound"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {wang.token}"}) as http:
        async with http.get(town.url + path) as sound:
            assert (sound.status, (await sound.read())[:4]) == (200, b"RIFF")
    li = await town.operator(LI)
    refusal = await town.ask("GET", path, token=li.token, expect=403)
    assert "只能听自己通话的录音" in refusal["detail"]


async def test_a_talk_of_a_hotline_that_does_not_record_is_not_recorded(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    refusal = await wang.ask("PUT", "/recording", expect=409, json={"paused": True})
    assert "没有录音" in refusal["detail"]
    await zhou.hangs_up()
    assert (await zhou.record())["recorded"] is None


async def test_a_note_is_kept_with_the_call_and_only_by_those_who_took_part(town: Town) -> None:
    zhou, wang = await in_a_talk(town)
    li = await town.operator(LI)
    path = f"/calls/{zhou.sid}/note"
    await wang.ask("PUT", path, expect=200, json={"text": "营业执照三天没有办下来"})
    refusal = await li.ask("PUT", path, expect=403, json={"text": "与我无关"})
    assert "不是您接的" in refusal["detail"]
    refusal = await wang.ask("PUT", path, expect=422, json={"text": "长" * 2001})
    assert "最长 2000" in refusal["detail"]
    await zhou.hangs_up()
    assert (await zhou.record())["note"] == "营业执照三天没有办下来"
