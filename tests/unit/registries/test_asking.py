"""Asking a registry on loopback: both shapes, marks, refusals and what is held to."""

from __future__ import annotations

import asyncio

import pytest

from callboard.domain.instant import from_text
from callboard.errors import OutboundError
from callboard.net import Net
from callboard.registries import asking
from callboard.registries.asking import AskedRegistry
from callboard.registries.config import RegistryConfig
from tests.support.registries import MadeUpRegistry, serving

LATE, EARLY = "2026-03-01T10:00:00.000Z", "2026-03-01T09:00:00.000000Z"


def opened(
    registry: MadeUpRegistry, ecosystem: str, net: Net, *, token: str | None = None, **more: object
) -> AskedRegistry:
    """As it is configured."""
    config = RegistryConfig(url=f"{registry.url}/", allow_private=True, token=token, calls_per_second=20)
    return AskedRegistry(ecosystem, config, net, **more)  # type: ignore[arg-type]


async def test_npm() -> None:
    """Dates and publishers; a scope's slash belongs to the name; the token goes along, and an answer is asked for once."""
    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        registry.npm("@acme/cart", {"1.0.0": LATE, "0.9.0": "yesterday"}, "acme-bot", "ann")
        npm = opened(registry, "npm", net, token="let-me-in")
        told = await npm.ask("@acme/cart", None)
        assert told.said is not None
        assert told.said.releases == {"1.0.0": from_text(LATE)}
        assert told.said.publishers == ("acme-bot", "ann")
        assert told.etag is not None
        assert registry.headers[0]["authorization"] == "Bearer let-me-in"
        again = await npm.ask("@acme/cart", told.etag)
        assert (again.said, again.etag, again.is_same) == (None, told.etag, True)
        nothing = await npm.ask("nothing", None)
        assert nothing.said is not None
        assert not nothing.said.is_there
        assert registry.asked == ["@acme/cart", "@acme/cart", "nothing"]


async def test_python() -> None:
    """A version is released with its first file. Who says to have written it says nothing."""
    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        registry.pypi("acme-cart", {"1.0.0": [LATE, EARLY], "0.9.0": []}, "acme-bot")
        told = await opened(registry, "PyPI", net).ask("acme-cart", None)
        assert told.said is not None
        assert told.said.releases == {"1.0.0": from_text(EARLY)}
        assert told.said.publishers == ("acme-bot",)
        assert registry.asked == ["acme-cart/json"]
        assert "authorization" not in registry.headers[0]


@pytest.mark.parametrize("status", [301, 401, 403, 429, 500])
async def test_no_answer_is_never_an_absent_name(status: int) -> None:
    """A refusal says nothing about the name."""
    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        registry.status = status
        with pytest.raises(OutboundError):
            await opened(registry, "npm", net).ask("left-pad", None)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"time": 3}', b'{"maintainers": "ann"}'])
async def test_other_shapes_say_nothing(raw: bytes) -> None:
    """They are not read as a package without dates, nor as an absent one."""
    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        registry.raw["left-pad"] = raw
        told = await opened(registry, "npm", net).ask("left-pad", None)
        assert (told.said, told.is_same) == (None, False)


async def test_an_answer_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """More is not read."""
    monkeypatch.setattr(asking, "MAX_BYTES", 100)
    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        registry.raw["left-pad"] = b" " * 101
        told = await opened(registry, "npm", net).ask("left-pad", None)
        assert (told.said, told.is_same) == (None, False)


async def test_requests_keep_their_distance() -> None:
    """One after the other, at the rate that is configured."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    async with serving() as registry, Net(user_agent="test", allow_hosts=("127.0.0.1",)) as net:
        npm = opened(registry, "npm", net, sleep=sleep, monotonic=lambda: 100.0)
        for _ in range(3):
            await npm.ask("left-pad", None)
    assert waits == pytest.approx([0.05, 0.1])
