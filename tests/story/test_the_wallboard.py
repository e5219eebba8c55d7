"""What a supervisor sees: who waits and how long, who works, and how well it goes."""

from typing import Any

from tests.cast import LI, MAYOR, QIAN, SUPERVISOR, WANG, ZHOU
from tests.town import Operator, Town, until


async def board_of(town: Town) -> dict[str, Any]:
    token = Operator(town, SUPERVISOR).token
    return dict(await town.ask("GET", "/api/nanning/wallboard", token=token))


def reading(board: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in board["readings"] if one["name"] == name)


def seat(board: dict[str, Any], number: str) -> dict[str, Any]:
    return next(one for one in board["seats"] if one["id"] == number)


async def test_a_caller_who_only_hears_music_is_seen_with_the_time_they_have_waited(town: Town) -> None:
    """So that nobody stays on the music unnoticed."""
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await zhou.hears("waiting.wav")
    await town.passes(200)

    board = await board_of(town)
    assert board["waiting"] == 1
    assert 200_000 <= board["now"] - board["longest_since"] < 202_000
    (queue,) = board["queues"]
    assert [one["whose"] for one in queue["first"]] == ["南宁市市长"]
    assert queue["first"][0]["caller"] == "+86 20****0001", "a number is shown whole"


async def test_whoever_rings_at_a_desk_still_counts_as_waiting_longest(town: Town) -> None:
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(MAYOR)
    await wang.rings()
    await town.passes(10)
    board = await board_of(town)
    assert board["waiting"] == 0
    assert 10_000 <= board["now"] - board["longest_since"] < 12_000


async def test_the_wrap_up_is_seen_on_the_wallboard_with_its_time(town: Town) -> None:
    wang, li = await town.operator(WANG), await town.operator(LI)
    await li.pauses("用餐")
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    assert seat(await board_of(town), WANG)["caller"]["whose"] == "南宁市市长"
    await zhou.hangs_up()
    await wang.is_on("wrap_up")
    await town.passes(9)

    board = await board_of(town)
    assert seat(board, WANG)["line"] == "wrap_up"
    assert 9_000 <= board["now"] - seat(board, WANG)["since"] < 11_000
    assert (seat(board, LI)["intent"], seat(board, LI)["reason"]) == ("paused", "用餐")
    assert 0 < reading(board, "occupancy")["value"] <= 1


async def test_an_answered_call_and_a_lost_one_move_the_figures_and_their_quarter(town: Town) -> None:
    before = await board_of(town)
    wang = await town.operator(WANG)
    zhou = await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    qian = await town.caller(QIAN).dials(MAYOR)
    await qian.hears("waiting.wav")
    await town.passes(8)
    await qian.hangs_up()
    await zhou.hangs_up()
    await qian.record()
    await zhou.record()

    after = await board_of(town)
    moved = [after[name] - before[name] for name in ("received", "answered", "abandoned", "short")]
    assert moved == [2, 1, 1, 0]
    quarters = await town.ask("GET", "/api/nanning/wallboard/day", token=Operator(town, SUPERVISOR).token)
    assert sum(one["received"] for one in quarters) == after["received"]
    assert sum(one["answered"] for one in quarters) == after["answered"]
    well = reading(after, "answered_well")
    assert 0 < well["value"] <= 1
    assert well["formula"].startswith("排队加振铃不超过 15 秒")


async def test_an_operator_who_has_gone_home_is_not_on_the_wallboard(town: Town) -> None:
    wang = await town.operator(WANG)
    assert seat(await board_of(town), WANG)["intent"] == "ready"
    await wang.goes_home()

    async def gone() -> bool:
        return not (await board_of(town))["seats"]

    await until(gone, "no seat is shown")


async def test_only_supervisors_see_the_wallboard(town: Town) -> None:
    await town.ask("GET", "/api/nanning/wallboard", token=Operator(town, WANG).token, expect=403)
