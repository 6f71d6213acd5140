"""Look at the board: every reading face (JSON, HTML, command line) calls these and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from callboard.domain.access import Visibility
from callboard.domain.board import Board, ComponentPage, FindingPage
from callboard.domain.component import EntityRef
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.link import UNSAFE_LINK, LinkRules, link_of, safe_link
from callboard.store import Store
from callboard.store import components as component_store
from callboard.store import findings as finding_store
from callboard.store import links as link_store
from callboard.store import sources as source_store
from callboard.store.links import LinkCheck


def board(store: Store, visibility: Visibility, *, now: Instant) -> Board:
    """The components page: every component with its open findings, and the whole in numbers."""
    with store.read() as conn:
        return component_store.board(conn, visibility, now=now)


def component(store: Store, visibility: Visibility, ref: EntityRef, *, now: Instant) -> ComponentPage:
    """One component's page. Raises NotFoundError for an unknown one and for one the viewer may not see."""
    with store.read() as conn:
        return component_store.page(conn, visibility, ref, now=now)


def finding(
    store: Store,
    visibility: Visibility,
    finding_id: int,
    *,
    now: Instant,
    link_hosts: Collection[str] = (),
    link_rules: Mapping[str, LinkRules] | None = None,
) -> FindingPage:
    """One finding's page. Raises NotFoundError for an unknown one and for one the viewer may not see.

    Its link is the source's own, else built by the templates in `link_rules`, which go by the source's name. It is None,
    with the reason in words, unless its host is among `link_hosts`.
    """
    with store.read() as conn:
        page = finding_store.one(conn, visibility, finding_id, now=now)
        rules = (link_rules or {}).get(page.row.source, LinkRules())
        if not page.link and rules.templates and rules.portal is None:
            portal = link_store.portal(conn, visibility, page.row.source, rules.hosts)
            rules = msgspec.structs.replace(rules, portal=portal)
    link, no_link = link_of(page.link, page.row.kind, page.row.external_id, rules)
    safe = safe_link(link, link_hosts)
    return msgspec.structs.replace(page, link=safe, no_link=None if safe else no_link or UNSAFE_LINK)


def link_checks(store: Store, visibility: Visibility) -> tuple[LinkCheck, ...]:
    """The last check of each source's links. Nothing for viewers who do not see everything."""
    with store.read() as conn:
        return link_store.last_checks(conn, visibility)


def broken_links(store: Store, visibility: Visibility, *, now: Instant) -> dict[str, int]:
    """By source, how many findings have a link that somebody called broken in the last 30 days."""
    with store.read() as conn:
        return link_store.reported_counts(conn, visibility, now=now)


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
