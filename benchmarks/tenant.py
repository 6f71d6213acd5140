"""The tenant of the benchmarks: one time, one configuration, so that every request is the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime

from callboard.domain.instant import Instant, from_datetime
from callboard.domain.run import Mode, Part
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.source import WizSource

FIXED_NOW = datetime(2026, 10, 1, tzinfo=UTC)
"""The present of the recorded world: windows of dates in the requests depend on it."""


class FixedClock:
    """A clock that stands still at the recorded present."""

    def now(self) -> Instant:
        """The recorded present."""
        return from_datetime(FIXED_NOW)


def open_wiz(base: str, client_id: str, client_secret: str, *, calls_per_second: float = 1000) -> WizSource:
    """The source as an operator would configure it, pointed at `base`."""
    config = WizConfig(
        client_id=client_id,
        client_secret=client_secret,
        api_url=f"{base}/graphql",
        token_url=f"{base}/oauth/token",
        audience="wiz-api",
        calls_per_second=calls_per_second,
        allow_private=True,
    )
    return WizSource(config, user_agent="callboard-benchmark/1", now=FixedClock().now)


def full_plan(source: WizSource) -> tuple[Part, ...]:
    """The parts of a full run at the recorded present."""
    return source.plan(Mode.FULL, since=None, now=from_datetime(FIXED_NOW))
