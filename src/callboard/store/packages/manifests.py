"""Manifests taken in: what a component consists of, since when, and what was there before.

One rule covers what comes in order and what comes late: a manifest holds from the moment it speaks of up to the next one of
its series. What cannot be read changes nothing but a note, so the last good one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.lock import Lock
from callboard.domain.packages.manifest_series import Arrival, Origin, Series, Standing, Taken
from callboard.domain.packages.manifest_use import Spell, Use, painted, uses_of
from callboard.domain.packages.package import Package
from callboard.domain.packages.workspace import workspaces
from callboard.store import evidence, schema
from callboard.store.database import bump_revision, next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.packages import package_files, package_places
from callboard.store.packages import versions as packages
from callboard.store.packages.manifest_bodies import packed, unpacked
from callboard.store.schema import NEVER

m, v, h, u = schema.manifest.c, schema.manifest_version.c, schema.manifest_holder.c, schema.package_use.c

_MARK = "manifests"
_TOLD = ("line", "direct", "need", "parent_id", "root_id", "depth", "file_id")
_NOTHING = Lock(path="", format="", version="", entries=(), edges=())
LONGEST_PROBLEM = 500
"""Characters that are kept of why a manifest cannot be read."""


def take(
    conn: Connection, dialect: Dialect, series: Series, arrival: Arrival, *, now: Instant, inputs: str = ""
) -> Taken:
    """Write a manifest that was read. Inside `Store.write`; whom it is about is said by `hold`.

    `inputs` tells what it was read from, for whoever wants to know whether it has to be read again.
    """
    manifest_id = _series(conn, series, inputs=inputs or arrival.digest, now=now)
    versions = conn.execute(
        select(v.id, v.at, v.revision, v.digest, v.packages, v.parts).where(v.manifest_id == manifest_id).order_by(v.at, v.revision, v.id)
    ).all()  # fmt: skip
    known = next((each for each in reversed(versions) if each.digest == arrival.digest), None)
    if known is not None and (known is versions[-1] or known.at == arrival.at):
        if known.parts is None and arrival.stated is not None:
            conn.execute(update(schema.manifest_version).where(v.id == known.id).values(_stated(arrival)))
        return Taken(standing=Standing.SAME, packages=known.packages, at=known.at, current_at=versions[-1].at)
    place = (arrival.at, arrival.revision)
    later = [each.at for each in versions if (each.at, each.revision) > place]
    uses = uses_of(arrival.lock)
    _keep_version(conn, manifest_id, arrival, uses, now=now, is_current=not later)
    came, went = _paint(conn, dialect, manifest_id, uses, Spell(arrival.at, min(later, default=NEVER)))
    if series.origin is Origin.UPLOAD and not later:
        package_places.keep(conn, dialect, manifest_id, uses)
    _changed(conn)
    return Taken(
        standing=Standing.OLDER if later else Standing.CURRENT,
        packages=len(uses),
        came=came,
        went=went,
        at=arrival.at,
        current_at=Instant(max([arrival.at, *later])),
    )


def note_problem(conn: Connection, series: Series, reason: str, *, inputs: str, now: Instant) -> bool:
    """Keep why a manifest cannot be read, and all the rest as it was. Returns whether that is news."""
    manifest_id = _series(conn, series, inputs=inputs, now=now)
    reason = reason[:LONGEST_PROBLEM]
    known = conn.execute(select(m.problem).where(m.id == manifest_id)).scalar_one()
    conn.execute(update(schema.manifest).where(m.id == manifest_id).values(problem=reason, problem_at=now))
    if known != reason:
        _changed(conn)
    return bool(known != reason)


def hold(conn: Connection, manifest_id: int, entity_ids: Collection[int], *, since: Instant, now: Instant) -> bool:
    """Say which components a manifest is about from now on, those that are new to it since `since`. Whether that is news."""
    held = set(conn.execute(select(h.entity_id).where(h.manifest_id == manifest_id, h.until_at == NEVER)).scalars())
    wanted = set(entity_ids)
    for entity_id in sorted(held - wanted):
        row = and_(h.manifest_id == manifest_id, h.entity_id == entity_id, h.until_at == NEVER)
        conn.execute(delete(schema.manifest_holder).where(row, h.from_at >= now))
        conn.execute(update(schema.manifest_holder).where(row).values(until_at=now))
    for entity_id in sorted(wanted - held):
        ended = conn.execute(
            select(h.until_at).where(h.manifest_id == manifest_id, h.entity_id == entity_id).order_by(h.until_at.desc()).limit(1)
        ).scalar_one_or_none()  # fmt: skip
        start = since if ended is None else max(ended, now)
        row = and_(h.manifest_id == manifest_id, h.entity_id == entity_id, h.from_at == start)
        conn.execute(delete(schema.manifest_holder).where(row))
        conn.execute(
            insert(schema.manifest_holder).values(
                manifest_id=manifest_id, entity_id=entity_id, from_at=start, until_at=NEVER
            )
        )
    if held != wanted:
        _changed(conn)
    return held != wanted


def held_since(conn: Connection, manifest_id: int, since: Instant) -> None:
    """A manifest speaks of an earlier time than those before: whom it is about now, it was about then."""
    mine = and_(h.manifest_id == manifest_id, h.until_at == NEVER, h.from_at > since)
    earlier = select(h.entity_id).where(h.manifest_id == manifest_id, h.until_at != NEVER)
    conn.execute(update(schema.manifest_holder).where(mine, h.entity_id.not_in(earlier)).values(from_at=since))


def end(conn: Connection, dialect: Dialect, manifest_ids: Iterable[int], *, now: Instant) -> int:
    """These manifests are not there any more: what was in them is used no longer. Returns how many were there."""
    count = 0
    for manifest_id in manifest_ids:
        row = and_(m.id == manifest_id, m.gone_at.is_(None))
        if conn.execute(update(schema.manifest).where(row).values(gone_at=now)).rowcount:
            count += 1
            # That there is nothing is a version as well: what comes back after it is news, even if it is what was there.
            nothing = Arrival(lock=_NOTHING, at=now, digest="")
            _keep_version(conn, manifest_id, nothing, {}, now=now, is_current=True)
            _paint(conn, dialect, manifest_id, {}, Spell(now, NEVER))
    if count:
        _changed(conn)
    return count


def id_of(conn: Connection, series: Series) -> int | None:
    """The id of a series that was seen before."""
    return conn.execute(select(m.id).where(m.key == series.key)).scalar_one_or_none()


def names_for(conn: Connection, entity_id: int) -> int:
    """How many series were handed in for this entity."""
    handed = m.origin == Origin.UPLOAD.value
    query = select(m.id).distinct().join(schema.manifest_holder, h.manifest_id == m.id)
    return len(conn.execute(query.where(h.entity_id == entity_id, handed)).all())


def lock_of(conn: Connection, manifest_id: int) -> Lock | None:
    """The whole lock that a manifest is now. None: it was never read."""
    body = conn.execute(
        select(v.body).where(v.manifest_id == manifest_id, v.body.is_not(None)).order_by(v.at.desc()).limit(1)
    ).scalar_one_or_none()
    return None if body is None else unpacked(bytes(body))


def entity_ids(conn: Connection, refs: Iterable[EntityRef]) -> dict[EntityRef, int]:
    """The ids of catalog entities that are there."""
    entity = schema.entity.c
    rows = conn.execute(select(entity.ref, entity.id).where(entity.ref.in_(sorted(refs)), entity.gone_at.is_(None)))
    return {EntityRef(ref): id_ for ref, id_ in rows}


def _series(conn: Connection, series: Series, *, inputs: str, now: Instant) -> int:
    """The row of a series, which is there again from now on."""
    found = id_of(conn, series)
    told = {"seen_at": now, "inputs": inputs, "gone_at": None, "problem": None, "problem_at": None}
    if found is not None:
        conn.execute(update(schema.manifest).where(m.id == found).values(**told))
        return found
    id_ = next_id(conn, schema.manifest)
    conn.execute(
        insert(schema.manifest).values(
            id=id_, key=series.key, origin=series.origin.value, repository_id=series.repository_id, path=series.path,
            part=series.part, **told,
        )
    )  # fmt: skip
    return id_


def _keep_version(
    conn: Connection, manifest_id: int, arrival: Arrival, uses: Mapping[Package, Use], *, now: Instant, is_current: bool
) -> None:
    if is_current:
        conn.execute(update(schema.manifest_version).where(v.manifest_id == manifest_id).values(body=None))
    lock = arrival.lock
    direct = [each.direct for each in uses.values()]
    told = [each.why for each in lock.unknown]
    told += [each.reason if each.line is None else f"Line {each.line}: {each.reason}" for each in lock.problems]
    conn.execute(
        insert(schema.manifest_version).values(
            id=next_id(conn, schema.manifest_version), manifest_id=manifest_id, at=arrival.at, taken_at=now,
            digest=arrival.digest, serial=arrival.serial, revision=arrival.revision,
            format=f"{lock.format} {lock.version}".strip(), packages=len(uses),
            direct=None if None in direct else sum(map(bool, direct)), edges=len(lock.edges),
            unknown=msgspec.json.encode(told).decode(), workspaces=msgspec.json.encode(workspaces(lock)).decode(),
            body=packed(lock) if is_current else None, **_stated(arrival),
        )
    )  # fmt: skip


def _stated(arrival: Arrival) -> dict[str, int]:
    """What a bill says of its parts, by column."""
    stated = arrival.stated
    if stated is None:
        return {}
    return {"parts": stated.parts, "suppliers": stated.suppliers, "licences": stated.licences}


def _paint(
    conn: Connection, dialect: Dialect, manifest_id: int, uses: Mapping[Package, Use], span: Spell
) -> tuple[int, int]:
    """Write what the manifest uses during `span`. Returns how many packages came at its start, and how many went."""
    ids = packages.ensure(conn, dialect, uses)
    files = package_files.ensure(conn, dialect, uses, ids)
    wanted = {ids[package]: (*_told(use, ids), files.get(ids[package])) for package, use in uses.items()}
    stored: dict[int, list[Any]] = {}
    # A spell that touches the span may have to be joined with it.
    touching = or_(and_(u.from_at <= span.end, u.until_at >= span.start), u.until_at == NEVER)
    for row in conn.execute(select(schema.package_use).where(u.manifest_id == manifest_id, touching)):
        stored.setdefault(row.package_id, []).append(row)
    drop: list[tuple[int, int]] = []
    new: list[Row] = []
    came = went = 0
    is_newest = span.end == NEVER
    for package_id in sorted(wanted.keys() | stored.keys()):
        rows = stored.get(package_id, [])
        before = {Spell(row.from_at, row.until_at): tuple(getattr(row, name) for name in _TOLD) for row in rows}
        told = wanted.get(package_id)
        was_there = any(each.start < span.start <= each.end for each in before) or any(
            each.start <= span.start < each.end for each in before
        )
        came += told is not None and not was_there
        went += told is None and was_there
        after: dict[Spell, tuple[Any, ...]] = {}
        for spell in painted(before, span.start, span.end, is_held=told is not None):
            former = next((line for each, line in before.items() if each.start <= spell.start < each.end), None)
            is_now = told is not None and spell.start <= span.start < spell.end and (is_newest or former is None)
            after[spell] = told if is_now and told is not None else former or told or ()
        if after != before:
            drop += [(package_id, each.start) for each in before if after.get(each) != before[each]]
            new += [
                (package_id, manifest_id, each.start, each.end, *line)
                for each, line in after.items()
                if before.get(each) != line
            ]
    for package_id, start in drop:
        where = and_(u.package_id == package_id, u.manifest_id == manifest_id, u.from_at == start)
        conn.execute(delete(schema.package_use).where(where))
    dialect.insert(conn, schema.package_use, new)
    return came, went


def _told(use: Use, ids: Mapping[Package, int]) -> tuple[Any, ...]:
    return (
        use.line,
        None if use.direct is None else int(use.direct),
        None if use.need is None else int(use.need),
        None if use.parent is None else ids[use.parent],
        None if use.root is None else ids[use.root],
        use.depth,
    )


def mark_of(conn: Connection) -> str:
    """Changes whenever anything about manifests does. Empty: there never was one."""
    return evidence.remembered(conn, _MARK) or ""


def _changed(conn: Connection) -> None:
    evidence.remember(conn, _MARK, str(bump_revision(conn)))


def refresh(conn: Connection, manifest_ids: Sequence[int], *, now: Instant) -> None:
    """These manifests were looked at and are as they were."""
    for start in range(0, len(manifest_ids), 500):
        chunk = manifest_ids[start : start + 500]
        conn.execute(update(schema.manifest).where(m.id.in_(chunk)).values(seen_at=now))
