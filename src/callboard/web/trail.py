"""What this door notes in the log of who did what: who was refused, and what was taken away as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from callboard.domain.instant import MINUTE
from callboard.errors import CallboardError
from callboard.ports import Clock
from callboard.store import Store
from callboard.usecases.people import audit_log
from callboard.web.pace import Pace

MOST_DENIALS = 30
"""Refusals of one person, program or address that are noted in a minute; the log lines tell of all of them."""

_log = structlog.get_logger("callboard.web")


class Trail:
    """Notes in a thread of its own, so that nobody waits for the database to be free for writing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pace = Pace(clock, most=MOST_DENIALS, window=MINUTE)
        self._tasks: set[asyncio.Task[None]] = set()

    def denied(self, actor: str, *, route: str, reason: str, detail: Mapping[str, str] | None = None) -> None:
        """Somebody was refused. Only from the app's event loop."""
        if self._pace.is_within(actor):
            self._begin(actor, "access.denied", route, {"reason": reason, **(detail or {})})

    def entered(self, actor: str, subject: str) -> None:
        """Somebody came in with a token that was not seen before. Only from the app's event loop."""
        self._begin(actor, "access.enter", subject, {})

    async def finish(self) -> None:
        """Wait for what is being noted."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, actor: str, action: str, subject: str, detail: Mapping[str, str]) -> None:
        work = asyncio.to_thread(self._note, actor, action, subject, dict(detail))
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, actor: str, action: str, subject: str, detail: Mapping[str, str]) -> None:
        try:
            audit_log.note(
                self._store, at=self._clock.now(), actor=actor, action=action, subject=subject, detail=detail
            )
        except CallboardError as error:
            _log.error("not noted", action=action, reason=error.message)
