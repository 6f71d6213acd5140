"""Counters read again from the rows that they count, where a difference cannot tell: the least values of what was left."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, literal, select

from callboard.store import schema
from callboard.store.dialect import Dialect


def cells_again(conn: Connection, dialect: Dialect, touched: set[tuple[int, int]]) -> None:
    """Count these cells of (bundle, holding) from their rows, and what is derived from them."""
    if not touched:
        return
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
        conn.execute(insert(cell).from_select(names, query), _bound(keys))


def remedies_again(conn: Connection, dialect: Dialect, touched: set[tuple[int, int]]) -> None:
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
    query = rows.where(f.bundle_id == one_bundle, f.holding_id == one_holding)
    conn.execute(insert(cell).from_select([column.name for column in cell.columns], query), _bound(pairs))


def _bound(cells: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    """Cells of (bundle, holding) as the questions about one of them name it."""
    return [{"one_bundle": bundle, "one_holding": holding} for bundle, holding in cells]
