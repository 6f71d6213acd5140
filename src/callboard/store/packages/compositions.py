"""What components consist of, read: one component's manifests, and the coverage of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, case, func, select

from callboard.domain.access import Visibility
from callboard.domain.alias import REPOSITORY
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.composition import (
    Composition,
    CoverageRow,
    ManifestRow,
    Missing,
    PackageRow,
    Packages,
    SbomCoverage,
)
from callboard.domain.packages.lock import Lock, Need
from callboard.domain.packages.manifest_place import PlaceKind
from callboard.domain.packages.manifest_series import Origin, place_words
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_match import Matched
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.packages import manifests, package_places, package_signs
from callboard.store.packages import versions as packages
from callboard.store.packages.manifest_bodies import unpacked
from callboard.store.schema import NEVER
from callboard.store.visible import may_know_uses, uses_visible

m, v, h, u, e, r = (
    schema.manifest.c, schema.manifest_version.c, schema.manifest_holder.c, schema.package_use.c, schema.entity.c,
    schema.repository.c,
)  # fmt: skip


def composition(conn: Connection, visibility: Visibility, ref: EntityRef) -> Composition:
    """What a component consists of now. Raises NotFoundError for one of which the viewer may not know it."""
    entity_id = _entity(conn, visibility, ref)
    rows = tuple(_manifests(conn, entity_id))
    held = select(h.manifest_id).where(h.entity_id == entity_id, h.until_at == NEVER)
    packages = conn.execute(
        select(func.count(u.package_id.distinct())).where(u.manifest_id.in_(held), u.until_at == NEVER)
    ).scalar_one()
    missing = None if any(each.format for each in rows) else _missing(conn, [entity_id]).get(entity_id)
    return Composition(component=ref, manifests=rows, packages=packages, missing=missing)


def used(
    conn: Connection, dialect: Dialect, visibility: Visibility, ref: EntityRef, *, start: int, limit: int
) -> Packages:
    """Some of the packages that a component uses now. Raises NotFoundError.

    All of a component are put in order each time: the largest there are use some ten thousand.
    """
    entity_id = _entity(conn, visibility, ref)
    rows = conn.execute(
        select(
            u.package_id,
            u.from_at,
            h.from_at.label("held_from"),
            u.line,
            u.direct,
            u.need,
            u.manifest_id,
            m.path,
            m.origin,
        )
        .join(schema.manifest_holder, and_(h.manifest_id == u.manifest_id, h.until_at == NEVER))
        .join(schema.manifest, m.id == u.manifest_id)
        .where(h.entity_id == entity_id, u.until_at == NEVER)
    ).all()
    named = packages.of_ids(conn, dialect, {row.package_id for row in rows})
    known = _known(conn, dialect, entity_id, named)
    files = package_places.of(
        conn, dialect, {(row.manifest_id, row.package_id) for row in rows if row.origin == Origin.UPLOAD}
    )
    uses: dict[int, list[Any]] = {}
    for row in rows:
        uses.setdefault(row.package_id, []).append(row)
    found = sorted(
        (_used(named[package_id], several, known.get(package_id, ()), files) for package_id, several in uses.items()),
        key=lambda row: (not row.malicious, -(row.severity or 0), row.package.name, row.package.version, row.package),
    )
    return Packages(
        rows=tuple(found[start : start + limit]), total=len(found), known=len(known), start=min(start, len(found))
    )


def _known(
    conn: Connection, dialect: Dialect, entity_id: int, named: Mapping[int, Package]
) -> dict[int, list[Matched]]:
    """What is known about the packages that a component uses, as far as it is said there."""
    x = schema.package_match.c
    rows = conn.execute(
        select(x.package_id, x.advisory, x.body, u.manifest_id, u.file_id, u.from_at)
        .join(schema.package_use, and_(u.package_id == x.package_id, u.until_at == NEVER))
        .join(schema.manifest_holder, and_(h.manifest_id == u.manifest_id, h.until_at == NEVER))
        .where(h.entity_id == entity_id, x.ended_at.is_(None))
    ).all()
    holds = package_signs.standing(conn, dialect, rows, named)
    known: dict[int, list[Matched]] = {}
    for row in rows:
        match = msgspec.msgpack.decode(bytes(row.body), type=Matched)
        if holds(row, match) and match not in known.setdefault(row.package_id, []):
            known[row.package_id].append(match)
    return {package_id: several for package_id, several in known.items() if several}


def _used(
    package: Package, rows: Sequence[Any], matches: Sequence[Matched], files: Mapping[tuple[int, int], str]
) -> PackageRow:
    told = [bool(row.direct) for row in rows if row.direct is not None]
    return PackageRow(
        package=package,
        direct=any(told) if told else None,
        need=min((Need(row.need) for row in rows if row.need is not None), default=None),
        manifests=tuple(
            sorted(
                {
                    place_words(row.origin, row.path, row.line, files.get((row.manifest_id, row.package_id)))
                    for row in rows
                }
            )
        ),
        since=Instant(min(max(row.from_at, row.held_from) for row in rows)),
        advisories=tuple(dict.fromkeys(each.name for each in matches)),
        severity=max((each.severity for each in matches), default=None),
        malicious=any(each.malicious for each in matches),
    )


def locks(conn: Connection, visibility: Visibility, ref: EntityRef) -> list[tuple[Lock, Instant]]:
    """The whole locks of a component with the moments they speak of. Raises NotFoundError."""
    entity_id = _entity(conn, visibility, ref)
    rows = conn.execute(
        select(v.body, v.at, m.path)
        .join(schema.manifest, m.id == v.manifest_id)
        .join(schema.manifest_holder, and_(h.manifest_id == m.id, h.until_at == NEVER))
        .where(h.entity_id == entity_id, v.body.is_not(None), m.gone_at.is_(None))
        .order_by(m.path, m.id)
    )
    return [(unpacked(bytes(body)), Instant(at)) for body, at, _ in rows]


def coverage(conn: Connection, visibility: Visibility) -> SbomCoverage:
    """For which components it is known what they consist of, of those whose packages the viewer may know of."""
    newest = select(v.manifest_id, func.max(v.at).label("at")).group_by(v.manifest_id).subquery()
    last = (
        select(v.manifest_id, v.at, func.max(v.packages).label("packages"))
        .join(newest, and_(newest.c.manifest_id == v.manifest_id, newest.c.at == v.at))
        .group_by(v.manifest_id, v.at)
        .subquery()
    )
    problem = case((m.problem.is_not(None), 1), else_=0)
    query = (
        select(
            e.id, e.ref, e.owner_ref, func.count(last.c.manifest_id), func.coalesce(func.sum(last.c.packages), 0),
            func.max(last.c.at), func.coalesce(func.sum(problem), 0),
        )
        .select_from(schema.entity)
        .outerjoin(schema.manifest_holder, and_(h.entity_id == e.id, h.until_at == NEVER))
        .outerjoin(schema.manifest, and_(m.id == h.manifest_id, m.gone_at.is_(None)))
        .outerjoin(last, last.c.manifest_id == m.id)
        .where(e.kind == "component", e.gone_at.is_(None), uses_visible(e.id, visibility))
        .group_by(e.id, e.ref, e.owner_ref)
        .order_by(e.ref)
    )  # fmt: skip
    found = conn.execute(query).all()
    reasons = _missing(conn, [row[0] for row in found if not row[3]])
    rows = [
        CoverageRow(
            component=EntityRef(ref), owner=None if owner is None else EntityRef(owner), manifests=n, packages=int(used),
            at=None if at is None else Instant(at), problems=int(problems), missing=None if n else reasons[id_],
        )
        for id_, ref, owner, n, used, at, problems in found
    ]  # fmt: skip
    counted = Counter(each.missing for each in rows if each.missing is not None)
    return SbomCoverage(
        components=len(rows),
        covered=len(rows) - counted.total(),
        reasons=tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0]))),
        rows=tuple(sorted(rows, key=lambda each: (each.missing is None, each.missing or "", each.component))),
    )


def _entity(conn: Connection, visibility: Visibility, ref: EntityRef) -> int:
    id_ = manifests.entity_ids(conn, (ref,)).get(ref)
    if not may_know_uses(conn, visibility, id_) or id_ is None:
        raise NotFoundError(f"There is no {ref} here, or it is not yours to see.")
    return id_


def _manifests(conn: Connection, entity_id: int) -> Iterable[ManifestRow]:
    versions: dict[int, list[Any]] = {}
    rows = conn.execute(
        select(schema.manifest)
        .join(schema.manifest_holder, and_(h.manifest_id == m.id, h.until_at == NEVER))
        .where(h.entity_id == entity_id, m.gone_at.is_(None))
        .order_by(m.path, m.part, m.id)
    ).all()
    told = select(
        v.manifest_id, v.at, v.taken_at, v.format, v.packages, v.direct, v.edges, v.unknown
    ).where(v.manifest_id.in_([row.id for row in rows])).order_by(v.at, v.revision, v.id)  # fmt: skip
    for row in conn.execute(told):
        versions.setdefault(row.manifest_id, []).append(row)
    for row in rows:
        known = versions.get(row.id, [])
        last = known[-1] if known else None
        yield ManifestRow(
            id=row.id, origin=row.origin, where=row.key.split("\n")[1], path=row.path, part=row.part,
            format=last.format if last else None, at=last.at if last else None, taken_at=last.taken_at if last else None,
            seen_at=row.seen_at, packages=last.packages if last else 0, direct=last.direct if last else None,
            edges=last.edges if last else 0,
            unknown=tuple(msgspec.json.decode(last.unknown, type=list[str])) if last else (),
            problem=row.problem, problem_at=row.problem_at, versions=len(known),
        )  # fmt: skip


def _missing(conn: Connection, entity_ids: list[int]) -> dict[int, Missing]:
    """Why nothing is known of what these components consist of."""
    tried = set(
        conn.execute(
            select(h.entity_id).join(schema.manifest, m.id == h.manifest_id).where(
                h.until_at == NEVER, m.gone_at.is_(None), m.problem.is_not(None)
            )
        ).scalars()
    )  # fmt: skip
    claim = schema.claim.c
    named: dict[int, set[str]] = {}
    for entity_id, value in conn.execute(select(claim.entity_id, claim.value).where(claim.form == REPOSITORY)):
        named.setdefault(entity_id, set()).add(value)
    read = {row.key: row for row in conn.execute(select(r.id, r.key, r.read_at, r.gone_at, r.moved_to))}
    place = schema.manifest_place.c
    kinds: dict[int, set[str]] = {}
    for repository_id, kind in conn.execute(select(place.repository_id, place.kind).distinct()):
        kinds.setdefault(repository_id, set()).add(kind)
    return {each: _why(named.get(each, set()), read, kinds, is_tried=each in tried) for each in entity_ids}


def _why(named: set[str], read: dict[str, Any], kinds: dict[int, set[str]], *, is_tried: bool) -> Missing:
    if is_tried:
        return Missing.UNREADABLE
    if not named:
        return Missing.NO_REPOSITORY
    known = [read[key] for key in named if key in read]
    if not known or all(row.read_at is None and row.gone_at is None and not row.moved_to for row in known):
        return Missing.NOT_READ
    there = [row for row in known if row.gone_at is None and row.read_at is not None]
    if not there:
        return Missing.ABSENT
    naming = {PlaceKind.LOCKFILE.value, PlaceKind.MANIFEST.value}
    return Missing.NO_LOCKFILE if any(naming & kinds.get(row.id, set()) for row in there) else Missing.NO_MANIFEST
