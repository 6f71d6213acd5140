"""Ask the board in the one query language: lists of findings and bundles, and what they could be narrowed to."""

from __future__ import annotations

from callboard.domain.access import Viewer
from callboard.domain.board import BundleRow, Facet, FindingRow
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.query import DEFAULT_LIMIT, OPEN, STEADY, OneOf, Order, Page, Query
from callboard.store import Store
from callboard.store.board import bundles, desk, facets, findings
from callboard.store.kept import Kept
from callboard.store.query import filters
from callboard.usecases.answers import asking_of, key_of

FIRST = 3
"""Rows of work beside one component."""
KEPT_ROWS = 100
"""Longer pages are not kept."""

# What is kept is kept for one viewer, until a write changes the revision or the day ends.
_BUNDLES: Kept[Page[BundleRow]] = Kept(64)
_FINDINGS: Kept[Page[FindingRow]] = Kept(64)
_FACETS: Kept[tuple[Facet, ...]] = Kept(128)


def list_findings(
    store: Store, viewer: Viewer, query: Query, *, now: Instant, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[FindingRow]:
    """One page of findings. Raises InvalidQueryError for an odd query, a damaged cursor or a limit out of range."""
    with store.read() as conn:
        asking = asking_of(conn, viewer, now, query)

        def make() -> Page[FindingRow]:
            return findings.page(conn, viewer.visibility, query, asking, after=cursor, limit=limit)

        if limit > KEPT_ROWS or filters.is_of_the_moment(query):
            return make()
        return _FINDINGS.get(conn, key_of(conn, viewer, asking, query, cursor, limit), make)


def list_bundles(
    store: Store, viewer: Viewer, query: Query, *, now: Instant, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[BundleRow]:
    """One page of findings put together, by fix if the query does not say otherwise. Raises InvalidQueryError."""
    with store.read() as conn:
        asking = asking_of(conn, viewer, now, query)

        def make() -> Page[BundleRow]:
            return bundles.page(conn, viewer.visibility, query, asking, after=cursor, limit=limit)

        if limit > KEPT_ROWS or filters.is_of_the_moment(query):
            return make()
        return _BUNDLES.get(conn, key_of(conn, viewer, asking, query, cursor, limit), make)


def first_work(store: Store, viewer: Viewer, ref: EntityRef, *, now: Instant) -> Page[BundleRow]:
    """What to do first about one component: as much as a card has room for."""
    return list_bundles(
        store, viewer, Query((OPEN, STEADY, OneOf("component", (ref,))), Order.DO_NOW), now=now, limit=FIRST
    )


def list_facets(store: Store, viewer: Viewer, query: Query, *, now: Instant) -> tuple[Facet, ...]:
    """What the list of a query could be narrowed to. Raises InvalidQueryError."""
    with store.read() as conn:
        asking = asking_of(conn, viewer, now, query)

        def make() -> tuple[Facet, ...]:
            return facets.facets(conn, viewer.visibility, query, asking)

        return (
            make() if filters.is_of_the_moment(query) else _FACETS.get(conn, key_of(conn, viewer, asking, query), make)
        )


def count_open(store: Store, viewer: Viewer, *, now: Instant) -> int:
    """Open findings in sight, for "37 open without these filters"."""
    with store.read() as conn:
        return desk.numbers(conn, viewer.visibility, (), asking_of(conn, viewer, now)).open
