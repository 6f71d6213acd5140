"""How much has an owner, by which evidence, and what to do next: today, or as it was on any past day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import Entity, EntityRef, short_name
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import coverage
from callboard.domain.ownership.claims import claims_of
from callboard.domain.ownership.coverage import PERIOD_DAYS, Action, Cut, Dangling, Line, Report
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.groups import empty_groups, owner_problem
from callboard.domain.ownership.mapping import plain
from callboard.domain.tree import listing
from callboard.ports import Clock, ProjectRecord
from callboard.store import Connection, Store, evidence
from callboard.store.ownership import changes, moment, signals_found
from callboard.store.ownership import coverage as store_coverage
from callboard.store.ownership.coverage import Label, Unclaimed
from callboard.store.ownership.moment import Open, Standing, Subject

BEST = 5
"""Actions told at most."""
MOST_LISTED = 200


def report(store: Store, viewer: Viewer, *, clock: Clock, on: Instant | None = None, by: Cut | None = None) -> Report:
    """The report of now, or of a past moment, of what is in the viewer's sight. Raises NotAllowedError.

    What is told about catalog entities and about what to do next is told as of now in both.
    """
    viewer.require(Right.MAP)
    now = clock.now()
    at = now if on is None else min(on, now)
    is_past = at < now
    with store.read() as conn:
        standing = moment.standings(conn, at)
        base_of = moment.bases(conn, at)
        open_ = moment.open_at(conn, viewer.visibility, at, base_of, is_past=is_past)
        signs = None if is_past else store_coverage.signs(conn)
        lines = store_coverage.lines(viewer.visibility, standing, open_, base_of, signs)
        whole = coverage.row("", lines, on=at, query=None if is_past else "is:open")
        entities = evidence.load_entities(conn)
        known = evidence.current(conn, store)
        components = [each for each in entities.values() if each.kind == "component"]
        return Report(
            on=at,
            is_past=is_past,
            sentence=coverage.sentence(whole, on=at),
            whole=whole,
            cut=None if by is None else by.value,
            rows=() if by is None else _cut(conn, by, lines, open_, at, is_past=is_past),
            changed_in_period=changes.count_between(conn, Instant(at - PERIOD_DAYS * DAY), at),
            waits=coverage.waits(store_coverage.waiting(conn, at))
            if isinstance(viewer.visibility, Everything)
            else None,
            said=coverage.tiers_said(store_coverage.words_by_tier(conn, at)),
            components=len(components),
            components_with_identifier=sum(bool(claims_of(each)) for each in components),
            without_owner=_without_owner(conn, entities),
            empty_groups=empty_groups(entities.values())[:MOST_LISTED],
            dangling=_dangling(conn, entities),
            best=_best(conn, entities, known.evidence, known.ids, open_=open_, standing=standing)
            if not is_past and isinstance(viewer.visibility, Everything)
            else (),
        )  # fmt: skip


def _cut(
    conn: Connection, by: Cut, lines: Sequence[Line], open_: Mapping[Subject, Open], at: Instant, *, is_past: bool
) -> tuple[coverage.Row, ...]:
    """The report by one property, most open findings first."""
    groups: dict[Label, list[Line]] = {}
    if by is Cut.SEVERITY:
        for each in lines:
            there = open_.get((each.resource_id, each.is_inherited))
            for severity, n in (there.by_severity if there else {}).items():
                cut = msgspec.structs.replace(
                    each, findings=n, critical_high=n if severity >= Severity.HIGH else 0, urgent=0
                )
                word = Severity(severity).word
                groups.setdefault(Label(word, word), []).append(cut)
    else:
        labels = store_coverage.labels(conn, by, (each.resource_id for each in lines))
        for each in lines:
            for label in labels.get(each.resource_id, (Label("unknown", None),)):
                groups.setdefault(label, []).append(each)
    known = [label.value for label in groups if label.value is not None]
    rows = [
        coverage.row(label.title, many, on=at, query=None if is_past else _listing(by, label, known))
        for label, many in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.findings.all, -row.resources.all, row.label)))


def _listing(by: Cut, label: Label, known: Sequence[str]) -> str | None:
    """The query for the open findings of one line. What has no value is what has none of the known ones."""
    if by is Cut.TYPE:
        return None
    return listing(by.value, known if label.value is None else [label.value], negated=label.value is None)


def _without_owner(conn: Connection, entities: Mapping[EntityRef, Entity]) -> tuple[EntityRef, ...]:
    routed = signals_found.routed_entities(conn)
    return tuple(
        ref for ref in sorted(routed) if (each := entities.get(ref)) is not None and owner_problem(each, entities)
    )[:MOST_LISTED]


def _dangling(conn: Connection, entities: Mapping[EntityRef, Entity]) -> tuple[Dangling, ...]:
    return tuple(
        Dangling(component=ref, annotation=annotation, value=value)
        for ref, annotation, value in signals_found.dangling_claims(conn)
        if ref in entities
    )[:MOST_LISTED]


def _best(
    conn: Connection, entities: Mapping[EntityRef, Entity], known: Evidence, ids: Mapping[EntityRef, int], *,
    open_: Mapping[Subject, Open], standing: Mapping[int, Standing],
) -> tuple[Action, ...]:  # fmt: skip
    """What to write into which catalog file to map most."""
    refs = {id_: ref for ref, id_ in ids.items()}
    found = []
    for each in store_coverage.unclaimed(conn, open_, standing)[:BEST]:
        component, why = _whose(each, known, refs)
        entity = None if component is None else entities.get(component)
        annotation = "wiz.io/project-id"
        former = None if entity is None else dict(entity.annotations).get(annotation)
        found.append(
            Action(
                annotation=annotation, value=each.external_id, project=each.name, component=component, why=why,
                findings=each.findings, resources=each.resources, location=None if entity is None else entity.location,
                patch=coverage.annotation_patch(
                    component or EntityRef("component:default/…"), annotation, former, each.external_id
                ),
            )
        )  # fmt: skip
    return tuple(found)


def _whose(each: Unclaimed, known: Evidence, refs: Mapping[int, EntityRef]) -> tuple[EntityRef | None, str]:
    """The component that a project most likely is of, and why."""
    record = msgspec.msgpack.decode(each.body, type=ProjectRecord)
    for name, where in ((each.slug, "slug"), (each.name, "name"), *((name, "service") for name in record.services)):
        named = known.names.get(plain(name), ()) if name else ()
        if len(named) == 1:
            return named[0], f"the project's {where} is {short_name(named[0])}"
    if each.neighbours:
        entity_id, n = each.neighbours[0]
        if entity_id in refs and (len(each.neighbours) == 1 or n > 2 * each.neighbours[1][1]):
            ref = refs[entity_id]
            return ref, f"{n} other resources of the project belong to {short_name(ref)}"
    return None, "nothing says which component it is; ask the project's owners"
