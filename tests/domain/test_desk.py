"""What a desk shows, and how often it is looked at."""

from ivr import acd, desk
from ivr.hotline import Hotline
from ivr.roles import Person, Role
from tests.acd.people import lines_up, sits_down
from tests.cast import WANG


async def newest(hotline: Hotline) -> str:
    """The newest event of the queue."""
    ((event, _),) = await hotline.store.hear("XREVRANGE", hotline.key("events"), "+", "-", "COUNT", 1)
    return str(event)


async def test_what_somebody_has_seen_since_it_happened_is_not_looked_at_again(hotline: Hotline) -> None:
    wang = Person(hotline.name, WANG, Role.OPERATOR)
    sid = await lines_up(hotline, 1)
    await sits_down(hotline, WANG)
    offered = await newest(hotline)
    taken = await desk.accept(hotline, wang, sid)
    assert taken.desk.line == "connecting"  # the act came first, though both were asked at once
    assert await desk.show(hotline, wang, news=await newest(hotline)) is taken.desk
    assert await desk.show(hotline, wang, news=offered) is taken.desk

    await acd.pause(hotline, operator=WANG, reason="小休")
    seen = await desk.show(hotline, wang, news=await newest(hotline))
    assert (seen.intent, seen.reason) == ("paused", "小休")


async def test_another_at_the_same_desk_is_not_shown_what_was_seen_for_the_first(hotline: Hotline) -> None:
    await sits_down(hotline, WANG)
    seen = await desk.show(hotline, Person(hotline.name, WANG, Role.OPERATOR))
    supervisor = await desk.show(
        hotline, Person(hotline.name, WANG, Role.SUPERVISOR), news=await newest(hotline)
    )
    assert (seen.may_pick, supervisor.may_pick) == (False, True)
