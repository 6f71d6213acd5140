"""Who uses a package, now and in the past, by the index from package versions to manifests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select, tuple_

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.lock import Need
from callboard.domain.manifest_series import Origin
from callboard.domain.package import Package
from callboard.domain.query import Cursor
from callboard.domain.who_uses import Dated, Period, Step, UseRow, Wanted, WhoUses
from callboard.store import package_places, packages, schema
from callboard.store.database import revision
from callboard.store.dialect import Dialect
from callboard.store.kept import Kept
from callboard.store.schema import NEVER
from callboard.store.visible import uses_visible

p, m, h, u, e = (
    schema.package.c,
    schema.manifest.c,
    schema.manifest_holder.c,
    schema.package_use.c,
    schema.entity.c,
)

v = schema.manifest_version.c

LONGEST_WAY = 40
"""Steps of a way that are told; of a longer one the last."""
MOST_VERSIONS = 5_000
"""Versions of one name that are looked at."""
PAIRS = (4, 16, 64)
"""Pairs of a manifest and a package that one statement asks about."""
ORDER = "component"


def who_uses(
    conn: Connection, dialect: Dialect, visibility: Visibility, wanted: Wanted, period: Period, *, limit: int,
    cursor: str | None = None,
) -> WhoUses:  # fmt: skip
    """Who uses what is wanted, by component. Of what the viewer may not see nothing is told or counted.

    Answers are kept as long as nothing changes: on the day of an attack everybody asks the same.
    """
    key = (revision(conn), visibility, wanted, period, limit, cursor)
    return _ANSWERS.get(
        conn, key, lambda: _who_uses(conn, dialect, visibility, wanted, period, limit=limit, cursor=cursor)
    )


_ANSWERS: Kept[WhoUses] = Kept(64)


def _who_uses(
    conn: Connection, dialect: Dialect, visibility: Visibility, wanted: Wanted, period: Period, *, limit: int,
    cursor: str | None,
) -> WhoUses:  # fmt: skip
    meant, unknown = _meant(conn, wanted)
    found = _uses(visibility, sorted(meant), period)
    counts = _counts(conn, found)
    key = (e.ref, u.package_id, u.manifest_id, u.from_at, h.from_at)
    page = found.order_by(*key).limit(limit + 1)
    if cursor is not None:
        page = page.where(tuple_(*key) > tuple_(*_place(cursor)))
    rows = conn.execute(page).all()
    more = len(rows) > limit
    rows = rows[:limit]
    unknown = [each for each in unknown if _is_used(conn, visibility, each, period)]
    last = rows[-1] if rows else None
    return WhoUses(
        wanted=wanted,
        period=period,
        rows=_rows(conn, dialect, rows, meant),
        total=counts.total,
        components=counts.components,
        owners=counts.owners,
        versions=tuple(sorted({meant[each].version for each in counts.packages})),
        not_compared=tuple(package for _, package in unknown),
        manifests=_manifests(conn, visibility, period),
        next=_cursor(last) if more and last is not None else None,
    )


def _meant(conn: Connection, wanted: Wanted) -> tuple[dict[int, Package], list[tuple[int, Package]]]:
    """The packages that are asked about, and those of which nobody can tell whether they are."""
    columns = [p[name] for name in packages.COLUMNS]
    meant: dict[int, Package] = {}
    unknown: list[tuple[int, Package]] = []
    for row in conn.execute(select(*columns).where(p.key_name.in_(wanted.names())).limit(MOST_VERSIONS)):
        package = packages.read(row)
        if wanted.is_key(package.key):
            holds = wanted.means(package)
            if holds:
                meant[row.id] = package
            elif holds is None:
                unknown.append((row.id, package))
    return meant, unknown


def _uses(visibility: Visibility, package_ids: Sequence[int], period: Period) -> Select[Any]:
    return (
        select(
            u.package_id, u.manifest_id, u.from_at, u.until_at, u.line, u.direct, u.need, u.parent_id, u.depth,
            h.from_at.label("held_from"), h.until_at.label("held_until"), e.id.label("entity_id"), e.ref, e.owner_ref,
            m.origin, m.path,
        )
        .join(schema.manifest_holder, and_(h.manifest_id == u.manifest_id, h.from_at < u.until_at, u.from_at < h.until_at))
        .join(schema.entity, e.id == h.entity_id)
        .join(schema.manifest, m.id == u.manifest_id)
        .where(
            u.package_id.in_(package_ids), _during(u.from_at, u.until_at, period), _during(h.from_at, h.until_at, period),
            uses_visible(e.id, visibility),
        )
    )  # fmt: skip


class _Counts(NamedTuple):
    total: int
    components: int
    owners: int
    packages: tuple[int, ...]


def _counts(conn: Connection, found: Select[Any]) -> _Counts:
    """How much there is on all pages."""
    mine = found.subquery().c
    numbers = (func.count(), func.count(mine.entity_id.distinct()), func.count(mine.owner_ref.distinct()))
    rows = conn.execute(select(mine.package_id, *numbers).group_by(mine.package_id)).all()
    packages_ = tuple(row[0] for row in rows)
    # A component that uses several versions counts once.
    total, components, owners = rows[0][1:] if len(rows) == 1 else conn.execute(select(*numbers)).one()
    return _Counts(int(total), int(components), int(owners), packages_)


def _during(start: ColumnElement[int], end: ColumnElement[int], period: Period) -> ColumnElement[bool]:
    if period.start is None or period.end is None:
        return end == NEVER
    return and_(start < period.end, end > period.start)


def _is_used(conn: Connection, visibility: Visibility, each: tuple[int, Package], period: Period) -> bool:
    return conn.execute(_uses(visibility, [each[0]], period).limit(1)).first() is not None


def _manifests(conn: Connection, visibility: Visibility, period: Period) -> int:
    """How many manifests were searched; kept as long as nothing changes."""
    key = (revision(conn), visibility, period)
    return _SEARCHED.get(conn, key, lambda: _searched(conn, visibility, period))


_SEARCHED: Kept[int] = Kept(64)


def _searched(conn: Connection, visibility: Visibility, period: Period) -> int:
    query = select(func.count(h.manifest_id.distinct())).where(
        _during(h.from_at, h.until_at, period), uses_visible(h.entity_id, visibility)
    )
    return int(conn.execute(query).scalar_one())


def _rows(
    conn: Connection, dialect: Dialect, rows: Sequence[Row[Any]], meant: dict[int, Package]
) -> tuple[UseRow, ...]:
    ways = _ways(conn, rows)
    dated = _dated(conn, {row.manifest_id for row in rows if row.origin == Origin.UPLOAD})
    named = packages.of_ids(conn, dialect, {each for way in ways for each in way})
    files = package_places.of(
        conn, dialect, {(row.manifest_id, row.package_id) for row in rows if row.origin == Origin.UPLOAD}
    )
    return tuple(
        UseRow(
            component=EntityRef(row.ref),
            owner=None if row.owner_ref is None else EntityRef(row.owner_ref),
            package=meant[row.package_id],
            direct=None if row.direct is None else bool(row.direct),
            need=None if row.need is None else Need(row.need),
            path=tuple(Step(named[each].name, named[each].version) for each in way if each in named),
            origin=row.origin,
            manifest=row.path,
            line=row.line,
            found_in=files.get((row.manifest_id, row.package_id)),
            since=Instant(max(row.from_at, row.held_from)),
            since_by=Dated.BILL if (row.manifest_id, max(row.from_at, row.held_from)) in dated else Dated.KNOWN,
            until=None if (end := min(row.until_at, row.held_until)) == NEVER else Instant(end),
        )
        for row, way in zip(rows, ways, strict=True)
    )


def _dated(conn: Connection, manifest_ids: set[int]) -> set[tuple[int, int]]:
    """Of these bills the moments that they named themselves: those that do not speak of when they were taken in."""
    if not manifest_ids:
        return set()
    query = select(v.manifest_id, v.at).where(v.manifest_id.in_(sorted(manifest_ids)), v.at != v.taken_at)
    return {(manifest_id, at) for manifest_id, at in conn.execute(query)}


def _ways(conn: Connection, rows: Sequence[Row[Any]]) -> list[list[int]]:
    """For each row the packages from what the project asks for to the one of the row."""
    ways = [[row.package_id] for row in rows]
    ahead = {at: row.parent_id for at, row in enumerate(rows) if row.parent_id is not None}
    for _ in range(LONGEST_WAY):
        if not ahead:
            break
        for at, parent in ahead.items():
            ways[at].insert(0, parent)
        before = _parents(conn, {(rows[at].manifest_id, parent) for at, parent in ahead.items()})
        ahead = {
            at: grand
            for at, parent in ahead.items()
            if (grand := _at(before.get((rows[at].manifest_id, parent), ()), rows[at])) is not None
            and grand not in ways[at]
        }
    return ways


def _parents(conn: Connection, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """For pairs of manifest and package: from when to when which package was before it."""
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    waiting = sorted(pairs)
    for begin in range(0, len(waiting), PAIRS[-1]):
        chunk = waiting[begin : begin + PAIRS[-1]]
        size = next(each for each in PAIRS if each >= len(chunk))
        # Filled up with the first one, which changes no answer, so that few statements are ever made.
        chunk += chunk[:1] * (size - len(chunk))
        values = {f"{name}{at}": value for at, pair in enumerate(chunk) for name, value in zip("mp", pair, strict=True)}
        for manifest_id, package_id, start, end, parent_id in conn.execute(_parents_of(size), values):
            found.setdefault((manifest_id, package_id), []).append((start, end, parent_id))
    return found


@cache
def _parents_of(size: int) -> Select[Any]:
    """For so many pairs: each is one step down the index, where two lists would be looked up in every combination."""
    asked = or_(
        *(and_(u.package_id == bindparam(f"p{at}"), u.manifest_id == bindparam(f"m{at}")) for at in range(size))
    )
    return select(u.manifest_id, u.package_id, u.from_at, u.until_at, u.parent_id).where(
        asked, u.parent_id.is_not(None)
    )


def _at(spells: Sequence[tuple[int, int, int]], row: Row[Any]) -> int | None:
    """The package before, at the end of the row's time, as that is when its own way was last told."""
    moment = row.until_at - 1 if row.until_at != NEVER else NEVER - 1
    return next((parent for start, end, parent in spells if start <= moment < end), None)


def _cursor(row: Row[Any]) -> str:
    return Cursor(ORDER, (row.ref, row.package_id, row.manifest_id, row.from_at, row.held_from)).encode()


def _place(text: str) -> tuple[Any, ...]:
    return Cursor.decode(text, order=ORDER, parts=(str, int, int, int, int)).key
