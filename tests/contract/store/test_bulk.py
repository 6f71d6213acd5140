"""Bulk statements: however many rows, each is written once and exactly."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from callboard.store import Store, schema
from callboard.store.intake.memory import Written

COLUMNS = len(schema.bundle_cell.columns)
COUNTS = (0, 1, 2, 1_000 // COLUMNS - 1, 1_000 // COLUMNS, 1_000 // COLUMNS + 1, 1_000)


def cells(count: int, *, n: int = 1, least: int = 5) -> list[tuple[int, ...]]:
    """That many cells of bundles, each of one holding."""
    return [(bundle, 1, 0, n, least, least, least, least, least) for bundle in range(1, count + 1)]


@pytest.mark.parametrize("count", COUNTS)
def test_every_row_is_inserted_once(store: Store, count: int) -> None:
    """Whether the rows fill whole statements or leave some over."""
    with store.write() as conn:
        store.dialect.insert(conn, schema.bundle_cell, cells(count))
    with store.read() as conn:
        rows = conn.execute(select(schema.bundle_cell).order_by(schema.bundle_cell.c.bundle_id)).all()
    assert [tuple(row) for row in rows] == cells(count)


@pytest.mark.parametrize("count", COUNTS)
def test_every_row_is_folded_once(store: Store, count: int) -> None:
    """Sums are added to and least values fall, for rows that are there; the others are new."""
    with store.write() as conn:
        for rows in (cells(count // 2, n=2), cells(count, n=3, least=4)):
            store.dialect.fold(
                conn,
                schema.bundle_cell,
                rows,
                adding=("n",),
                least=("rank", "priority", "blast", "due_at", "oldest_at"),
            )
    with store.read() as conn:
        c = schema.bundle_cell.c
        found = conn.execute(select(c.n, c.rank, c.oldest_at).order_by(c.bundle_id)).all()
    assert [tuple(row) for row in found] == [(5, 4, 4)] * (count // 2) + [(3, 4, 4)] * (count - count // 2)


@pytest.mark.parametrize("is_indexed", [True, False])
def test_all_rows_that_share_a_key_are_updated_and_no_others(store: Store, *, is_indexed: bool) -> None:
    """Also while the column has no index, as during a first load."""
    key = "holding_id" if is_indexed else "blast"
    rows = [(number, number % 7, 0, 1, 2, 3, number % 7, 4, 5) for number in range(1, 71)]
    changes = [(100 + each, each) for each in (1, 2, 5, 90)]
    with store.write() as conn:
        store.dialect.insert(conn, schema.bundle_cell, rows)
        store.dialect.update(conn, schema.bundle_cell, ["rank"], [key], changes)
        # Twice in one transaction: what the first one made to do it must not be in the way.
        store.dialect.update(conn, schema.bundle_cell, ["priority"], [key], changes)
    with store.read() as conn:
        c = schema.bundle_cell.c
        found = conn.execute(
            select(c.holding_id, c.rank, c.priority, func.count()).group_by(*c["holding_id", "rank", "priority"])
        )
        stands = {row[0]: tuple(row[1:]) for row in found}
    assert stands == {each: (100 + each, 100 + each, 10) if each in {1, 2, 5} else (2, 3, 10) for each in range(7)}


def test_what_was_written_is_never_taken_for_new() -> None:
    """An id that comes again is told every time; only chance may add one that never came."""
    written = Written()
    ids = [f"finding-{number}" for number in range(5_000)]
    assert len(written.again(ids)) <= 1
    assert written.again(ids) == ids
    assert written.again(["another", ids[7], ids[7]])[-2:] == [ids[7], ids[7]]
