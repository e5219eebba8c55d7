"""Whoever was not served is not forgotten: missed callers become a list by themselves, and are called back."""

from typing import Any

from tests.cast import MAYOR, QIAN, SECRETARY, WANG, ZHOU
from tests.story.call_backs import gives_up
from tests.town import Town, until


async def test_a_caller_who_gave_up_is_listed_and_called_back_with_one_click(town: Town) -> None:
    qian = await gives_up(town, QIAN)
    [one] = (await missed(town))["callers"]
    assert (one["sid"], one["whose"], one["caller"], one["times"]) == (
        qian.sid, "南宁市市长", "+86 20****0002", 1,
    )  # fmt: skip

    await qian.is_near_the_phone("answers_and_presses_1")
    wang = await town.operator(WANG)
    await town.ask("POST", f"/api/nanning/missed/{one['sid']}/call", token=wang.token)
    await wang.phones_in()
    await qian.is_rung()
    await qian.hears("您曾拨打我们的电话")
    await wang.is_on("talking")
    assert (await missed(town))["callers"] == []


async def test_who_is_answered_the_second_time_is_on_the_list_no_more(town: Town) -> None:
    await gives_up(town, ZHOU)
    await gives_up(town, ZHOU)
    [one] = (await missed(town))["callers"]
    assert one["times"] == 2
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(MAYOR)
    await wang.accepts()
    await wang.is_on("talking")
    assert (await missed(town))["callers"] == []


async def test_another_line_is_another_matter(town: Town) -> None:
    await gives_up(town, ZHOU)
    wang = await town.operator(WANG)
    await town.caller(ZHOU).dials(SECRETARY)
    await wang.accepts()
    await wang.is_on("talking")
    assert [one["whose"] for one in (await missed(town))["callers"]] == ["南宁市市长"]


async def test_a_missed_caller_is_taken_off_with_a_reason_and_not_without(town: Town) -> None:
    qian = await gives_up(town, QIAN)
    path = f"/api/nanning/missed/{qian.sid}/dismissal"
    refused = await town.ask("POST", path, token=town.admin_token(), expect=422, json={"note": " "})
    assert "请写明不必回拨的原因" in refused["detail"]
    await town.ask("POST", path, token=town.admin_token(), json={"note": "已由其他渠道联系"})
    assert (await missed(town))["callers"] == []
    settled = await town.ask("GET", "/api/nanning/settled", token=town.admin_token())
    assert (settled[0]["kind"], settled[0]["note"]) == ("missed", "已由其他渠道联系")


async def test_of_those_who_hide_their_number_the_count_is_shown(town: Town) -> None:
    before = (await missed(town))["withheld"]
    await gives_up(town, "anonymous")

    async def counted() -> bool:
        return bool((await missed(town))["withheld"] == before + 1)

    await until(counted, "one more is counted")
    assert (await missed(town))["callers"] == []


async def missed(town: Town) -> dict[str, Any]:
    return dict(await town.ask("GET", "/api/nanning/missed", token=town.admin_token()))
