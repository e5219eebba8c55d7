"""推送: a city's work-order system is told what happens at the hotline, whatever state it is in itself."""

import re
from collections.abc import Callable
from typing import Any

import aiohttp

from ivr.directory import mask
from tests.cast import MAYOR, QIAN, WANG, ZHOU
from tests.receiver import HOOKS, Letter, Receiver, Subscription, asks, gives_up
from tests.story.rules import rules
from tests.town import Town, until
from tests.upkeep.project import text

A_MINUTE = 61


def the_documented_recipe() -> Callable[..., bool]:
    """What docs/api.md gives whoever writes the other end, as they would copy it."""
    (recipe,) = re.findall(r"```python\n(.*?)```", text("docs/api.md"), re.DOTALL)
    copied: dict[str, Any] = {}
    exec(recipe, copied)  # noqa: S102 - it is our own page
    found: Callable[..., bool] = copied["is_ours"]
    return found


async def test_a_call_is_told_from_its_arrival_to_its_end_in_order(town: Town) -> None:
    wang = await town.operator(WANG)
    async with (
        Receiver() as orders,
        Subscription(town, orders, "call.arrived", "call.answered", "call.ended"),
    ):
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await wang.accepts()
        await wang.is_on("talking")
        await zhou.hangs_up()
        ended = await orders.hears("call.ended")
        told = [letter.told for letter in orders.letters]
        assert [one["type"] for one in told] == ["call.arrived", "call.answered", "call.ended"]
        assert {one["data"]["sid"] for one in told} == {zhou.sid}
        assert (ended.told["hotline"], ended.told["data"]["outcome"]) == ("nanning", "answered")
        assert ended.told["data"]["operator"] == WANG


async def test_the_other_end_can_tell_that_it_is_ours_by_the_documented_recipe(town: Town) -> None:
    is_ours = the_documented_recipe()
    async with Receiver() as orders, Subscription(town, orders, "call.ended") as subscribed:
        await gives_up(town, QIAN)
        letter = await orders.hears("call.ended")
        sent = int(letter.headers["webhook-timestamp"])
        body = letter.text.encode()
        assert is_ours(subscribed.secret, letter.headers, body, sent + 1)
        assert not is_ours(subscribed.secret, letter.headers, body + b" ", sent + 1)
        assert not is_ours(subscribed.secret, letter.headers, body, sent + 301), "an old one, sent again"
        renewed = await asks(town, "POST", f"{HOOKS}/{subscribed.id}/secret")
        assert renewed["secret"] != subscribed.secret
        assert not is_ours(renewed["secret"], letter.headers, body, sent + 1)
        await gives_up(town, QIAN)
        second = await orders.hears("call.ended", 2)
        assert is_ours(
            renewed["secret"], second.headers, second.text.encode(), int(second.headers["webhook-timestamp"])
        )


async def test_callers_are_masked_unless_the_subscription_may_know_them(town: Town) -> None:
    async with (
        Receiver() as plain,
        Receiver() as trusted,
        Subscription(town, plain, "call.ended"),
        Subscription(town, trusted, "call.ended", whole=True) as knows,
    ):
        await gives_up(town, QIAN)
        masked, whole = await plain.hears("call.ended"), await trusted.hears("call.ended")
        assert QIAN not in masked.text
        assert masked.told["data"]["caller"] == mask(QIAN)
        assert "note" not in masked.told["data"]
        assert whole.told["data"]["caller"] == QIAN
        await until(knows.deliveries, "it is listed")
        assert QIAN not in str(await knows.deliveries()), "whoever looks does not see more than elsewhere"


async def test_who_asked_that_nobody_learn_of_them_is_never_named(town: Town) -> None:
    async with (
        Receiver() as trusted,
        Subscription(town, trusted, "message.received", "call.ended", whole=True),
    ):
        wang = await town.operator(WANG)
        zhou = await town.caller(ZHOU).dials(MAYOR)
        await wang.accepts()
        await wang.is_on("talking")
        await asks(town, "PUT", f"/api/nanning/calls/{zhou.sid}/seal")
        await zhou.hangs_up()
        assert ZHOU not in (await trusted.hears("call.ended")).text


async def test_a_system_that_is_out_of_order_is_told_later_and_what_came_meanwhile_after_it(
    town: Town,
) -> None:
    async with Receiver() as orders, Subscription(town, orders, "call.ended") as subscribed:
        orders.answers = [500, 503]
        first = await gives_up(town, QIAN)
        await subscribed.is_("waiting", said="status")
        second = await gives_up(town, ZHOU)
        await town.passes(A_MINUTE)
        await orders.hears("call.ended", 2)
        await town.passes(5 * A_MINUTE)
        await orders.hears("call.ended", 4)
        assert [letter.told["data"]["sid"] for letter in orders.letters] == [first, first, first, second]
        assert len({letter.headers["webhook-id"] for letter in orders.letters[:3]}) == 1
        newest, older = await told_both(subscribed)
        assert [one["code"] for one in older["tries"]] == [500, 503, 200]
        assert newest["tries"][0]["explained"] == "送达"


async def told_both(subscribed: Subscription) -> list[dict[str, Any]]:
    async def so() -> list[dict[str, Any]] | None:
        found = await subscribed.deliveries()
        return found if [one["state"] for one in found] == ["delivered"] * 2 else None

    found: list[dict[str, Any]] = await until(so, "both are delivered")
    return found


async def test_a_redirect_is_not_followed(town: Town) -> None:
    async with Receiver() as orders, Subscription(town, orders, "call.ended") as subscribed:
        orders.answers = [307]
        await gives_up(town, QIAN)
        tried = await subscribed.is_("waiting", said="status")
        assert (tried["tries"][0]["code"], orders.elsewhere) == (307, 0)


async def test_after_the_last_try_it_pauses_with_an_alarm_until_somebody_resumes_it(town: Town) -> None:
    async with (
        rules(town, "hooks", retry_minutes=[1]),
        Receiver() as orders,
        Subscription(town, orders, "call.ended") as subscribed,
    ):
        orders.answers = [500, 500]
        lost = await gives_up(town, QIAN)
        await subscribed.is_("waiting", said="status")
        await town.passes(A_MINUTE)
        await subscribed.is_("failed", said="status")
        assert (await asks(town, "GET", f"{HOOKS}/{subscribed.id}"))["state"] == "paused"

        async def alarm() -> bool:
            raised = (await asks(town, "GET", "/api/nanning/alarms"))["raised"]
            return any(one["name"] == f"hook:{subscribed.id}" for one in raised)

        await until(alarm, "the alarm is raised")
        meanwhile = await gives_up(town, ZHOU)
        resumed = await asks(town, "PUT", f"{HOOKS}/{subscribed.id}/state", on=True)
        assert resumed["state"] == "on"
        assert (await orders.hears("call.ended", 3)).told["data"]["sid"] == meanwhile
        failed = next(one for one in await subscribed.deliveries() if one["state"] == "failed")
        place = f"{HOOKS}/{subscribed.id}/deliveries/{failed['id']}/redelivery"
        await asks(town, "POST", place, expect=202)
        again: Letter = await orders.hears("call.ended", 4)
        assert (again.told["data"]["sid"], again.headers["webhook-id"]) == (
            lost,
            orders.letters[0].headers["webhook-id"],
        )


async def test_whether_they_hear_us_can_be_tried_and_what_is_off_hears_nothing(town: Town) -> None:
    async with Receiver() as orders, Subscription(town, orders, "call.ended") as subscribed:
        await asks(town, "POST", f"{HOOKS}/{subscribed.id}/test", expect=202)
        assert (await orders.hears("hook.test")).told["data"]["by"] == "9000"
        await asks(town, "PUT", f"{HOOKS}/{subscribed.id}/state", on=False)
        refused = await asks(town, "POST", f"{HOOKS}/{subscribed.id}/test", expect=409)
        assert "没有启用" in refused["detail"]


async def test_a_changed_number_is_told_and_a_changed_rule_is_not(town: Town) -> None:
    async with Receiver() as orders, Subscription(town, orders, "number.changed"):
        async with rules(town, "queue", ring_seconds=19):
            pass
        place = f"/api/nanning/ledger/{MAYOR}"
        before = (await asks(town, "GET", place))["line"]
        await asks(town, "PUT", place, fields={"note": "新址办公"})
        assert (await orders.hears("number.changed")).told["data"]["numbers"] == [MAYOR]
        await asks(town, "PUT", place, fields={"note": before["note"]})
        await orders.hears("number.changed", 2)
        assert len(orders.letters) == 2


async def test_where_it_may_not_lead_is_refused_with_the_reason_at_the_field(town: Town) -> None:
    wish = {"title": "工单", "events": ["call.ended"], "whole": False}
    for url in (
        "ftp://127.0.0.1/",
        "http://10.0.0.8/",
        "http://192.168.1.1/x",
        "http://a:b@127.0.0.1/",
        "何处",
    ):
        refused = await asks(town, "POST", HOOKS, expect=422, **wish, url=url)
        assert refused["fields"]["url"]
    refused = await asks(
        town, "POST", HOOKS, expect=422, **wish | {"events": ["call.sung"]}, url="http://127.0.0.1/"
    )
    assert "events.0" in refused["fields"]


async def test_subscriptions_are_an_administrators_and_what_they_do_is_in_the_audit(town: Town) -> None:
    wang = await town.operator(WANG)
    headers = {"Authorization": f"Bearer {wang.token}"}
    async with aiohttp.ClientSession(town.url, headers=headers) as http, http.get(HOOKS) as answer:
        assert answer.status == 403
    async with Receiver() as orders, Subscription(town, orders, "call.ended"):
        audit = await asks(town, "GET", "/api/nanning/audit?act=hook&limit=1")
        assert orders.url in audit["entries"][0]["about"]
