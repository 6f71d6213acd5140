"""Findings as readers see them: lists, totals and one finding's page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, func, select

from callboard.domain import bundle, priority
from callboard.domain.access import Depth, Visibility, reaching, withhold
from callboard.domain.board import SHORTENED, Evidence, FindingPage, FindingRow, HistoryLine
from callboard.domain.bundle import BundleKind
from callboard.domain.component import ANOTHER, EntityRef, short_name
from callboard.domain.finding import Detail, Kind, Project, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.ownership.verdict import Reason
from callboard.domain.query import Page, Query
from callboard.domain.reconcile import Actor, EventKind, is_flapping
from callboard.domain.remedy import Remedy
from callboard.errors import NotFoundError
from callboard.ports import ProjectRecord
from callboard.store import decisions, schema, tickets
from callboard.store.board import listing
from callboard.store.board import sources as source_store
from callboard.store.decisions import UNSAID
from callboard.store.dialect import of as dialect_of
from callboard.store.ownership import base_image
from callboard.store.query.filters import Asking
from callboard.store.query.scope import hidden, homes_of
from callboard.store.query.scope import known as known_to
from callboard.store.retention import standing
from callboard.store.retention.closed import is_over
from callboard.store.schema import NEVER
from callboard.store.visible import entity_visible, sees, visible

f = schema.finding.c

holding, entity = schema.holding, schema.entity

_COLUMNS = (
    f.id, f.external_id, f.kind, f.state, f.severity, f.closed, f.rank, f.title, f.first_detected_at, f.fixed_at, f.due_at,
    f.in_scope, f.reopened, f.priority, f.blast, f.apart, f.tickets, f.holding_id, f.imported_at,
    schema.bundle.c.key.label("bundle_key"), schema.bundle.c.kind.label("bundle_kind"),
    schema.remedy.c.package.label("package"), schema.remedy.c.version.label("version"),
    schema.source.c.name.label("source"),
    schema.rule.c.external_id.label("rule_ref"),
    schema.rule.c.name.label("rule_name"),
    schema.resource.c.external_id.label("resource_ref"),
    schema.resource.c.name.label("resource_name"),
    schema.resource.c.type.label("resource_type"),
    schema.resource.c.holding_id.label("own_id"), schema.resource.c.inherited_id, f.base_layer,
    schema.sighting.c.last_detected_at,
    holding.c.verdict,
    holding.c.reason,
    exists().where(schema.decided.c.finding_id == f.id, schema.decided.c.ended_by.is_(None)).label("is_decided"),
    exists().where(schema.ticket_finding.c.finding_id == f.id).label("is_filed"),
)  # fmt: skip

_FROM = (
    schema.finding.join(schema.source, schema.source.c.id == f.source_id)
    .join(schema.rule, schema.rule.c.id == f.rule_id)
    .join(schema.resource, schema.resource.c.id == f.resource_id)
    .join(holding, holding.c.id == f.holding_id)
    .join(schema.bundle, schema.bundle.c.id == f.bundle_id)
    .outerjoin(schema.remedy, schema.remedy.c.id == f.remedy_id)
    .outerjoin(schema.sighting, schema.sighting.c.finding_id == f.id)
)


def page(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, after: str | None, limit: int
) -> Page[FindingRow]:
    """One page of the list. Raises InvalidQueryError for a damaged cursor, a limit out of range, and an odd query."""
    found = listing.search(conn, visibility, query, asking, after=after, limit=limit)
    # The page's ids first, over indexes alone; the joins then touch one page of rows.
    by_id = rows_by_id(conn, visibility, found.ids)
    return Page(
        rows=tuple(by_id[id_] for id_ in found.ids), total=found.total, is_more=found.is_more, cursor=found.cursor
    )


def rows_by_id(conn: Connection, visibility: Visibility, ids: Sequence[int]) -> dict[int, FindingRow]:
    """Rows of findings that the caller has found in the viewer's sight."""
    rows = conn.execute(_BY_IDS.where(dialect_of(conn).among(f.id, ids))).all()
    return {row.id: row for row in _rows(conn, visibility, rows)}


# Made once: putting 30 columns together anew for every page would cost more than asking the database.
_BY_IDS = select(*_COLUMNS).select_from(_FROM)


def _rows(conn: Connection, visibility: Visibility, rows: Sequence[Any]) -> tuple[FindingRow, ...]:
    unnamed = hidden(conn, visibility)
    homes = homes_of(conn, {row.holding_id for row in rows})
    decided, with_ticket = [row.id for row in rows if row.is_decided], [row.id for row in rows if row.is_filed]
    said = decisions.words(conn, decided) if decided else {}
    filed = tickets.of_findings(conn, with_ticket) if with_ticket else {}
    return tuple(
        FindingRow(
            id=row.id,
            external_id=row.external_id,
            source=row.source,
            kind=Kind(row.kind),
            state=State(row.state),
            severity=Severity(row.severity),
            title=row.title or row.rule_name,
            rule_id=row.rule_ref,
            rule_name=row.rule_name,
            resource_id=row.resource_ref,
            resource_name=row.resource_name,
            resource_type=row.resource_type,
            components=tuple(ref for ref, _ in homes.get(row.holding_id, ()) if ref not in unnamed),
            verdict=row.verdict,
            reason=Reason(row.reason).words if row.reason else None,
            first_detected_at=row.first_detected_at,
            last_detected_at=row.last_detected_at,
            fixed_at=row.fixed_at,
            due_at=None if row.due_at == NEVER else row.due_at,
            in_scope=bool(row.in_scope),
            reopened=row.reopened,
            fix=_fix(row),
            bundle=row.bundle_key,
            band=(signs := priority.signs(row.priority)).band,
            known_exploited=signs.known_exploited,
            epss=signs.epss or None,
            exposed=priority.is_exposed(row.blast),
            flapping=row.apart == 1,
            tickets=row.tickets + len(filed.get(row.id, ())),
            filed=filed.get(row.id, ()),
            inherited=bool(row.base_layer) and row.own_id != row.inherited_id,
            taken_by=(word := said.get(row.id, UNSAID)).taken_by,
            aside=word.aside,
            asked=word.asked,
        )
        for row in rows
    )


def _fix(row: Any) -> str | None:  # noqa: ANN401 - a row of the query above
    """What mends one finding, in words: a package of an image's system needs the image built anew."""
    if row.package is None:
        return None
    remedy = Remedy(row.package, version=row.version)
    if row.bundle_kind in _WHOLE:
        return bundle.action(row.bundle_key).words({remedy: 1})
    return remedy.words


_WHOLE = (int(BundleKind.BASE), int(BundleKind.SYSTEM), int(BundleKind.REMOVE), int(BundleKind.LOOK))
"""Kinds of bundles whose packages are not upgraded one by one, or not at all."""


def by_external_id(conn: Connection, visibility: Visibility, external_id: str, *, source: str | None) -> int:
    """The id of the finding that the source calls so. Raises NotFoundError."""
    if "\0" in external_id:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    query = select(f.id).where(f.external_id == external_id, visible(f.holding_id, visibility)).order_by(f.id)
    if source is not None:
        query = query.where(f.source_id.in_(select(schema.source.c.id).where(schema.source.c.name == source)))
    found = conn.execute(query.limit(1)).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return int(found)


def one(conn: Connection, visibility: Visibility, finding_id: int, *, now: Instant) -> FindingPage:
    """One finding's page, its link unchecked. Raises NotFoundError for an unknown one and for one not to be seen."""
    if not 0 < finding_id < 2**63:
        raise NotFoundError
    columns = (
        *_COLUMNS, f.resource_id, f.rule_id, f.project_set_id,
        schema.rule.c.body.label("rule_body"), schema.resource.c.body.label("resource_body"),
        visible(f.holding_id, reaching(visibility, Depth.SENSITIVE)).label("sensitive"),
    )  # fmt: skip
    held_by = conn.execute(select(f.holding_id).where(f.id == finding_id)).scalar_one_or_none()
    if not sees(conn, visibility, held_by):
        raise NotFoundError
    row = conn.execute(
        select(*columns).select_from(_FROM).where(f.id == finding_id, f.holding_id == held_by)
    ).one_or_none()
    if row is None:  # given to somebody else in this very moment
        raise NotFoundError
    detail = conn.execute(select(schema.finding_detail).where(schema.finding_detail.c.finding_id == finding_id)).one()
    health = source_store.health(conn, visibility, now=now)
    siblings = select(func.count()).where(f.rule_id == row.rule_id, f.closed == 0, visible(f.holding_id, visibility))
    opened = HistoryLine(
        kind=EventKind.OPENED.word,
        at=row.first_detected_at,
        recorded_at=row.imported_at,
        actor=Actor.SOURCE.word,
        old=None,
        new=State.OPEN.word,
    )
    history, reopened_at = _history(conn, visibility, opened, row.id, row.resource_id)
    if not State(row.state).is_open:
        history = (*_shortened(conn, row.id), *history)
    told, withheld = withhold(
        msgspec.json.decode(bytes(detail.body), type=Detail), Kind(row.kind), sensitive=bool(row.sensitive)
    )
    return FindingPage(
        row=_rows(conn, visibility, [row])[0],
        rule=msgspec.msgpack.decode(bytes(row.rule_body), type=Rule),
        resource=msgspec.msgpack.decode(bytes(row.resource_body), type=Resource),
        projects=_projects(conn, row.project_set_id),
        detail=told,
        withheld=withheld,
        link=detail.url,
        evidence=_evidence(conn, visibility, row.resource_id),
        history=history,
        flapping=is_flapping(reopened_at),
        source=next(each for each in health if each.name == row.source),
        siblings=int(conn.execute(siblings).scalar_one()),
        base=base_image.of(conn, visibility, row.resource_id) if row.base_layer else None,
        standing=decisions.standing(conn, dialect_of(conn), row.id),
    )


def _projects(conn: Connection, set_id: int) -> tuple[Project, ...]:
    member, project = schema.project_set_member, schema.project
    rows = conn.execute(
        select(project.c.body)
        .join(member, member.c.project_id == project.c.id)
        .where(member.c.set_id == set_id)
        .order_by(project.c.is_folder, project.c.name, project.c.id)
    ).scalars()
    records = [msgspec.msgpack.decode(bytes(body), type=ProjectRecord) for body in rows]
    return tuple(
        Project(
            external_id=record.external_id, name=record.name, slug=record.slug, business_unit=record.business_unit,
            business_impact=record.business_impact, is_folder=record.is_folder,
        )
        for record in records
    )  # fmt: skip


def _evidence(conn: Connection, visibility: Visibility, resource_id: int) -> tuple[Evidence, ...]:
    """Whom the resource could belong to, as far as the viewer may know of them."""
    c = schema.candidate.c
    rows = conn.execute(
        select(entity.c.ref, c.tier, c.evidence, c.won)
        .join(entity, entity.c.id == c.entity_id)
        .where(c.resource_id == resource_id, entity_visible(entity.c.id, visibility))
        .order_by(c.won.desc(), c.tier, entity.c.ref, c.evidence)
    )
    return tuple(
        Evidence(component=EntityRef(row.ref), tier=row.tier, text=row.evidence, won=bool(row.won)) for row in rows
    )


def _shortened(conn: Connection, finding_id: int) -> tuple[HistoryLine, ...]:
    """That detail of the history was dropped as old, where it was."""
    before = standing.kept_since(conn).get("history")
    if before is None or not conn.execute(select(is_over(finding_id, before))).scalar_one():
        return ()
    rule = Actor.RULE.word
    return (HistoryLine(kind=SHORTENED, at=before, recorded_at=before, actor=rule, old=None, new=None),)


def _history(
    conn: Connection, visibility: Visibility, opened: HistoryLine, finding_id: int, resource_id: int
) -> tuple[tuple[HistoryLine, ...], list[Instant]]:
    """Newest first: what happened to the finding, and whose its resource was."""
    e = schema.event.c
    lines = [opened]
    reopened: list[Instant] = []
    decided = decisions.by_event(conn, finding_id)
    for row in conn.execute(select(schema.event).where(e.finding_id == finding_id).order_by(e.seq)):
        kind = EventKind(row.kind)
        if kind is EventKind.REOPENED:
            reopened.append(row.at)
        lines.append(
            HistoryLine(
                kind=kind.word,
                at=row.at,
                recorded_at=row.recorded_at,
                actor=Actor(row.actor).word,
                old=row.old,
                new=row.new,
                decision=decided.get(row.seq),
            )
        )
    spell = schema.ownership_spell.c
    spells = conn.execute(
        select(spell.from_at, spell.holding_id).where(spell.resource_id == resource_id).order_by(spell.from_at)
    ).all()
    known = known_to(conn, visibility)
    words = {
        id_: ", ".join(short_name(ref) if ref in known else ANOTHER for ref, _ in homes)
        for id_, homes in homes_of(conn, {s.holding_id for s in spells}).items()
    }
    for before, after in pairwise(spells):
        old, new = words.get(before.holding_id, "nobody"), words.get(after.holding_id, "nobody")
        if old != new:
            lines.append(
                HistoryLine(
                    kind="owner", at=after.from_at, recorded_at=after.from_at, actor="catalog", old=old, new=new
                )
            )
    lines.sort(key=lambda line: (line.at, line.recorded_at, line.decision.id if line.decision else 0), reverse=True)
    return tuple(lines), reopened
