"""Look at the board: every reading face (JSON, HTML, command line) calls these and nothing else."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from callboard.domain.access import Visibility
from callboard.domain.board import Board, ComponentPage, FindingPage
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.link import safe_link
from callboard.domain.query import SourceHealth
from callboard.store import Store
from callboard.store import components as component_store
from callboard.store import findings as finding_store
from callboard.store import sources as source_store


def board(store: Store, visibility: Visibility, *, now: Instant) -> Board:
    """The components page: every component with its open findings, and the whole in numbers."""
    with store.read() as conn:
        return component_store.board(conn, visibility, now=now)


def component(store: Store, visibility: Visibility, ref: EntityRef, *, now: Instant) -> ComponentPage:
    """One component's page. Raises NotFoundError for an unknown one and for one the viewer may not see."""
    with store.read() as conn:
        return component_store.page(conn, visibility, ref, now=now)


def finding(
    store: Store, visibility: Visibility, finding_id: int, *, now: Instant, link_hosts: Collection[str] = ()
) -> FindingPage:
    """One finding's page. Raises NotFoundError for an unknown one and for one the viewer may not see.

    Its link is None unless its host is among `link_hosts`.
    """
    with store.read() as conn:
        page = finding_store.one(conn, visibility, finding_id, now=now)
    return msgspec.structs.replace(page, link=safe_link(page.link, link_hosts))


def finding_by_external_id(store: Store, visibility: Visibility, external_id: str, *, source: str | None = None) -> int:
    """The id of the finding that the source calls `external_id`. Raises NotFoundError."""
    with store.read() as conn:
        return finding_store.by_external_id(conn, visibility, external_id, source=source)


def sources(store: Store, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """How fresh and whole each source is."""
    with store.read() as conn:
        return source_store.health(conn, visibility, now=now)


def revision(store: Store) -> int:
    """A number that grows with every change; for ETags."""
    with store.read() as conn:
        return source_store.revision(conn)
