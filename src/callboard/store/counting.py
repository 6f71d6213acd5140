"""Counters kept in the transaction that changes their rows: cube, bundles, due days and weekly flow.

Sums are kept by difference. Least values are taken in for findings that are new, and read again from the rows of a cell
where a finding left it or changed in it; they are never guessed. Holding 0 stands for all holdings together, bundle 0 for
all bundles of a holding: both are derived from the cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Connection, Table, bindparam, delete, func, insert, literal, select

from callboard.domain.instant import DAY, Instant
from callboard.store import schema
from callboard.store.bulk import are_deferred
from callboard.store.dialect import Dialect, Row
from callboard.store.schema import NEVER

WEEK = 7 * DAY
OPEN = 3
"""The highest number of an open state."""

FEW_BUNDLES = 5_000
"""As many as one statement may well name."""

_LEAST = ("rank", "priority", "blast", "due_at", "oldest_at")


Cell = tuple[int, int, int, int, int]
"""A counter: holding, source, kind, state, severity."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How one finding is counted."""

    holding_id: int
    source_id: int
    kind: int
    state: int
    severity: int
    bundle_id: int
    due_at: int
    remedy_id: int = 0


class Ledger:
    """What the counters have to be changed by. Gathered while rows are prepared, written with them."""

    def __init__(self) -> None:
        self._cube: defaultdict[Cell, int] = defaultdict(int)
        self._due: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._flow: dict[tuple[int, int], list[int]] = {}
        self._fresh: dict[tuple[int, int, int], list[int]] = {}
        self._remedies: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
        self._touched: set[tuple[int, int]] = set()
        self._mended: set[tuple[int, int]] = set()

    def add(  # noqa: PLR0917 - called a million times, where naming arguments costs
        self, cell: Cell, bundle_id: int, due_at: int, priority: int, blast: int, first_at: int, fixed_at: int | None,
        remedy_id: int,
    ) -> None:  # fmt: skip
        """A finding that was never stored before."""
        self._cube[cell] += 1
        holding = cell[0]
        week = self._flow.get((holding, first_at // WEEK)) or self._week(holding, first_at)
        week[0] += 1
        if cell[3] > OPEN:
            self.closed(holding, fixed_at or first_at, lived=None if fixed_at is None else fixed_at - first_at)
            return
        if due_at != NEVER:
            self._due[holding, due_at // DAY] += 1
        if remedy_id:
            self._remedies[bundle_id, holding, 0, remedy_id] += 1
        key = (bundle_id, holding, 0)
        least = self._fresh.get(key)
        rank = 6 - cell[4]
        if least is None:
            self._fresh[key] = [1, rank, priority, blast, due_at, first_at]
            return
        least[0] += 1
        if rank < least[1]:  # noqa: PLR1730 - min() costs three times as much
            least[1] = rank
        if priority < least[2]:  # noqa: PLR1730
            least[2] = priority
        if blast < least[3]:  # noqa: PLR1730
            least[3] = blast
        if due_at < least[4]:  # noqa: PLR1730
            least[4] = due_at
        if first_at < least[5]:  # noqa: PLR1730
            least[5] = first_at

    def change(self, before: Standing, after: Standing, *, now: Instant) -> None:
        """A stored finding that may have changed."""
        for sign, s in ((-1, before), (1, after)):
            self._cube[s.holding_id, s.source_id, s.kind, s.state, s.severity] += sign
            if s.state <= OPEN:
                self._touch(s, s.holding_id)
                if s.due_at != NEVER:
                    self._due[s.holding_id, s.due_at // DAY] += sign
        if before.state <= OPEN:
            self.moved(before.holding_id, after.holding_id, 1, now)

    def move(self, standing: Standing, to: int, n: int, *, now: Instant) -> None:
        """So many findings that are counted alike go to another holding."""
        s = standing
        for sign, holding in ((-n, s.holding_id), (n, to)):
            self._cube[holding, s.source_id, s.kind, s.state, s.severity] += sign
            if s.state <= OPEN:
                self._touch(s, holding)
                if s.due_at != NEVER:
                    self._due[holding, s.due_at // DAY] += sign
        if s.state <= OPEN:
            self.moved(s.holding_id, to, n, now)

    def _touch(self, standing: Standing, holding: int) -> None:
        self._touched.add((standing.bundle_id, holding))
        if standing.remedy_id:
            self._mended.add((standing.bundle_id, holding))

    def opened(self, holding: int, at: int, n: int = 1) -> None:
        """A finding was opened, or opened again, at a time."""
        self._week(holding, at)[0] += n

    def closed(self, holding: int, at: int, *, lived: int | None) -> None:
        """A finding was closed at a time, having lived so long (microseconds; None: nobody can tell)."""
        week = self._week(holding, at)
        week[1] += 1
        if lived is not None and 0 <= lived < DAY:
            week[2] += 1

    def moved(self, from_: int, to: int, n: int, now: Instant) -> None:
        """Open findings went from one holding to another."""
        if from_ != to:
            self._week(from_, now)[3] -= n
            self._week(to, now)[3] += n

    def _week(self, holding: int, at: int) -> list[int]:
        key = (holding, at // WEEK)
        found = self._flow.get(key)
        if found is None:
            found = self._flow[key] = [0, 0, 0, 0]
        return found

    def write(self, conn: Connection, dialect: Dialect) -> None:
        """Bring every counter up to date with the rows, which have been written before. Starts anew afterwards."""
        self._write_versions(conn, dialect)
        self._write_cube(conn, dialect)
        self._write_due(conn, dialect)
        self._write_flow(conn, dialect)
        fresh = [(*key, *cell) for key, cell in _with_whole(self._fresh).items()]
        dialect.fold(conn, schema.bundle_cell, fresh, adding=("n",), least=_LEAST)
        mends = [(*key, n) for key, n in self._remedies.items()]
        dialect.fold(conn, schema.remedy_cell, mends, adding=("n",))
        _read_again(conn, dialect, self._touched)
        _read_remedies_again(conn, dialect, self._mended)
        self.__init__()  # type: ignore[misc]

    def _write_versions(self, conn: Connection, dialect: Dialect) -> None:
        """Let readers know which holdings to read again. A finding that changed at all stands in the cube's differences."""
        changed = {key[0] for key in (*self._cube, *self._due, *self._flow)}
        changed.update(holding for _, holding in self._touched)
        dialect.fold(conn, schema.holding_version, [(holding, 1) for holding in sorted(changed)], adding=("version",))

    def _write_cube(self, conn: Connection, dialect: Dialect) -> None:
        whole: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
        for (_, source, kind, state, severity), n in self._cube.items():
            whole[source, kind, state, severity] += n
        rows: list[Row] = [(*cell, n) for cell, n in self._cube.items() if n]
        rows += [(0, *cell, n) for cell, n in whole.items() if n]
        dialect.fold(conn, schema.cube, rows, adding=("n",))
        _drop_empty(conn, schema.cube, {row[0] for row in rows if row[-1] < 0})

    def _write_due(self, conn: Connection, dialect: Dialect) -> None:
        whole: defaultdict[int, int] = defaultdict(int)
        for (_, day), n in self._due.items():
            whole[day] += n
        rows: list[Row] = [(holding, day, n) for (holding, day), n in self._due.items() if n]
        rows += [(0, day, n) for day, n in whole.items() if n]
        dialect.fold(conn, schema.due_cell, rows, adding=("n",))
        _drop_empty(conn, schema.due_cell, {row[0] for row in rows if row[-1] < 0})

    def _write_flow(self, conn: Connection, dialect: Dialect) -> None:
        whole: dict[int, list[int]] = {}
        rows: list[Row] = []
        for (holding, week), numbers in self._flow.items():
            opened, closed, transient, moved = numbers
            if opened or closed or transient or moved:
                rows.append((holding, week, opened, closed, transient, moved))
            sums = whole.get(week)
            if sums is None:
                whole[week] = [opened, closed, transient, moved]
                continue
            sums[0] += opened
            sums[1] += closed
            sums[2] += transient
            sums[3] += moved
        rows += [(0, week, *numbers) for week, numbers in whole.items() if any(numbers)]
        dialect.fold(conn, schema.flow_cell, rows, adding=("opened", "closed", "transient", "moved"))


def _with_whole(cells: dict[tuple[int, int, int], list[int]]) -> dict[tuple[int, int, int], list[int]]:
    """With bundle 0 of each holding and holding 0 of each bundle."""
    found = dict(cells)
    for (bundle_id, holding, apart), cell in cells.items():
        for key in ((bundle_id, 0, apart), (0, holding, apart)):
            other = found.get(key)
            if other is None:
                found[key] = cell.copy()
                continue
            other[0] += cell[0]
            for place in range(1, 6):
                if cell[place] < other[place]:  # noqa: PLR1730 - min() costs three times as much
                    other[place] = cell[place]
    return found


def _drop_empty(conn: Connection, table: Table, holdings: Iterable[int]) -> None:
    """A counter at zero is no row."""
    found = sorted(holdings)
    for start in range(0, len(found), 500):
        chunk = found[start : start + 500]
        conn.execute(delete(table).where(table.c.holding_id.in_(chunk), table.c.n == 0))


def _read_again(conn: Connection, dialect: Dialect, touched: set[tuple[int, int]]) -> None:
    """Count these cells of (bundle, holding) from their rows, and what is derived from them."""
    if not touched:
        return
    is_plain = are_deferred(conn)
    f, cell = schema.finding.c, schema.bundle_cell
    c = cell.c
    names = [column.name for column in cell.columns]
    one_bundle: BindParameter[int] = bindparam("one_bundle")
    one_holding: BindParameter[int] = bindparam("one_holding")
    least = (func.min(c.rank), func.min(c.priority), func.min(c.blast), func.min(c.due_at), func.min(c.oldest_at))
    rows = (
        select(
            f.bundle_id, f.holding_id, f.apart, func.count(), func.min(f.rank), func.min(f.priority), func.min(f.blast),
            func.min(f.due_at), func.min(f.first_detected_at),
        )
        .where(f.bundle_id == one_bundle, f.closed == 0, f.holding_id == one_holding)
        .group_by(f.bundle_id, f.holding_id, f.apart)
    )  # fmt: skip
    bundles = (
        select(c.bundle_id, literal(0), c.apart, func.sum(c.n), *least)
        .where(c.bundle_id == one_bundle, c.holding_id > 0)
        .group_by(c.bundle_id, c.apart)
    )
    holdings = (
        select(literal(0), c.holding_id, c.apart, func.sum(c.n), *least)
        .where(c.holding_id == one_holding, c.bundle_id > 0)
        .group_by(c.holding_id, c.apart)
    )
    pairs = sorted(touched)
    of_bundles = [(bundle, 0) for bundle in sorted({pair[0] for pair in touched})]
    of_holdings = [(0, holding) for holding in sorted({pair[1] for pair in touched})]
    for query, keys in ((rows, pairs), (bundles, of_bundles), (holdings, of_holdings)):
        dialect.delete(conn, cell, ["bundle_id", "holding_id"], keys)
        if query is rows and is_plain:
            dialect.insert(conn, cell, _counted_at_once(conn, touched))
        else:
            conn.execute(insert(cell).from_select(names, query), _bound(keys))


def _read_remedies_again(conn: Connection, dialect: Dialect, touched: set[tuple[int, int]]) -> None:
    """Count what the findings of these cells of (bundle, holding) ask for from their rows."""
    if not touched:
        return
    f, cell = schema.finding.c, schema.remedy_cell
    one_bundle: BindParameter[int] = bindparam("one_bundle")
    one_holding: BindParameter[int] = bindparam("one_holding")
    columns = (f.bundle_id, f.holding_id, f.apart, f.remedy_id)
    rows = select(*columns, func.count()).where(f.closed == 0, f.remedy_id > 0).group_by(*columns)
    pairs = sorted(touched)
    dialect.delete(conn, cell, ["bundle_id", "holding_id"], pairs)
    if are_deferred(conn):
        found = conn.execute(rows.where(f.holding_id.in_(sorted({holding for _, holding in touched}))))
        dialect.insert(conn, cell, [tuple(row) for row in found if (row[0], row[1]) in touched])
        return
    query = rows.where(f.bundle_id == one_bundle, f.holding_id == one_holding)
    conn.execute(insert(cell).from_select([column.name for column in cell.columns], query), _bound(pairs))


def _bound(cells: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    """Cells of (bundle, holding) as the questions about one of them name it."""
    return [{"one_bundle": bundle, "one_holding": holding} for bundle, holding in cells]


def _counted_at_once(conn: Connection, touched: set[tuple[int, int]]) -> list[Row]:
    """These cells in one walk over all findings: what a first load does, which has no index to find them by."""
    f = schema.finding.c
    rows = conn.execute(
        select(
            f.bundle_id, f.holding_id, f.apart, func.count(), func.min(f.rank), func.min(f.priority), func.min(f.blast),
            func.min(f.due_at), func.min(f.first_detected_at),
        )
        .where(f.closed == 0, f.holding_id.in_(sorted({holding for _, holding in touched})), *_of_few(touched))
        .group_by(f.bundle_id, f.holding_id, f.apart)
    )  # fmt: skip
    return [tuple(row) for row in rows if (row[0], row[1]) in touched]


def _of_few(touched: set[tuple[int, int]]) -> Iterable[ColumnElement[bool]]:
    """A clause for the bundles, where they are few enough to be named.

    A resource is often told before its owner is, and what nobody owns is one large holding of many bundles.
    """
    bundles = sorted({bundle for bundle, _ in touched})
    if len(bundles) <= FEW_BUNDLES:
        yield schema.finding.c.bundle_id.in_(bundles)
