"""Facts for compliance evidence, as they were known at the end of a period. Findings come as a stream, by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from callboard.domain import audit as chain
from callboard.domain.access import Visibility
from callboard.domain.compliance.facts import (
    ComponentFact,
    DecisionFact,
    EntryFact,
    Facts,
    FeedFact,
    MessageFact,
    PolicyFact,
    ResourceFact,
    RunFact,
    Since,
    SourceFact,
)
from callboard.domain.compliance.life import NO_NOTICE, Event, Life, Notice, Recorded, Whose, Word, life_of
from callboard.domain.compliance.period import Period
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Reason
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.ownership.verdict import Verdict
from callboard.domain.packages.bom import Stated
from callboard.domain.packages.feed import Fetched
from callboard.domain.packages.manifest_series import Origin
from callboard.domain.packages.package_match import SOURCE as PACKAGES
from callboard.domain.remediation.message import Delivery, Item, Sort, Why
from callboard.domain.run import Mode, RunState
from callboard.store import schema
from callboard.store.ownership import moment
from callboard.store.people import audit
from callboard.store.retention import standing
from callboard.store.schema import NEVER
from callboard.store.visible import entity_visible, visible

CHUNK = 10_000
"""Findings that are held at a time."""

f, ev, d, dd = schema.finding.c, schema.event.c, schema.decision.c, schema.decided.c
run, source, spell, holding = schema.run.c, schema.source.c, schema.ownership_spell.c, schema.holding.c
m, v, h, cs = schema.manifest.c, schema.manifest_version.c, schema.manifest_holder.c, schema.component_spell.c

_PENDING = {RunState.FETCHING, RunState.STAGED, RunState.HELD}


def facts(conn: Connection, visibility: Visibility, period: Period) -> Facts:
    """All but findings, as far as it is in sight."""
    cut = audit.cut(conn)
    broken = next(iter(chain.breaks(_entries_until(conn, period.until), cut)), None)
    kept = standing.kept_since(conn)
    return Facts(
        sources=tuple(_sources(conn, period)),
        runs=tuple(_runs(conn, period)),
        decisions=tuple(_decisions(conn, period)),
        components=tuple(_components(conn, visibility, period)),
        resources=tuple(_resources(conn, visibility, period)),
        entries=tuple(_entries(conn, period)),
        policies=tuple(_policies(conn, period)),
        messages=tuple(_messages(conn, period)),
        feeds=tuple(_feeds(conn, period)),
        since=Since(
            owners=conn.execute(select(func.min(spell.from_at))).scalar_one(),
            components=conn.execute(select(func.min(cs.from_at))).scalar_one(),
            catalog_read_at=conn.execute(
                select(func.max(schema.catalog_reading.c.read_at)).where(
                    schema.catalog_reading.c.read_at <= period.until, schema.catalog_reading.c.state == "applied"
                )
            ).scalar_one(),
            log=None if cut is None else Instant(cut.last_at + 1),
            runs=kept.get("runs"),
            bills=kept.get("versions"),
            messages=kept.get("told"),
            failures=kept.get("messages"),
            feeds=conn.execute(select(func.min(run.finished_at)).where(*_MATCHED)).scalar_one(),
        ),
        log_breaks_at=None if broken is None else broken.seq,
    )


def _whole(conn: Connection) -> dict[int, list[tuple[int, int]]]:
    """By source: when whole readings that were applied began and ended, in order."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    query = select(run.source_id, run.started_at, run.finished_at).where(
        run.mode == Mode.FULL.value, run.state == RunState.APPLIED.value, run.finished_at.is_not(None)
    )
    for source_id, started_at, finished_at in conn.execute(query.order_by(run.started_at, run.id)):
        found[source_id].append((started_at, finished_at))
    return found


def _sources(conn: Connection, period: Period) -> Iterator[SourceFact]:
    whole = _whole(conn)
    rows = conn.execute(
        select(source.id, source.name, source.kind).where(source.id.in_(_tried(period))).order_by(source.name)
    )
    for id_, name, kind in rows:
        began = [at for at, _ in whole.get(id_, ())]
        yield SourceFact(
            id=id_, name=name, kind=kind, is_own=kind == PACKAGES,
            whole=tuple(Instant(at) for at in began if at <= period.until),
            next_whole_at=next((Instant(at) for at in began if at > period.until), None),
        )  # fmt: skip


def _tried(period: Period) -> Select[tuple[int]]:
    """Sources that had been read, or tried, by the end. What is connected later changes no past period."""
    return select(run.source_id).where(run.started_at <= period.until)


def _horizons(conn: Connection, period: Period) -> dict[int, Instant]:
    """By source: when the first whole reading that began after the end had been applied. Not there: it has not happened."""
    return {
        id_: Instant(next(ended for began, ended in times if began > period.until))
        for id_, times in _whole(conn).items()
        if times[-1][0] > period.until
    }


def _runs(conn: Connection, period: Period) -> Iterator[RunFact]:
    rows = conn.execute(
        select(run.id, source.name, run.mode, run.state, run.started_at, run.finished_at)
        .join(schema.source, source.id == run.source_id)
        .where(run.started_at.between(period.start, period.until))
        .order_by(run.id)
    )
    for id_, name, mode, state, started_at, finished_at in rows:
        was_over = finished_at is not None and finished_at <= period.until and RunState(state) not in _PENDING
        yield RunFact(
            id=id_, source=name, mode=Mode(mode), state=RunState(state) if was_over else None,
            started_at=Instant(started_at), finished_at=Instant(finished_at) if was_over else None,
        )  # fmt: skip


_MATCHED = (run.feeds.is_not(None), run.mode == Mode.FULL.value, run.state == RunState.APPLIED.value)
"""Matchings of packages of which it is kept by which lists they were made. Such runs are never dropped."""
_feeds_of = msgspec.json.Decoder(tuple[Fetched, ...])


def _feeds(conn: Connection, period: Period) -> Iterator[FeedFact]:
    """The lists by which packages were last matched by the end."""
    last = conn.execute(
        select(run.feeds, run.finished_at)
        .where(*_MATCHED, run.finished_at <= period.until)
        .order_by(run.finished_at.desc(), run.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        for each in _feeds_of.decode(last.feeds):
            yield FeedFact(name=each.name, read_at=each.read_at, matched_at=Instant(last.finished_at))


def _decisions(conn: Connection, period: Period) -> Iterator[DecisionFact]:
    n = select(func.count()).where(dd.decision_id == d.id).scalar_subquery()
    rows = conn.execute(
        select(d.id, d.kind, d.actor, d.at, n, d.reason, d.until_at)
        .where(d.at.between(period.start, period.until))
        .order_by(d.id)
    )
    for id_, kind, actor, at, findings, reason, until_at in rows:
        yield DecisionFact(
            id=id_, kind=DecisionKind(kind), actor=actor, at=Instant(at), findings=findings,
            reason=None if reason is None else Reason(reason), until_at=until_at,
        )  # fmt: skip


class _Bill(NamedTuple):
    """The newest version of a manifest that was known then."""

    at: int
    packages: int
    said: Stated | None


def _bills(conn: Connection, period: Period) -> dict[int, list[_Bill]]:
    """By component, what is known of each of its manifests."""
    newest: dict[int, _Bill] = {}
    for manifest_id, origin, at, packages, *counts in conn.execute(
        select(v.manifest_id, m.origin, v.at, v.packages, v.parts, v.suppliers, v.licences)
        .join(schema.manifest, m.id == v.manifest_id)
        .where(v.taken_at <= period.until)
        .order_by(v.at, v.revision, v.id)
    ):
        parts, suppliers, licences = counts if packages and origin == Origin.UPLOAD.value else (packages, 0, 0)
        said = None if parts is None else Stated(parts=parts, suppliers=suppliers, licences=licences)
        newest[manifest_id] = _Bill(at, packages, said)
    found: dict[int, list[_Bill]] = defaultdict(list)
    for entity_id, manifest_id in conn.execute(
        select(h.entity_id, h.manifest_id)
        .join(schema.manifest, m.id == h.manifest_id)
        .where(h.from_at <= period.until, h.until_at > period.until, or_(m.gone_at.is_(None), m.gone_at > period.until))
    ):
        if manifest_id in newest:
            found[entity_id].append(newest[manifest_id])
    return found


def _components(conn: Connection, visibility: Visibility, period: Period) -> Iterator[ComponentFact]:
    bills = _bills(conn, period)
    rows = conn.execute(
        select(cs.entity_id, schema.entity.c.ref, cs.owner_ref, cs.can_act)
        .join(schema.entity, schema.entity.c.id == cs.entity_id)
        .where(_at(cs.from_at, cs.to_at, period.until), entity_visible(schema.entity.c.id, visibility))
        .order_by(schema.entity.c.ref)
    )
    for id_, ref, owner, can_act in rows:
        known = bills.get(id_, ())
        yield ComponentFact(
            ref=EntityRef(ref), owner=None if owner is None else EntityRef(owner), can_act=bool(can_act),
            bill_at=max((Instant(each.at) for each in known), default=None), packages=sum(each.packages for each in known),
            said=_said(known),
        )  # fmt: skip


def _said(bills: Iterable[_Bill]) -> Stated | None:
    """What all of these say together. None: of one of them it was not counted."""
    told = [each.said for each in bills]
    known = [each for each in told if each is not None]
    if len(known) < len(told):
        return None
    return Stated(
        parts=sum(each.parts for each in known), suppliers=sum(each.suppliers for each in known),
        licences=sum(each.licences for each in known),
    )  # fmt: skip


def _at(from_at: ColumnElement[Any], to_at: ColumnElement[Any], at: Instant) -> ColumnElement[bool]:
    return and_(from_at <= at, or_(to_at.is_(None), to_at > at))


def _resources(conn: Connection, visibility: Visibility, period: Period) -> Iterator[ResourceFact]:
    r = schema.resource.c
    rows = conn.execute(
        select(r.id, r.name, r.type, holding.verdict, spell.tier, spell.from_at)
        .join_from(schema.ownership_spell, schema.resource, r.id == spell.resource_id)
        .join(schema.holding, holding.id == spell.holding_id)
        .where(_at(spell.from_at, spell.to_at, period.until), visible(r.holding_id, visibility))
        .order_by(r.id)
    )
    for id_, name, type_, verdict, tier, from_at in rows:
        yield ResourceFact(id=id_, name=name, type=type_, verdict=Verdict(verdict), tier=tier, since=Instant(from_at))


def _entries_until(conn: Connection, until: Instant) -> Iterator[tuple[chain.Entry, bytes]]:
    return (each for each in audit.chain(conn) if each[0].at <= until)


def _entries(conn: Connection, period: Period) -> Iterator[EntryFact]:
    a = schema.audit.c
    rows = conn.execute(
        select(a.seq, a.at, a.actor, a.action, a.subject)
        .where(a.at.between(period.start, period.until))
        .order_by(a.seq)
    )
    for seq, at, actor, action, subject in rows:
        yield EntryFact(seq=seq, at=Instant(at), actor=actor, action=action, subject=subject)


def _policies(conn: Connection, period: Period) -> Iterator[PolicyFact]:
    p = schema.policy_revision.c
    newest: dict[tuple[str, str], Any] = {}
    for row in conn.execute(
        select(p.kind, p.name, p.n, p.at, p.actor, p.removed).where(p.at <= period.until).order_by(p.kind, p.name, p.n)
    ):
        newest[row.kind, row.name] = row
    for row in newest.values():
        if not row.removed:
            yield PolicyFact(kind=row.kind, name=row.name, n=row.n, at=Instant(row.at), actor=row.actor)


# Messages

o = schema.outbox.c
_items = msgspec.json.Decoder(tuple[Item, ...])


def _sent(period: Period) -> ColumnElement[bool]:
    return and_(o.state == int(Delivery.SENT), o.sort != int(Sort.TEST), o.ended_at <= period.until)


def _missing(period: Period) -> ColumnElement[bool]:
    """Made in the period, and neither arrived nor found to be empty by its end. What was refused may be tried anew later."""
    is_over = and_(o.state != int(Delivery.DEAD), o.ended_at <= period.until)
    made = o.made_at.between(period.start, period.until)
    return and_(made, o.sort != int(Sort.TEST), or_(o.ended_at.is_(None), ~is_over))


def _messages(conn: Connection, period: Period) -> Iterator[MessageFact]:
    wanted = or_(and_(_sent(period), o.ended_at >= period.start), _missing(period))
    rows = conn.execute(
        select(o.id, o.key, o.sort, o.team, o.channel, o.made_at, o.state, o.ended_at, o.findings)
        .where(wanted)
        .order_by(o.id)
    )
    for id_, key, sort, team, channel, made_at, state, ended_at, findings in rows:
        arrived = state == int(Delivery.SENT) and ended_at <= period.until
        yield MessageFact(
            id=id_, key=key, sort=Sort(sort), team=EntityRef(team), channel=channel, made_at=Instant(made_at),
            at=Instant(ended_at) if arrived else None,
            findings=len({each.finding for each in _items.decode(bytes(findings))}),
        )  # fmt: skip


def _notices(conn: Connection, period: Period) -> dict[int, Notice]:
    """By finding, when messages that could not wait had first told of it."""
    found: dict[int, Notice] = {}
    sent = select(o.ended_at, o.findings).where(_sent(period), o.sort == int(Sort.AT_ONCE)).order_by(o.id)
    for at, findings in conn.execute(sent):
        for item in _items.decode(bytes(findings)):
            was = found.get(item.finding, NO_NOTICE)
            late = at if item.why == Why.OVERDUE else None
            found[item.finding] = Notice(_first(was.at, at), _first(was.overdue_at, late))
    return found


def _first(one: int | None, other: int | None) -> Instant | None:
    return min((Instant(at) for at in (one, other) if at is not None), default=None)


# Findings


def lives(conn: Connection, visibility: Visibility, period: Period) -> Iterator[Life]:
    """Every finding in sight that was known then, as it was known. Chunk by chunk, so that any number of them fits."""
    horizons = _horizons(conn, period) if period.is_over else {}
    standing = conn.execute(
        select(spell.resource_id, holding.verdict)
        .join(schema.holding, holding.id == spell.holding_id)
        .where(_at(spell.from_at, spell.to_at, period.until))
    )
    mapped = {resource_id: verdict == Verdict.MAPPED for resource_id, verdict in standing}
    bases = moment.bases(conn, period.until)
    notices = _notices(conn, period)
    after = 0
    while True:
        rows = _rows(conn, visibility, period, after)
        if not rows:
            return
        last = rows[-1].id
        told = _events(conn, after, last)
        said = _words(conn, after, last, period)
        for row in rows:
            life = life_of(
                row, told.get(row.id, ()), horizon=horizons.get(row.source_id), until=period.until,
                words=said.get(row.id, ()), whose=_whose(row.resource_id, mapped, bases),
                notice=notices.get(row.id, NO_NOTICE),
            )  # fmt: skip
            if life is not None:
                yield life
        after = last


def _whose(resource_id: int, mapped: Mapping[int, bool], bases: Mapping[int, int]) -> Whose:
    base_id = bases.get(resource_id)
    return Whose(mapped.get(resource_id), None if base_id is None else mapped.get(base_id))


def _rows(conn: Connection, visibility: Visibility, period: Period, after: int) -> Sequence[Recorded]:
    rule = schema.rule.c
    rows = conn.execute(
        select(
            f.id, f.external_id, f.source_id, f.kind, f.state, f.severity, func.coalesce(f.title, rule.name), rule.external_id,
            f.resource_id, f.first_detected_at, f.imported_at, f.due_at, f.base_layer,
        )
        .join_from(schema.finding, schema.rule, rule.id == f.rule_id)
        .where(f.id > after, f.source_id.in_(_tried(period)), visible(f.holding_id, visibility))
        .order_by(f.id)
        .limit(CHUNK)
    )  # fmt: skip
    return [
        Recorded(
            row[0], row[1], row[2], Kind(row[3]), State(row[4]), Severity(row[5]), row[6], row[7], row[8], row[9], row[10],
            None if row[11] == NEVER else row[11], row[12] == 1,
        )
        for row in rows
    ]  # fmt: skip


def _events(conn: Connection, after: int, last: int) -> Mapping[int, Sequence[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    rows = conn.execute(
        select(ev.finding_id, ev.kind, ev.at, ev.recorded_at, ev.old, ev.new)
        .where(ev.finding_id > after, ev.finding_id <= last)
        .order_by(ev.finding_id, ev.seq)
    )
    for id_, *event in rows:
        found[id_].append(Event(*event))
    return found


def _words(conn: Connection, after: int, last: int, period: Period) -> Mapping[int, Iterable[Word]]:
    asking = schema.decision.alias("asked")
    asked = asking.c
    found: dict[int, list[Word]] = defaultdict(list)
    rows = conn.execute(
        select(dd.finding_id, d.id, d.kind, d.actor, d.at, d.until_at, d.reason, asked.actor, asked.until_at)
        .join_from(schema.decided, schema.decision, d.id == dd.decision_id)
        .outerjoin(asking, asked.id == d.of_id)
        .where(dd.finding_id > after, dd.finding_id <= last, d.at <= period.until)
        .order_by(dd.finding_id, d.id)
    )
    for id_, decision_id, kind, actor, at, until_at, reason, asked_by, asked_until in rows:
        is_agreed = kind == DecisionKind.ACCEPT
        found[id_].append(
            Word(
                decision_id=decision_id, kind=DecisionKind(kind), actor=actor, at=Instant(at),
                until_at=asked_until if until_at is None and is_agreed else until_at,
                reason=None if reason is None else Reason(reason), asked_by=asked_by if is_agreed else None,
            )
        )  # fmt: skip
    return found
