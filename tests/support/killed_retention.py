"""A process that drops what is old until it ends at a chosen moment, a statement that writes or a commit: see `lives`."""

from __future__ import annotations

from sqlalchemy import event

from callboard.domain.instant import Instant
from callboard.domain.retention import DEFAULT
from callboard.store import open_store
from callboard.usecases import keep_records
from tests.support.clocks import SettableClock
from tests.support.lives import Passed, serve

FEW = 3
"""Rows that go at once, so that there are many moments between two transactions."""


def live(arguments: list[str], passed: Passed) -> None:
    """The database, and when it is."""
    url, at = arguments
    keep_records.ROWS_AT_ONCE = keep_records.LOG_AT_ONCE = FEW
    store = open_store(url)

    def pass_by(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        # Nothing comes of a look, so that who is killed at one is killed at what is written next.
        if not statement.lstrip().startswith(("SELECT", "PRAGMA", "WITH")):
            passed.one()

    event.listen(store.engine, "before_cursor_execute", pass_by)
    event.listen(store.engine, "commit", passed.one)
    try:
        keep_records.apply(store, DEFAULT, clock=SettableClock(Instant(int(at))))
    finally:
        store.close()


if __name__ == "__main__":
    serve(live)
