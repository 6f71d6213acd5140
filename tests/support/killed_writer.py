"""A process that writes to Wiz, or makes tickets, until it ends at a chosen moment: see `lives`.

A moment is a statement, a commit, or either side of a call's way to the look-alike.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import event

from callboard.channels.tracker_config import GithubTrackerConfig, JiraTrackerConfig
from callboard.channels.trackers import open_tracker
from callboard.domain.instant import Instant
from callboard.net import Answer, Net
from callboard.sources.wiz.client import Client
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.source import WizSource
from callboard.sources.wiz.writing import WizWriter
from callboard.store import Store, open_store
from callboard.usecases.remediation.keep_tickets import keep_tickets
from callboard.usecases.remediation.write_back import write_back
from tests.support.clocks import SettableClock
from tests.support.lives import Passed, serve
from tests.support.trackers import EMAIL, TOKEN


class WatchedClient:
    """A client of Wiz with a moment on either side of each call."""

    def __init__(self, inner: Client, passed: Passed) -> None:
        self._inner = inner
        self._passed = passed

    async def once(self, document: str, variables: dict[str, Any]) -> bytes:
        """One call."""
        self._passed.one()
        answer = await self._inner.once(document, variables)
        self._passed.one()
        return answer


class WatchedNet(Net):
    """The way out, with a moment on either side of each call."""

    passed: Passed

    async def request(self, method: str, url: str, **given: Any) -> Answer:
        """One call."""
        self.passed.one()
        answer = await super().request(method, url, **given)
        self.passed.one()
        return answer


async def to_wiz(store: Store, clock: SettableClock, passed: Passed, *told: str) -> None:
    """Write what is due."""
    client_id, client_secret, api_url, token_url = told
    config = WizConfig(
        client_id=client_id, client_secret=client_secret, api_url=api_url, token_url=token_url, allow_private=True,
        calls_per_second=1000.0, timeout_seconds=10,
    )  # fmt: skip
    source = WizSource(config, user_agent="callboard-tests/1")
    try:
        writer = WizWriter(WatchedClient(source._client, passed))  # type: ignore[arg-type]
        await write_back(store, source.name, writer, clock=clock)
    finally:
        await source.close()


async def to_tracker(store: Store, clock: SettableClock, passed: Passed, *told: str) -> None:
    """Make the tickets that wait."""
    kind, url = told
    config: GithubTrackerConfig | JiraTrackerConfig
    if kind == "github":
        config = GithubTrackerConfig(url=url, repository="acme/security", token=TOKEN, allow_private=True)
    else:
        config = JiraTrackerConfig(url=url, project="SEC", email=EMAIL, token=TOKEN, allow_private=True)
    async with WatchedNet(user_agent="test", allow_hosts=config.allow_hosts) as net:
        net.passed = passed
        tracker = open_tracker(config, net, now=clock.now)
        await keep_tickets(store, {tracker.name: tracker}, board="https://board.example", clock=clock)


def live(arguments: list[str], passed: Passed) -> None:
    """Which of the two, the database, when it is, and where the look-alike is."""
    what, url, at, *told = arguments
    clock = SettableClock(Instant(int(at)))
    store = open_store(url)
    event.listen(store.engine, "before_cursor_execute", passed.one)
    event.listen(store.engine, "commit", passed.one)
    try:
        asyncio.run((to_wiz if what == "wiz" else to_tracker)(store, clock, passed, *told))
    finally:
        store.close()


if __name__ == "__main__":
    serve(live)
