"""The rules of the queue, set for one test."""

from ivr.hotline import Hotline


async def rule(hotline: Hotline, **rules: str | int) -> None:
    """As the profile would set it; `__` stands for the colon."""
    for name, value in rules.items():
        await hotline.store.ask("HSET", hotline.key("rules"), name.replace("__", ":"), value)
