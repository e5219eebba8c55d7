"""What a caller has made up their mind to do: each step once, in order, when its moment comes.

A caller who waits for words does not press before the phone listens: keys pressed earlier are lost, as in
life.
"""

import asyncio

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.simulator.call import Call, first_of
from ivr.simulator.exchange import Exchange
from ivr.simulator.feed import Listener


class Step(BaseModel):
    """When: words heard (a part of them is enough), or so many seconds after the step before.
    What: one thing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str | None = None
    seconds: float | None = Field(default=None, ge=0)
    press: str | None = Field(default=None, pattern=r"^[0-9*#A-D]+$")
    say: float | None = Field(default=None, gt=0)
    hang_up: bool = False

    @model_validator(mode="after")
    def _does_one_thing(self) -> "Step":
        if sum((self.press is not None, self.say is not None, self.hang_up)) != 1:
            raise ValueError("a step does exactly one of press, say and hang_up")
        return self


async def follow_script(exchange: Exchange, call: Call, script: tuple[Step, ...]) -> None:
    with call.feed.listen(call.sid) as events:
        await first_of(call.over.wait(), _take_steps(exchange, call, script, events))


async def _take_steps(exchange: Exchange, call: Call, script: tuple[Step, ...], events: Listener) -> None:
    for step in script:
        if step.when is not None:
            await _hears(step.when, events)
        if step.seconds is not None:
            await exchange.clock.spend(step.seconds)
        await _act(call, step)


async def _hears(words: str, events: Listener) -> None:
    while True:
        event = await events.get()
        if event.name == "heard" and words in str(event.facts["text"] or ""):
            return


async def _act(call: Call, step: Step) -> None:
    if step.hang_up:
        call.hang_up("this person")
        return
    if step.when is not None or step.say is not None:
        await call.until_listening()
    if step.press is not None:
        call.press(step.press)
    if step.say is not None:
        call.speak(step.say)
    await asyncio.sleep(0)
