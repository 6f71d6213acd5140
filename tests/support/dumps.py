"""What a board holds, spelled so that two boards can be compared: names instead of row numbers, no bookkeeping."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from callboard.store import Store
from callboard.store.canonical import TABLES
from callboard.store.row_sums import plain

Dump = dict[str, list[tuple[Any, ...]]]


def dump(store: Store) -> Dump:
    """Everything that two boards with the same history have in common.

    Left out are row numbers, run numbers, versions, the times of recording, and raw hashes, which every database seeds
    for itself.
    """
    with store.read() as conn:
        found = {name: sorted(_rows(conn, query), key=repr) for name, query in TABLES.items()}
        # Events of one finding have an order of their own.
        found["history"] = _rows(
            conn,
            """SELECT f.external_id, e.kind, e.old, e.new FROM event e JOIN finding f ON f.id = e.finding_id
            ORDER BY f.external_id, e.seq""",
        )
    return found


def _rows(conn: Connection, query: str) -> list[tuple[Any, ...]]:
    return [plain(row) for row in conn.execute(text(query))]


def differences(one: Dump, other: Dump) -> str:
    """Where two dumps differ, in a few lines. Empty: nowhere."""
    lines = []
    for name in one:
        left, right = set(map(repr, one[name])), set(map(repr, other[name]))
        lines += [f"{name} - {row}" for row in sorted(left - right)[:3]]
        lines += [f"{name} + {row}" for row in sorted(right - left)[:3]]
        if left == right and one[name] != other[name]:
            lines.append(f"{name}: the same rows in another order or number")
    return "\n".join(lines)
