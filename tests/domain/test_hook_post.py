"""How other systems are told: to no address inside, no longer than five seconds, and by another when a worker dies."""

import asyncio
from ipaddress import ip_network

import pytest

from ivr import hook_post
from ivr.acd import hooks
from ivr.acd.hooks import News
from ivr.errors import Invalid
from ivr.hook_post import LEASE_MS, OnlyWhereWeSend, StrangerRefused, may_reach, must_be_reachable
from ivr.hotline import Hotline
from tests.conftest import Clock
from tests.receiver import Receiver

PUBLIC = {"hotline_public_url": "https://hotline.example.gov.cn"}


async def has_something_to_tell(hotline: Hotline, url: str) -> None:
    await hooks.make(
        hotline, "h1", most=20, by="9000", url=url, title="工单", events="call.ended", whole=False
    )
    before = await hotline.store.ask("GET", hotline.key("hooks_told"))
    news = [News("h1", "1", "call.ended", hotline.now(), '{"type":"call.ended"}')]
    await hooks.put_news(hotline, news, before=before, after="1", most=10)


async def last_said(hotline: Hotline) -> str:
    return str(await hotline.store.ask("HGET", hotline.key("hook", "h1"), "last_said"))


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("223.5.5.5", True),
        ("2400:3200::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::df05:505", True),
        ("2002:a00:1::1", False),
    ],
)
def test_only_the_public_network_is_told_and_a_demonstration_only_itself(address: str, outside: bool) -> None:
    assert may_reach(address, ()) is outside
    assert may_reach(address, None) is (address.startswith("127.") or address == "::1")


async def test_a_name_that_leads_inside_is_let_through_by_no_look_up() -> None:
    for name in ("localhost", "2130706433", "0x7f.1"):  # the last two are ways of writing 127.0.0.1
        with pytest.raises(StrangerRefused):
            await OnlyWhereWeSend(()).resolve(name, 443)
    found = await OnlyWhereWeSend(None).resolve("localhost", 443)
    assert {one["host"] for one in found} <= {"127.0.0.1", "::1"}


async def test_the_citys_own_network_is_told_once_the_settings_name_it(hotline: Hotline) -> None:
    url = "https://10.20.3.4/hotline"
    hotline.settings = hotline.settings.model_copy(update=PUBLIC)
    with pytest.raises(Invalid, match="HOTLINE_HOOK_NETWORKS"):
        must_be_reachable(hotline, url)
    named = {"hotline_hook_networks": (ip_network("10.20.0.0/16"),)}
    hotline.settings = hotline.settings.model_copy(update=named)
    assert must_be_reachable(hotline, url) == url
    with pytest.raises(Invalid):
        must_be_reachable(hotline, "https://10.21.3.4/hotline")
    assert may_reach("::ffff:10.20.3.4", hotline.settings.hotline_hook_networks), "another way of writing it"


async def test_in_production_a_name_that_leads_inside_is_refused_at_the_try(hotline: Hotline) -> None:
    hotline.settings = hotline.settings.model_copy(update=PUBLIC)
    async with Receiver() as inside:
        await has_something_to_tell(hotline, f"https://localhost:{inside.port}/hotline")
        assert await hook_post.deliver(hotline) == 1
        assert (await last_said(hotline), inside.letters) == ("forbidden", [])


async def test_a_literal_address_inside_that_was_stored_before_is_refused_too(hotline: Hotline) -> None:
    await has_something_to_tell(hotline, "http://10.0.0.1/hotline")
    await hook_post.deliver(hotline)
    assert await last_said(hotline) == "forbidden"


async def test_who_does_not_answer_in_time_is_left(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_post, "PATIENCE_SECONDS", 0.2)
    async with Receiver() as orders:
        orders.silent = True
        await has_something_to_tell(hotline, orders.url)
        await hook_post.deliver(hotline)
        assert await last_said(hotline) == "timeout"
        assert len(orders.letters) == 1


async def test_where_nobody_is_it_says_so(hotline: Hotline) -> None:
    await has_something_to_tell(hotline, Receiver().url)
    await hook_post.deliver(hotline)
    assert await last_said(hotline) == "unreachable"


async def test_a_certificate_that_is_none_is_named(hotline: Hotline) -> None:
    """Somebody answers in the clear where TLS is spoken."""
    async with Receiver() as orders:
        await has_something_to_tell(hotline, orders.url.replace("http://", "https://"))
        await hook_post.deliver(hotline)
        assert await last_said(hotline) == "certificate"
        assert orders.letters == []


async def test_what_a_worker_took_and_died_with_another_tells(hotline: Hotline, clock: Clock) -> None:
    async with Receiver() as orders:
        await has_something_to_tell(hotline, orders.url)
        assert await hooks.take(hotline, lease_ms=LEASE_MS)  # and is killed
        assert await hook_post.deliver(hotline) == 0
        clock.passes(LEASE_MS / 1000)
        assert sum(await asyncio.gather(*(hook_post.deliver(hotline) for _ in range(4)))) == 1
        assert (len(orders.letters), await last_said(hotline)) == (1, "delivered")
