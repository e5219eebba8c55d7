"""The world of the simulator's own tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from .world import World, open_world


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    """Everything takes a twentieth of its time."""
    async with open_world(speed=20) as opened:
        yield opened
