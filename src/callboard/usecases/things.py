"""Look at one thing: a rule, an advisory, a resource, or a project, or where all of it comes from."""

from __future__ import annotations

import time

from callboard.domain.access import Viewer
from callboard.domain.instant import Instant
from callboard.domain.query import Query
from callboard.domain.things import Count, CvePage, ProjectPage, ResourcePage, RulePage, SourceLine
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.store import Store
from callboard.store.board import cve_page, listing, project_page, resource_page, rules_page, source_lines, visits
from callboard.store.board import sources as source_store
from callboard.store.query.filters import Asking
from callboard.usecases import evenly
from callboard.usecases.evenly import refused_evenly


@refused_evenly()
def rule(store: Store, viewer: Viewer, external_id: str, source: str | None = None, *, now: Instant) -> RulePage:
    """The page of a rule. Raises NotFoundError for an unknown one and for one of which the viewer sees no finding."""
    with store.read() as conn:
        return rules_page.page(conn, viewer.visibility, external_id, source, Asking(now=now, me=viewer.owners))


def cve(store: Store, viewer: Viewer, advisory: str, *, now: Instant) -> CvePage:
    """The page of an advisory, also where nothing in sight names it. Raises NotFoundError for what is no id of one."""
    started = time.perf_counter()
    with store.read() as conn:
        try:
            found = cve_page.page(conn, viewer.visibility, advisory, Asking(now=now, me=viewer.owners))
        except InvalidQueryError as error:
            raise NotFoundError from error
    if not found.spread.total:
        evenly.wait(started)
    return found


@refused_evenly()
def resource(
    store: Store, viewer: Viewer, external_id: str, source: str | None = None, *, now: Instant
) -> ResourcePage:
    """The page of a resource. Raises NotFoundError for an unknown one and for one of which the viewer sees no finding."""
    with store.read() as conn:
        return resource_page.page(conn, viewer.visibility, external_id, source, Asking(now=now, me=viewer.owners))


@refused_evenly()
def project(store: Store, viewer: Viewer, external_id: str, source: str | None = None, *, now: Instant) -> ProjectPage:
    """The page of a project. Raises NotFoundError for an unknown one and for one of which the viewer sees no finding."""
    with store.read() as conn:
        return project_page.page(conn, viewer.visibility, external_id, source, Asking(now=now, me=viewer.owners))


def count(store: Store, viewer: Viewer, query: Query, *, now: Instant) -> Count:
    """How many findings a query lists. Raises InvalidQueryError."""
    with store.read() as conn:
        asking = Asking(
            now=now, me=viewer.owners, visited_at=visits.last(conn, viewer.key), stale=source_store.stale(conn, now=now)
        )
        found, _ = listing.count(conn, viewer.visibility, query, asking)
    return Count(found, query.canonical)


def source_list(store: Store, viewer: Viewer, *, now: Instant) -> tuple[SourceLine, ...]:
    """The page of sources."""
    with store.read() as conn:
        return source_lines.lines(conn, viewer.visibility, now=now)
