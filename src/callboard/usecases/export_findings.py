"""All findings of a query, for a file: the same rows in the same order as the list, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callboard.domain.access import Viewer
from callboard.domain.board import FindingRow
from callboard.domain.instant import Instant
from callboard.domain.query import Query
from callboard.errors import InvalidQueryError
from callboard.store import Store
from callboard.store.board import findings, listing, visits
from callboard.store.board import sources as source_store
from callboard.store.people import audit
from callboard.store.query.filters import Asking

MOST = 100_000
"""Findings in one file at most."""

CHUNK = 500
"""Rows that are read, and held, at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """A list that is ready to be written out."""

    total: int
    rows: Iterator[FindingRow]
    """Once through, read chunk by chunk while they are taken."""


def export_findings(store: Store, viewer: Viewer, query: Query, *, now: Instant) -> Export:
    """The findings of a query; how they are grouped does not matter here. Raises InvalidQueryError, also for too many.

    That it happened stands in the log of who did what.
    Which findings, and in what order, is as of now; a sync that applies while the file is written changes no row's place.
    """
    with store.read() as conn:
        asking = Asking(
            now=now, me=viewer.owners, visited_at=visits.last(conn, viewer.key), stale=source_store.stale(conn, now=now)
        )
        ids = listing.whole(conn, viewer.visibility, query, asking, most=MOST)
    if len(ids) > MOST:
        raise InvalidQueryError(
            f"More than {MOST:,} findings are too many for one file.",
            field="q",
            hint="Narrow the query, for example by owner, component or severity, and write several files.",
        )
    with store.write() as conn:
        # Before the first row leaves, so that none leaves unseen. Which findings were asked for is nobody's business here.
        detail = {"rows": str(len(ids))}
        audit.note(conn, at=now, actor=viewer.named, action="findings.export", subject="findings", detail=detail)
    return Export(total=len(ids), rows=_rows(store, viewer, ids))


def _rows(store: Store, viewer: Viewer, ids: tuple[int, ...]) -> Iterator[FindingRow]:
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with store.read() as conn:
            found = findings.rows_by_id(conn, viewer.visibility, chunk)
        yield from (found[id_] for id_ in chunk)
