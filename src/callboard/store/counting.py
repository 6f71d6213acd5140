"""Counters kept in the transaction that changes their rows: cube, bundles, due days and weekly flow.

Sums are kept by difference. Least values are taken in for findings that are new or come from elsewhere, and read again from
the rows of a cell where a finding left it or changed in it; they are never guessed. Holding 0 stands for all holdings
together, bundle 0 for all bundles of a holding: both are derived from the cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, Table, delete

from callboard.domain.instant import DAY, Instant
from callboard.store import schema
from callboard.store.dialect import Dialect, Row
from callboard.store.reading_again import cells_again, remedies_again
from callboard.store.schema import NEVER

WEEK = 7 * DAY
OPEN = 3
"""The highest number of an open state."""

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


Least = tuple[int, int, int, int]
"""Of findings that are counted alike: whether they are apart, and the least priority, blast and time of first detection."""


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

    def move(self, standing: Standing, to: int, n: int, least: Least, *, now: Instant | None) -> None:
        """So many findings that are counted alike go to another holding, where they are taken in like new ones.

        What they leave is read again from its rows, and with it the whole bundle, which has all of them as before. `now`
        None: they were never anywhere else.
        """
        s = standing
        cube, rest = self._cube, (s.source_id, s.kind, s.state, s.severity)
        cube[s.holding_id, *rest] -= n
        cube[to, *rest] += n
        if s.state > OPEN:
            return
        self._touch(s, s.holding_id)
        if s.remedy_id:
            self._mended.add((s.bundle_id, to))
        if s.due_at != NEVER:
            day = s.due_at // DAY
            self._due[s.holding_id, day] -= n
            self._due[to, day] += n
        if now is not None:
            self.moved(s.holding_id, to, n, now)
        apart, priority, blast, first_at = least
        key, came = (s.bundle_id, to, apart), (6 - s.severity, priority, blast, s.due_at, first_at)
        cell = self._fresh.get(key)
        self._fresh[key] = [n, *came] if cell is None else [cell[0] + n, *map(min, cell[1:], came)]

    def _touch(self, standing: Standing, holding: int) -> None:
        self._touched.add((standing.bundle_id, holding))
        if standing.remedy_id:
            self._mended.add((standing.bundle_id, holding))

    def opened(self, holding: int, at: int, n: int = 1) -> None:
        """A finding was opened, or opened again, at a time."""
        self._week(holding, at)[0] += n

    def closed(self, holding: int, at: int, *, lived: int | None, n: int = 1) -> None:
        """A finding was closed at a time, having lived so long (microseconds; None: nobody can tell)."""
        week = self._week(holding, at)
        week[1] += n
        if lived is not None and 0 <= lived < DAY:
            week[2] += n

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
        cells_again(conn, dialect, self._touched)
        remedies_again(conn, dialect, self._mended)
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
