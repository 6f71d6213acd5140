"""Look at the board: every reading face (JSON, HTML, command line) calls these and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from callboard.domain.access import Visibility
from callboard.domain.board import Board, BundleRow, ComponentPage, FindingPage
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind
from callboard.domain.guidance import Change, changes, use_at
from callboard.domain.instant import Instant
from callboard.domain.link import UNSAFE_LINK, LinkRules, link_of, safe_link
from callboard.domain.packages.package_match import SOURCE
from callboard.store import Connection, Store, contested, database, guidance
from callboard.store.board import components as component_store
from callboard.store.board import findings as finding_store
from callboard.store.board import links as link_store
from callboard.store.board.links import LinkCheck
from callboard.store.remediation import write_backs
from callboard.usecases.evenly import refused_evenly


def board(store: Store, visibility: Visibility, *, now: Instant) -> Board:
    """The components page: every component with its open findings, and the whole in numbers."""
    with store.read() as conn:
        return component_store.board(conn, visibility, now=now)


@refused_evenly()
def component(store: Store, visibility: Visibility, ref: EntityRef, *, now: Instant) -> ComponentPage:
    """One component's page. Raises NotFoundError for an unknown one and for one the viewer may not see."""
    with store.read() as conn:
        return component_store.page(conn, visibility, ref, now=now)


@refused_evenly()
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
        runbooks = guidance.runbooks(conn, visibility, page.row.components)
        told = _changes(conn, store, page)
        rules = _rules(conn, visibility, page.row.source, link_rules, is_bare=not page.link)
        writes = write_backs.of_finding(conn, finding_id)
    link, no_link = _link(page.row.source, page.link, page.row.kind, page.row.external_id, rules)
    safe = safe_link(link, link_hosts)
    why_not = None if safe else no_link or UNSAFE_LINK
    return msgspec.structs.replace(page, link=safe, no_link=why_not, runbooks=runbooks, changes=told, writes=writes)


def _changes(conn: Connection, store: Store, page: FindingPage) -> tuple[Change, ...]:
    """What to change where: where a component uses a package we know, elsewhere what the source tells."""
    detail, row = page.detail, page.row
    to = detail.fixed_version
    if not isinstance(to, str) or not row.state.is_open:
        return ()
    if row.source == SOURCE:
        used = guidance.uses(conn, store.dialect, row.external_id)
        # What the advisory does not speak of stays where it is, though it is the same package.
        ways = (
            dict(detail.fixes)
            if isinstance(detail.fixes, tuple)
            else dict.fromkeys(str(detail.version).split(", "), to)
        )
        return changes((use, ways[use.version]) for use in used if use.version in ways)
    told = use_at(detail.location, detail.package, detail.version)
    if told is None:
        return ()
    return changes((use, to) for use in guidance.known_at(conn, store.dialect, told, row.components))


MATCHED_HERE = "Callboard matched it itself: there is no page elsewhere."


def _link(
    source: str, url: str | None, kind: Kind, external_id: str, rules: LinkRules
) -> tuple[str | None, str | None]:
    """A finding's page at its source, or why there is none."""
    return (None, MATCHED_HERE) if source == SOURCE else link_of(url, kind, external_id, rules)


class DeepLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where one finding is at its source."""

    link: str | None
    """Judged: safe to show. None: there is none that may be shown."""
    no_link: str | None
    """Why there is none, in words."""
    source: str
    source_kind: str
    tier: int | None = None
    """Of the evidence by which the finding is mapped. None: it is not, or nobody recorded it."""


def deep_links(
    store: Store,
    visibility: Visibility,
    finding_ids: Collection[int],
    *,
    link_hosts: Collection[str] = (),
    link_rules: Mapping[str, LinkRules] | None = None,
) -> dict[int, DeepLink]:
    """By finding that may be seen, its link, made and judged as `finding` does."""
    if not finding_ids:
        return {}
    with store.read() as conn:
        leads = link_store.leads(conn, visibility, finding_ids)
        tiers = contested.tiers(conn, store.dialect, visibility, leads)
        bare = {lead.source for lead in leads.values() if not lead.url}
        sources = {lead.source for lead in leads.values()}
        rules = {name: _rules(conn, visibility, name, link_rules, is_bare=name in bare) for name in sources}
    found = {}
    for id_, lead in leads.items():
        link, no_link = _link(lead.source, lead.url, lead.kind, lead.external_id, rules[lead.source])
        safe = safe_link(link, link_hosts)
        why = None if safe else no_link or UNSAFE_LINK
        found[id_] = DeepLink(
            link=safe, no_link=why, source=lead.source, source_kind=lead.source_kind, tier=tiers.get(id_)
        )
    return found


def linked(
    store: Store,
    visibility: Visibility,
    rows: Sequence[BundleRow],
    *,
    link_hosts: Collection[str] = (),
    link_rules: Mapping[str, LinkRules] | None = None,
) -> tuple[BundleRow, ...]:
    """Pieces of work with the links of their first findings."""
    ids = [row.finding_id for row in rows]
    found = deep_links(store, visibility, ids, link_hosts=link_hosts, link_rules=link_rules)
    nowhere = DeepLink(link=None, no_link=UNSAFE_LINK, source="", source_kind="")
    return tuple(
        msgspec.structs.replace(row, **msgspec.structs.asdict(found.get(row.finding_id, nowhere))) for row in rows
    )


def _rules(
    conn: Connection, visibility: Visibility, source: str, link_rules: Mapping[str, LinkRules] | None, *, is_bare: bool
) -> LinkRules:
    """The rules of one source, with where its pages begin when a bare finding's template needs to know."""
    rules = (link_rules or {}).get(source, LinkRules())
    if not is_bare or not rules.templates or rules.portal is not None:
        return rules
    return msgspec.structs.replace(rules, portal=link_store.portal(conn, visibility, source, rules.hosts))


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


def revision(store: Store) -> int:
    """A number that grows with every change; for ETags."""
    with store.read() as conn:
        return database.revision(conn)
