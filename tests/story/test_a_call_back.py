"""A caller who will not hold the line is called back: the place is kept, the operator is there first, then they."""

from tests.cast import LI, MAYOR, QIAN, SECRETARY, SUN, WANG, ZHOU
from tests.story.call_backs import (
    asks_and_is_rung,
    asks_for_a_call_back,
    closed,
    is_in_state,
    is_outcome,
    loses_the_operator,
    open_ones,
    record_of,
    rung,
    settled,
)
from tests.story.rules import rules
from tests.town import Town, until


async def test_a_caller_keeps_the_place_by_a_key_and_is_called_back_before_those_who_came_later(
    town: Town,
) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.hears("尾号零零零一")
    first = zhou.sid
    assert (await zhou.record())["outcome"] == "callback"
    sun = await town.caller(SUN).dials(SECRETARY)
    await sun.hears("waiting.wav")

    await zhou.is_near_the_phone("answers_and_presses_1")
    wang = await town.operator(WANG)
    card = await wang.rings()
    assert (card["callback"], card["whose"], card["caller"]) == (True, "南宁市市长", "+86 20****0001")
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == sun.sid  # who came later is next

    await wang.accepts()
    await wang.is_on("calling")
    await zhou.is_rung()
    await zhou.hears("您好，这里是南宁")
    await zhou.is_in_the_room()
    desk = await wang.is_on("talking")
    assert desk["call"]["callback"] is True
    await wang.hangs_up()
    await zhou.hears("感谢您的来电")
    await zhou.is_hung_up_on()

    back = await record_of(town, card["sid"])
    assert (back["outcome"], back["of"], back["operator"]) == ("called_back", first, WANG)
    assert (await record_of(town, first))["callback"] == card["sid"]
    assert await open_ones(town) == []


async def test_the_phone_rings_only_once_the_operator_is_there(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("by_hand")
    wang = await town.operator(WANG)
    await wang.takes_the_offer()  # the softphone is not in the room yet
    await town.breathes()
    assert await rung(town, zhou) == []
    await wang.phones_in()
    await zhou.is_rung()
    await wang.is_on("calling")
    await zhou.picks_up()
    await zhou.hears("接通请按 1")
    await zhou.presses("1")
    await zhou.hears("九零零一号客服代表为您服务")
    await wang.is_on("talking")
    await zhou.hangs_up()
    await wang.is_on("wrap_up")


async def test_a_busy_phone_is_tried_again_after_a_while_and_the_operator_is_free_meanwhile(
    town: Town,
) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("busy")
    wang = await town.operator(WANG)
    await wang.accepts()
    await zhou.is_rung()
    await wang.is_on("idle")
    [back] = await open_ones(town)
    assert (back["state"], back["tries"], back["last_try"]) == ("later", 1, "busy")

    await zhou.is_near_the_phone("answers_and_presses_1")
    await town.passes(15 * 60 + 10)
    await wang.accepts()
    await zhou.is_rung(2)
    await wang.is_on("talking")
    await zhou.hangs_up()
    assert (await record_of(town, back["id"]))["outcome"] == "called_back"


async def test_after_the_last_try_the_caller_counts_as_unreachable(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("declined")
    [back] = await open_ones(town)
    wang = await town.operator(WANG)
    for times in (1, 2, 3):
        await wang.accepts()
        await zhou.is_rung(times)
        await wang.is_on("idle")
        await town.passes(15 * 60 + 10)
    done = await record_of(town, back["id"])
    assert (done["outcome"], done["ended_by"]) == ("unreachable", "hotline")
    assert (await settled(town))[0]["sid"] == back["id"]


async def test_a_machine_that_answers_has_not_been_reached(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("voicemail")
    wang = await town.operator(WANG)
    await wang.accepts()
    await zhou.is_rung()
    await zhou.hears("接通请按 1")
    await wang.is_on("idle")
    [back] = await open_ones(town)
    assert (back["state"], back["tries"], back["last_try"]) == ("later", 1, "hung_up")


async def test_a_caller_who_hangs_up_in_the_middle_of_the_announcement_is_tried_again(town: Town) -> None:
    zhou, wang = await asks_and_is_rung(town, ZHOU)
    await zhou.picks_up()
    await zhou.hears("您好，这里是南宁")
    await zhou.hangs_up()
    await wang.is_on("idle")
    [back] = await open_ones(town)
    assert (back["state"], back["last_try"]) == ("later", "hung_up")


async def test_a_caller_who_needs_it_no_more_presses_2(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("by_hand")
    [back] = await open_ones(town)
    wang = await town.operator(WANG)
    await wang.accepts()
    await zhou.is_rung()
    await zhou.picks_up()
    await zhou.hears("接通请按 1")
    await zhou.presses("2")
    await zhou.hears("不再给您回电")
    await wang.is_on("idle")
    assert (await record_of(town, back["id"]))["outcome"] == "called_off"


async def test_an_operator_who_declines_a_call_back_costs_it_neither_place_nor_try(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    await zhou.is_near_the_phone("answers_and_presses_1")
    wang = await town.operator(WANG)
    await wang.declines()
    [back] = await open_ones(town)
    assert (back["state"], back["tries"]) == ("waiting", 0)
    li = await town.operator(LI)
    assert (await li.rings())["sid"] == back["id"]


async def test_who_calls_again_and_is_answered_is_not_called_back_as_well(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    [back] = await open_ones(town)
    wang = await town.operator(WANG)
    await wang.rings()  # for the call-back, which they do not take
    again = await town.caller(ZHOU).dials(MAYOR)
    li = await town.operator(LI)
    assert (await li.accepts())["sid"] == again.sid
    await again.is_in_the_room()
    await wang.is_on("idle")
    assert (await record_of(town, back["id"]))["outcome"] == "called_off"
    await again.hangs_up()
    assert await rung(town, zhou) == []


async def test_an_operator_who_drops_out_while_it_rings_leaves_nobody_hanging(town: Town) -> None:
    zhou, wang = await asks_and_is_rung(town, ZHOU)
    await loses_the_operator(zhou, wang)
    await until(lambda: is_in_state(town, "waiting"), "their line is down")
    [back] = await open_ones(town)
    assert back["tries"] == 0


async def test_after_hours_a_call_back_is_promised_and_made_when_the_doors_open(town: Town) -> None:
    async with closed(town):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("如需我们给您回电")
        await zhou.presses("2")
        await zhou.hears("尾号零零零一")
        await zhou.presses("1")
        await zhou.hears("服务开始后我们会给您回电")
        await zhou.is_hung_up_on()
        wang = await town.operator(WANG)
        await town.passes(3700)
        [back] = await open_ones(town)
        assert (back["state"], back["place"]) == ("later", "closed")
        assert (await wang.desk())["line"] == "idle"
        await wang.ask("POST", f"/../call-backs/{back['id']}/call", expect=409)  # nor by hand
        await zhou.is_near_the_phone("answers_and_presses_1")
    assert (await wang.accepts())["sid"] == back["id"]
    await zhou.is_rung()
    await wang.is_on("talking")


async def test_when_the_line_is_full_a_call_back_is_offered_and_made_as_soon_as_there_is_somebody(
    town: Town,
) -> None:
    async with rules(town, "queue", max_waiting=1):
        first = await town.caller(SUN).dials(MAYOR)
        await first.hears("waiting.wav")
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await zhou.hears("如需我们给您回电")
        await zhou.presses("2")
        await zhou.hears("尾号零零零一")
        await zhou.presses("1")
        await zhou.hears("已为您登记")
        await zhou.is_hung_up_on()
    [back] = await open_ones(town)
    assert (back["state"], back["place"], back["of"]) == ("waiting", "full", zhou.sid)
    await zhou.is_near_the_phone("answers_and_presses_1")
    li, wang = await town.operator(LI), await town.operator(WANG)
    assert (await li.rings())["sid"] == first.sid  # who held the line has gone before
    await wang.accepts()
    await zhou.is_rung()
    await wang.is_on("talking")


async def test_when_the_doors_close_the_call_backs_in_line_rest_until_they_open(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    [back] = await open_ones(town)
    assert back["state"] == "waiting"
    async with closed(town):
        await until(lambda: is_in_state(town, "later"), "it rests")
        wang = await town.operator(WANG)
        await town.passes(60)
        assert (await wang.desk())["line"] == "idle"
    assert (await wang.rings())["sid"] == back["id"]
    assert await rung(town, zhou) == []


async def test_a_call_back_accepted_as_the_doors_close_rings_nobody(town: Town) -> None:
    zhou = await asks_for_a_call_back(town, ZHOU)
    wang = await town.operator(WANG)
    await wang.takes_the_offer()
    async with closed(town):
        await wang.phones_in()
        await until(lambda: is_in_state(town, "later"), "it rests")
        await wang.is_on("idle")
        assert await rung(town, zhou) == []
        [back] = await open_ones(town)
        assert back["tries"] == 0


async def test_another_number_is_typed_read_back_and_confirmed(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("星号键")
    await zhou.presses("*")
    await zhou.hears("换一个号码请按 2")
    await zhou.presses("2")
    await zhou.hears("请输入您的电话号码")
    await zhou.presses("123#")
    await zhou.hears("这个号码无法回拨")
    await zhou.presses("07710000881#")
    await zhou.hears("您输入的号码是零七七一零零零零八八一")
    await zhou.presses("1")
    await zhou.hears("已为您登记")
    await zhou.is_hung_up_on()
    other = await town.caller("+867710000881").is_near_the_phone("answers_and_presses_1")
    wang = await town.operator(WANG)
    await wang.accepts()
    await other.is_rung()
    await wang.is_on("talking")


async def test_a_caller_who_hides_their_number_types_one_and_the_city_is_understood(town: Town) -> None:
    hidden = await town.caller("anonymous").dials(MAYOR)
    await hidden.hears("星号键")
    await hidden.presses("*")
    await hidden.hears("请输入您的电话号码")
    await hidden.presses("00000882#")
    await hidden.hears("您输入的号码是零零零零零八八二")
    await hidden.presses("1")
    await hidden.hears("已为您登记")
    [back] = await open_ones(town)
    assert (back["caller"], back["typed"]) == ("+86 771****0882", True)


async def test_who_presses_nothing_stands_in_line_as_before(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("星号键")
    await zhou.presses("*")
    await zhou.hears("尾号零零零一")
    await zhou.hears("您的位置一直保留着")
    wang = await town.operator(WANG)
    assert (await wang.rings())["sid"] == zhou.sid
    assert await open_ones(town) == []


async def test_who_is_answered_while_they_confirm_talks_at_once(town: Town) -> None:
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("星号键")
    await zhou.presses("*")
    await zhou.hears("尾号零零零一")
    wang = await town.operator(WANG)
    await wang.accepts()
    await zhou.is_in_the_room()
    assert await open_ones(town) == []


async def test_a_second_request_for_the_same_number_keeps_the_earlier_place(town: Town) -> None:
    await asks_for_a_call_back(town, ZHOU)
    [back] = await open_ones(town)
    await asks_for_a_call_back(town, ZHOU)
    assert [one["id"] for one in await open_ones(town)] == [back["id"]]


async def test_a_call_back_that_nobody_comes_to_expires_in_the_end(town: Town) -> None:
    await asks_for_a_call_back(town, QIAN)
    [back] = await open_ones(town)
    town.ahead += 3 * 86_400_000 + 60_000
    await until(lambda: is_outcome(town, back["id"], "expired"), "it has expired")
