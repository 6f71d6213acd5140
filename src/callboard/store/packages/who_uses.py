"""Who uses a package, now and in the past, by the index from package versions to manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    tuple_,
)

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.lock import Need
from callboard.domain.packages.manifest_series import Origin
from callboard.domain.packages.package import Package
from callboard.domain.packages.who_uses import Dated, Period, Step, UseRow, Wanted, WhoUses
from callboard.domain.query import Cursor
from callboard.store import schema
from callboard.store.database import revision
from callboard.store.dialect import Dialect
from callboard.store.kept import Kept
from callboard.store.packages import versions as packages
from callboard.store.packages.use_ways import ways_of
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

MOST_VERSIONS = 5_000
"""Versions of one name that are looked at."""
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
    asked = {"ids": sorted(meant), **_times(period)}
    is_past = period.start is not None and period.end is not None
    place = {} if cursor is None else dict(zip(_PLACE, _place(cursor), strict=True))
    page = _page(visibility, is_past=is_past, goes_on=cursor is not None)
    rows = conn.execute(page, asked | place | {"most": limit + 1}).all()
    more = len(rows) > limit
    is_whole = cursor is None and not more
    counts = _counted(rows) if is_whole else _counts(conn, visibility, asked, is_past=is_past)
    rows = rows[:limit]
    unknown = [each for each in unknown if _is_used(conn, visibility, each[0], period)]
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
    meant: dict[int, Package] = {}
    unknown: list[tuple[int, Package]] = []
    for row in conn.execute(_NAMED, {"names": wanted.names()}):
        package = packages.read(row)
        if wanted.is_key(package.key):
            holds = wanted.means(package)
            if holds:
                meant[row.id] = package
            elif holds is None:
                unknown.append((row.id, package))
    return meant, unknown


# Statements are made once for each visibility: making one costs as much as asking it.
_NAMED = (
    select(*(p[name] for name in packages.COLUMNS))
    .where(p.key_name.in_(bindparam("names", expanding=True)))
    .limit(MOST_VERSIONS)
)
_ORDER = (e.ref, u.package_id, u.manifest_id, u.from_at, h.from_at)
_PLACE = ("at_ref", "at_package", "at_manifest", "at_from", "at_held")


def _times(period: Period) -> dict[str, int]:
    if period.start is None or period.end is None:
        return {}
    return {"start": period.start, "end": period.end}


def _during(start: ColumnElement[int], end: ColumnElement[int], *, is_past: bool) -> ColumnElement[bool]:
    return and_(start < bindparam("end"), end > bindparam("start")) if is_past else end == NEVER


def _of_uses(query: Select[Any], visibility: Visibility, *, is_past: bool) -> Select[Any]:
    """The uses that are asked about, as far as they may be seen.

    Plus nothing: else a planner that knows how few holders there are begins with all of them, and not with the uses.
    """
    held = and_(h.manifest_id == u.manifest_id + 0, h.from_at < u.until_at, u.from_at < h.until_at)
    return (
        query.select_from(schema.package_use)
        .join(schema.manifest_holder, held)
        .join(schema.entity, e.id == h.entity_id)
        .where(
            u.package_id.in_(bindparam("ids", expanding=True)),
            _during(u.from_at, u.until_at, is_past=is_past),
            _during(h.from_at, h.until_at, is_past=is_past),
            uses_visible(e.id, visibility),
        )
    )


@lru_cache(maxsize=256)
def _page(visibility: Visibility, *, is_past: bool, goes_on: bool) -> Select[Any]:
    """What is told of each manifest is looked up for the rows of the page alone."""
    query = select(
        u.package_id, u.manifest_id, u.from_at, u.until_at, u.line, u.direct, u.need, u.parent_id, u.depth,
        h.from_at.label("held_from"), h.until_at.label("held_until"), e.ref, e.owner_ref,
    )  # fmt: skip
    uses = _of_uses(query, visibility, is_past=is_past).order_by(*_ORDER).limit(bindparam("most", type_=Integer))
    if goes_on:
        uses = uses.where(
            tuple_(*_ORDER)
            > tuple_(*(bindparam(name, type_=column.type) for name, column in zip(_PLACE, _ORDER, strict=True)))
        )
    page = uses.subquery("page")
    f, place = page.c, schema.package_place.c
    since = case((f.from_at > f.held_from, f.from_at), else_=f.held_from)
    # Where the bill names that moment itself, it does not speak of when it was taken in.
    dated = exists().where(v.manifest_id == f.manifest_id, v.at == since, v.at != v.taken_at)
    return (
        select(*f, m.origin, m.path, place.found_in, and_(m.origin == Origin.UPLOAD, dated).label("is_dated"))
        .select_from(page)
        .join(schema.manifest, m.id == f.manifest_id)
        .outerjoin(schema.package_place, and_(place.manifest_id == f.manifest_id, place.package_id == f.package_id))
        .order_by(f.ref, f.package_id, f.manifest_id, f.from_at, f.held_from)
    )


class _Counts(NamedTuple):
    total: int
    components: int
    owners: int
    packages: tuple[int, ...]


def _counts(conn: Connection, visibility: Visibility, asked: Mapping[str, Any], *, is_past: bool) -> _Counts:
    """How much there is on all pages."""
    by_package, together = _counting(visibility, is_past=is_past)
    packages_: tuple[int, ...] = tuple(asked["ids"])
    if len(packages_) != 1:
        rows = conn.execute(by_package, asked).all()
        packages_ = tuple(row[0] for row in rows)
        if len(rows) == 1:
            _, total, components, owners = rows[0]
            return _Counts(total, components, owners, packages_)
    # A component that uses several versions counts once.
    total, components, owners = conn.execute(together, asked).one()
    return _Counts(total, components, owners, packages_ if total else ())


def _counted(rows: Sequence[Row[Any]]) -> _Counts:
    """The same, of rows that are all there are."""
    owners = {row.owner_ref for row in rows} - {None}
    return _Counts(len(rows), len({row.ref for row in rows}), len(owners), tuple({row.package_id for row in rows}))


@lru_cache(maxsize=256)
def _counting(visibility: Visibility, *, is_past: bool) -> tuple[Select[Any], Select[Any]]:
    numbers = (func.count(), func.count(e.id.distinct()), func.count(e.owner_ref.distinct()))
    by_package = _of_uses(select(u.package_id, *numbers), visibility, is_past=is_past).group_by(u.package_id)
    together = cast("Select[Any]", select(*numbers))
    return by_package, _of_uses(together, visibility, is_past=is_past)


def _is_used(conn: Connection, visibility: Visibility, package_id: int, period: Period) -> bool:
    is_past = period.start is not None and period.end is not None
    asked = {"ids": [package_id], "most": 1, **_times(period)}
    return conn.execute(_page(visibility, is_past=is_past, goes_on=False), asked).first() is not None


def _manifests(conn: Connection, visibility: Visibility, period: Period) -> int:
    """How many manifests were searched; kept as long as nothing changes."""
    key = (revision(conn), visibility, period)
    return _SEARCHED.get(conn, key, lambda: _searched(conn, visibility, period))


_SEARCHED: Kept[int] = Kept(64)


def _searched(conn: Connection, visibility: Visibility, period: Period) -> int:
    is_past = period.start is not None and period.end is not None
    query = select(func.count(h.manifest_id.distinct())).where(
        _during(h.from_at, h.until_at, is_past=is_past), uses_visible(h.entity_id, visibility)
    )
    return int(conn.execute(query, _times(period)).scalar_one())


def _rows(
    conn: Connection, dialect: Dialect, rows: Sequence[Row[Any]], meant: dict[int, Package]
) -> tuple[UseRow, ...]:
    ways = ways_of(conn, rows)
    between = {each for way in ways for each in way} - meant.keys()
    named = {**packages.of_ids(conn, dialect, between), **meant} if between else meant
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
            found_in=row.found_in,
            since=Instant(max(row.from_at, row.held_from)),
            since_by=Dated.BILL if row.is_dated else Dated.KNOWN,
            until=None if (end := min(row.until_at, row.held_until)) == NEVER else Instant(end),
        )
        for row, way in zip(rows, ways, strict=True)
    )


def _cursor(row: Row[Any]) -> str:
    return Cursor(ORDER, (row.ref, row.package_id, row.manifest_id, row.from_at, row.held_from)).encode()


def _place(text: str) -> tuple[Any, ...]:
    return Cursor.decode(text, order=ORDER, parts=(str, int, int, int, int)).key
