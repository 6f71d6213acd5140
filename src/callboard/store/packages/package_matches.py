"""What advisories say about the packages in use, written down once for each version, and joined to components."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, exists, or_, select

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.lock import Need
from callboard.domain.packages.manifest_series import Origin
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_match import Matched, PackageFinding, Place, named_by
from callboard.domain.packages.package_signs import Facts
from callboard.store import schema
from callboard.store.dialect import Dialect, Row
from callboard.store.packages import package_files, package_places, package_signs
from callboard.store.packages import versions as packages
from callboard.store.schema import NEVER

p, x, m, h, u, e = (
    schema.package.c, schema.package_match.c, schema.manifest.c, schema.manifest_holder.c, schema.package_use.c,
    schema.entity.c,
)  # fmt: skip

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(Matched).decode


def to_judge(conn: Connection, dialect: Dialect, mark: str) -> dict[int, Facts]:
    """The packages in use that were not judged under this mark, with what manifests tell of them."""
    columns = [p[name] for name in packages.COLUMNS]
    is_used = exists().where(u.package_id == p.id, u.until_at == NEVER)
    query = select(*columns, p.runs_code).where(or_(p.judged.is_(None), p.judged != mark), is_used)
    rows = conn.execute(query).all()
    files = package_files.of_packages(conn, dialect, [row.id for row in rows])
    return {
        row.id: Facts(
            package=packages.read(row[:5]),
            runs_code=None if row.runs_code is None else bool(row.runs_code),
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
    }


def write(
    conn: Connection, dialect: Dialect, judged: Mapping[int, Sequence[Matched]], *, mark: str, now: Instant
) -> int:
    """Write what is known about these packages now. Inside `Store.write`. Returns for how many it is news."""
    stored: dict[int, dict[str, Any]] = {}
    columns = ["package_id", "advisory", "since_at", "ended_at", "body"]
    for row in dialect.lookup(conn, schema.package_match, columns, "package_id", list(judged)):
        stored.setdefault(row[0], {})[row[1]] = row
    new: list[Row] = []
    changed: list[Row] = []
    news = set()
    for package_id, matches in judged.items():
        known = stored.get(package_id, {})
        for match in matches:
            former, body = known.pop(match.advisory, None), _encode(match)
            if former is None:
                new.append((package_id, match.advisory, now, None, body))
                news.add(package_id)
            elif former[3] is not None or bytes(former[4]) != body:
                # What had ended begins anew.
                changed.append((now if former[3] is not None else former[2], None, body, package_id, match.advisory))
                news.add(package_id)
        for advisory, row in known.items():
            if row[3] is None:
                changed.append((row[2], now, bytes(row[4]), package_id, advisory))
                news.add(package_id)
    dialect.insert(conn, schema.package_match, new)
    dialect.update(conn, schema.package_match, ["since_at", "ended_at", "body"], ["package_id", "advisory"], changed)
    dialect.update(conn, schema.package, ["judged"], ["id"], [(mark, each) for each in judged])
    return len(news)


def components(conn: Connection) -> list[int]:
    """The catalog entities that use a package of which something is, or was, known; in order."""
    query = (
        select(h.entity_id)
        .join(schema.package_use, and_(u.manifest_id == h.manifest_id, u.until_at == NEVER))
        .join(schema.package_match, x.package_id == u.package_id)
        .join(schema.entity, and_(e.id == h.entity_id, e.gone_at.is_(None)))
        .where(h.until_at == NEVER)
        .distinct()
    )
    return sorted(conn.execute(query).scalars())


def findings(
    conn: Connection, dialect: Dialect, entity_ids: Collection[int], told: Collection[str]
) -> Iterator[PackageFinding]:
    """What is to be said about these components, in order.

    `told` are the ids of findings that are open: of what has ended only these are said.
    """
    rows = conn.execute(
        select(
            e.ref, x.package_id, x.advisory, x.since_at, x.ended_at, x.body, u.from_at, u.line, u.direct, u.need, u.root_id,
            u.manifest_id, u.file_id, h.from_at.label("held_from"), m.path, m.origin,
        )
        .join(schema.package_use, and_(u.package_id == x.package_id, u.until_at == NEVER))
        .join(schema.manifest, m.id == u.manifest_id)
        .join(schema.manifest_holder, and_(h.manifest_id == m.id, h.until_at == NEVER))
        .join(schema.entity, and_(e.id == h.entity_id, e.gone_at.is_(None)))
        .where(h.entity_id.in_(sorted(entity_ids)))
    ).all()  # fmt: skip
    named = packages.of_ids(
        conn, dialect, {row.package_id for row in rows} | {row.root_id for row in rows if row.root_id is not None}
    )
    holds = package_signs.standing(conn, dialect, rows, named)
    files = package_places.of(
        conn, dialect, {(row.manifest_id, row.package_id) for row in rows if row.origin == Origin.UPLOAD}
    )
    bodies: dict[bytes, Matched] = {}

    def key(row: Any) -> tuple[str, str, str, str]:  # noqa: ANN401 - rows have no type
        return (row.ref, *named[row.package_id].key, row.advisory)

    for (ref, *_), group in groupby(sorted(rows, key=key), key):
        places = []
        for row in group:
            body = bytes(row.body)
            match = bodies.setdefault(body, _decode(body)) if body not in bodies else bodies[body]
            if holds(row, match):
                places.append(_place(row, named, match, files))
        if not places:
            continue
        found = PackageFinding(component=EntityRef(ref), places=tuple(sorted(places, key=_order)))
        if not all(each.has_ended for each in places) or found.external_id in told:
            yield found


def _place(
    row: Any,  # noqa: ANN401 - rows have no type
    named: Mapping[int, Package],
    match: Matched,
    files: Mapping[tuple[int, int], str],
) -> Place:
    root = named.get(row.root_id) if row.root_id is not None and row.root_id != row.package_id else None
    return Place(
        manifest=row.path,
        line=row.line,
        package=named[row.package_id],
        match=match,
        since=Instant(max(row.from_at, row.held_from, row.since_at)),
        direct=None if row.direct is None else bool(row.direct),
        need=None if row.need is None else Need(row.need).word,
        root=None if root is None else f"{root.name} {root.version}",
        has_ended=row.ended_at is not None,
        origin=row.origin,
        found_in=files.get((row.manifest_id, row.package_id)),
    )


def _order(place: Place) -> tuple[str, int, Package]:
    return place.manifest, place.line, place.package


def orphans(conn: Connection, told: Collection[str], refs: Collection[EntityRef]) -> Iterator[PackageFinding]:
    """Of open findings those whose components (`refs`: those that there is still something known of) are known no more."""
    for external_id in sorted(told):
        component, (ecosystem, name), advisory = named_by(external_id)
        if component in refs:
            continue
        row = conn.execute(
            select(*(p[column] for column in packages.COLUMNS), x.since_at, x.body)
            .join(schema.package_match, x.package_id == p.id)
            .where(x.advisory == advisory, p.ecosystem == ecosystem, p.key_name == name)
            .order_by(p.id).limit(1)
        ).one_or_none()  # fmt: skip
        if row is not None:
            place = Place(
                manifest="", line=0, package=packages.read(row[:5]), match=_decode(bytes(row.body)),
                since=Instant(row.since_at), direct=None, need=None, root=None,
            )  # fmt: skip
            yield PackageFinding(component=component, places=(place,), is_known=False)


def known_components(conn: Connection) -> set[EntityRef]:
    """The components of which something is known of what they consist of."""
    query = (
        select(e.ref)
        .join(schema.manifest_holder, and_(h.entity_id == e.id, h.until_at == NEVER))
        .join(schema.manifest, and_(m.id == h.manifest_id, m.gone_at.is_(None)))
        .where(e.gone_at.is_(None))
        .distinct()
    )
    return {EntityRef(ref) for ref in conn.execute(query).scalars()}


def open_ids(conn: Connection, source_id: int) -> set[str]:
    """The ids of this source's open findings."""
    f = schema.finding.c
    return set(conn.execute(select(f.external_id).where(f.source_id == source_id, f.closed == 0)).scalars())
