"""Fixtures of the tests that talk to a Wiz on loopback."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from callboard.sources.wiz.source import WizSource
from tests.sources.fake_wiz import FakeWiz


@pytest_asyncio.fixture
async def wiz() -> AsyncIterator[FakeWiz]:
    """A Wiz that says what the test tells it to."""
    server = FakeWiz()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def slept() -> list[float]:
    """Seconds that the source waited, without anybody waiting."""
    return []


@pytest_asyncio.fixture
async def source_at(slept: list[float]) -> AsyncIterator[Callable[..., WizSource]]:
    """Makes a source for a fake Wiz; closes it afterwards."""
    made: list[WizSource] = []

    def make(server: FakeWiz, *, monotonic: Callable[[], float] | None = None, **fields: object) -> WizSource:
        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        clocks: dict[str, Any] = {} if monotonic is None else {"monotonic": monotonic}
        source = WizSource(
            server.config(**fields),
            user_agent="callboard-tests/1",
            sleep=sleep,
            random=random.Random(7).random,  # noqa: S311 - a seed that repeats
            **clocks,
        )
        made.append(source)
        return source

    yield make
    for source in made:
        await source.close()
