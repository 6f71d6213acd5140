"""Links of findings: what there is to check, what checks found, and what people said is broken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.finding import Kind
from callboard.domain.instant import DAY, Instant
from callboard.domain.link import Shape, Verdict, portal_of
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.database import bump_revision, next_id
from callboard.store.visible import visible

KEPT = 30
"""Checks that are kept of each source."""

REPORTED_FOR = 30 * DAY
"""How long a report counts."""

ONCE_IN = DAY
"""A finding's link is reported once in this time by one class of people; more often tells nothing new."""

_PORTAL_ROWS = 200
"""Findings that are looked at for a link of their own."""

_ROWS = 2_000

f, detail = schema.finding.c, schema.finding_detail.c
_check, _report = schema.link_check, schema.link_report


class Linked(msgspec.Struct, frozen=True, gc=False):
    """A finding and the address that its source gave."""

    id: int
    external_id: str
    kind: Kind
    is_open: bool
    url: str | None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found about the links of one kind and shape."""

    kind: Kind
    shape: Shape
    counts: dict[Verdict, int]
    example: int | None
    """A finding whose link is broken."""

    @property
    def checked(self) -> int:
        """All of them."""
        return sum(self.counts.values())


class LinkCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check of one source."""

    source: str
    at: Instant
    tallies: tuple[Tally, ...]


def kinds(conn: Connection, visibility: Visibility, source_id: int) -> tuple[Kind, ...]:
    """The kinds that a source has findings of."""
    c = schema.cube.c
    query = select(c.kind).where(c.source_id == source_id, c.n > 0, visible(c.holding_id, visibility)).distinct()
    return tuple(Kind(number) for number in sorted(conn.execute(query).scalars()))


def has_findings(conn: Connection, visibility: Visibility, source: str) -> bool:
    """Whether a source of this name has any finding."""
    c = schema.cube.c
    query = (
        select(c.kind)
        .join_from(schema.cube, schema.source, schema.source.c.id == c.source_id)
        .where(schema.source.c.name == source, c.n > 0, visible(c.holding_id, visibility))
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none() is not None


def linked(conn: Connection, visibility: Visibility, source_id: int, kind: Kind) -> Iterator[Linked]:
    """Every finding of a kind, in no order that means anything."""
    query = (
        select(f.id, f.external_id, f.closed, detail.url)
        .join_from(schema.finding, schema.finding_detail, detail.finding_id == f.id)
        .where(f.source_id == source_id, f.kind == int(kind), visible(f.holding_id, visibility))
    )
    for row in conn.execute(query.execution_options(yield_per=_ROWS)):
        yield Linked(row.id, row.external_id, kind, row.closed == 0, row.url)


class Lead(msgspec.Struct, frozen=True):
    """Where one finding's source keeps it."""

    source: str
    source_kind: str
    kind: Kind
    external_id: str
    url: str | None
    """As the source gave it, not judged yet."""


def leads(conn: Connection, visibility: Visibility, finding_ids: Collection[int]) -> dict[int, Lead]:
    """By finding, what there is to make its link of."""
    source = schema.source.c
    query = (
        select(f.id, source.name, source.kind.label("source_kind"), f.kind, f.external_id, detail.url)
        .join_from(schema.finding, schema.finding_detail, detail.finding_id == f.id)
        .join(schema.source, source.id == f.source_id)
        .where(f.id.in_(finding_ids), visible(f.holding_id, visibility))
    )
    return {
        row.id: Lead(row.name, row.source_kind, Kind(row.kind), row.external_id, row.url) for row in conn.execute(query)
    }


def portal(conn: Connection, visibility: Visibility, source: str, hosts: Collection[str]) -> str | None:
    """Where most of a source's own links lead, of a few that are looked at. None: they lead nowhere safe."""
    some = (
        select(f.id)
        .join_from(schema.finding, schema.source, schema.source.c.id == f.source_id)
        .where(schema.source.c.name == source, visible(f.holding_id, visibility))
        .limit(_PORTAL_ROWS)
    )
    urls = select(detail.url).where(detail.finding_id.in_(some), detail.url.is_not(None)).order_by(detail.finding_id)
    found: dict[str, int] = {}
    for url in conn.execute(urls).scalars():
        if (place := portal_of(url, hosts)) is not None:
            found[place] = found.get(place, 0) + 1
    return max(found, key=lambda place: found[place], default=None)


def names(conn: Connection, visibility: Visibility, finding_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """By finding its title, its rule's name and its resource's name."""
    query = (
        select(f.id, f.title, schema.rule.c.name.label("rule"), schema.resource.c.name.label("resource"))
        .join_from(schema.finding, schema.rule, schema.rule.c.id == f.rule_id)
        .join(schema.resource, schema.resource.c.id == f.resource_id)
        .where(f.id.in_(finding_ids), visible(f.holding_id, visibility))
    )
    return {row.id: (row.title or row.rule, row.rule, row.resource) for row in conn.execute(query)}


# Checks


def keep(conn: Connection, source_id: int, at: Instant, tallies: Sequence[Tally]) -> None:
    """Remember a check; the oldest beyond `KEPT` are forgotten."""
    rows = [
        {
            "source_id": source_id,
            "at": at,
            "kind": int(tally.kind),
            "shape": tally.shape.value,
            "checked": tally.checked,
            "example_finding_id": tally.example,
            **{verdict.value.replace("-", "_"): tally.counts.get(verdict, 0) for verdict in Verdict},
        }
        for tally in tallies
    ]
    if not rows:
        return
    conn.execute(delete(_check).where(_check.c.source_id == source_id, _check.c.at == at))
    conn.execute(insert(_check), rows)
    times = select(_check.c.at).where(_check.c.source_id == source_id).distinct()
    kept = list(conn.execute(times.order_by(_check.c.at.desc()).limit(KEPT)).scalars())
    conn.execute(delete(_check).where(_check.c.source_id == source_id, _check.c.at < kept[-1]))
    bump_revision(conn)


def last_checked(conn: Connection, source: str) -> Instant | None:
    """When the links of a source were last checked."""
    query = (
        select(func.max(_check.c.at))
        .join_from(_check, schema.source, schema.source.c.id == _check.c.source_id)
        .where(schema.source.c.name == source)
    )
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else Instant(found)


def last_checks(conn: Connection, visibility: Visibility) -> tuple[LinkCheck, ...]:
    """The last check of each source, by name. Only for viewers who see everything: the counts have no owner."""
    if not isinstance(visibility, Everything):
        return ()
    last = select(_check.c.source_id, func.max(_check.c.at).label("at")).group_by(_check.c.source_id).subquery()
    rows = conn.execute(
        select(_check, schema.source.c.name)
        .join_from(_check, last, (last.c.source_id == _check.c.source_id) & (last.c.at == _check.c.at))
        .join(schema.source, schema.source.c.id == _check.c.source_id)
        .order_by(schema.source.c.name, _check.c.kind, _check.c.shape)
    ).mappings()
    found: dict[str, list[Tally]] = {}
    times: dict[str, Instant] = {}
    for row in rows:
        counts = {verdict: int(row[verdict.value.replace("-", "_")]) for verdict in Verdict}
        tally = Tally(
            kind=Kind(row["kind"]),
            shape=Shape(row["shape"]),
            counts={verdict: n for verdict, n in counts.items() if n},
            example=row["example_finding_id"],
        )
        found.setdefault(row["name"], []).append(tally)
        times[row["name"]] = Instant(row["at"])
    return tuple(LinkCheck(source=name, at=times[name], tallies=tuple(each)) for name, each in found.items())


# Reports


def report(conn: Connection, visibility: Visibility, finding_id: int, *, who: str, now: Instant) -> bool:
    """Count that a finding's link was called broken. False: it was counted already. Raises NotFoundError."""
    if not 0 < finding_id < 2**63:
        raise NotFoundError
    seen = select(f.id).where(f.id == finding_id, visible(f.holding_id, visibility))
    if conn.execute(seen).scalar_one_or_none() is None:
        raise NotFoundError
    r = _report.c
    before = select(func.count()).where(r.finding_id == finding_id, r.who == who, r.at > now - ONCE_IN)
    if conn.execute(before).scalar_one():
        return False
    conn.execute(insert(_report).values(id=next_id(conn, _report), finding_id=finding_id, at=now, who=who))
    bump_revision(conn)
    return True


def reported(conn: Connection, visibility: Visibility, source_id: int, *, now: Instant) -> frozenset[int]:
    """Findings of a source whose link was called broken of late."""
    query = (
        select(_report.c.finding_id)
        .join_from(_report, schema.finding, f.id == _report.c.finding_id)
        .where(f.source_id == source_id, _report.c.at > now - REPORTED_FOR, visible(f.holding_id, visibility))
    )
    return frozenset(conn.execute(query.distinct()).scalars())


def reported_counts(conn: Connection, visibility: Visibility, *, now: Instant) -> dict[str, int]:
    """By source, the findings that the viewer may see whose link was called broken of late. Sources without are left out."""
    query = (
        select(schema.source.c.name, func.count(_report.c.finding_id.distinct()).label("n"))
        .join_from(_report, schema.finding, f.id == _report.c.finding_id)
        .join(schema.source, schema.source.c.id == f.source_id)
        .where(_report.c.at > now - REPORTED_FOR, visible(f.holding_id, visibility))
        .group_by(schema.source.c.name)
    )
    return {row.name: int(row.n) for row in conn.execute(query)}
