"""Resources decided anew with everything that follows, where something other than a run has changed what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from callboard.domain.instant import Instant
from callboard.store import evidence
from callboard.store.counting import Ledger
from callboard.store.database import Store
from callboard.store.ownership import owning, touched
from callboard.store.ownership.candidates import Amendment
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.moving import move
from callboard.store.ownership.owning import Judged, Move


def decide_anew(conn: Connection, store: Store, ids: Sequence[int], *, now: Instant, at_once: bool = False) -> int:
    """Decide these resources by what is known now; how many findings moved. Inside `Store.write`.

    `at_once`: a person has looked at it, so that weak evidence need not win twice.
    """
    holdings = Holdings(conn, store)
    moves = owning.decide_again(conn, store.dialect, holdings, ids, now=now, at_once=at_once)
    return _move(conn, store, holdings, moves, now=now)


def write_down(
    conn: Connection, store: Store, decisions: Sequence[Judged], amendment: Amendment, *, now: Instant
) -> int:  # fmt: skip
    """Write decisions that were made by just what is known now, and that a person has looked at; how many findings moved.

    Inside `Store.write`.
    """
    holdings = Holdings(conn, store)
    moves = owning.adopt(conn, store.dialect, holdings, decisions, amendment, now=now)
    return _move(conn, store, holdings, moves, now=now)


def _move(conn: Connection, store: Store, holdings: Holdings, moves: Sequence[Move], *, now: Instant) -> int:
    ledger = Ledger()
    moved = move(conn, store.dialect, holdings, moves, ledger, now=now).findings
    ledger.write(conn, store.dialect)
    return moved


def of_repositories(conn: Connection, store: Store, keys: Iterable[str], *, now: Instant) -> None:
    """Bring the evidence of resources in these repositories up to date with what is known of them. Inside `Store.write`."""
    ids = touched.in_repositories(conn, store, keys)
    if ids:
        decide_anew(conn, store, sorted(ids), now=now)
    # A run remembers what repositories told when it began.
    evidence.moved(conn)
