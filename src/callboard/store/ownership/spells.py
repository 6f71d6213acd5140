"""Since when whose resources are: spells, of which those that nobody has seen are as if they had not been."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Table

from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.dialect import Dialect

Turn = tuple[int, int, int | None]
"""A resource that is somebody else's than before: with the holding, and the evidence's tier or the image that says so."""


def turn(
    conn: Connection, dialect: Dialect, table: Table, turns: Sequence[Turn], *, now: Instant, since: Instant | None,
    ended: Collection[int] = (),
) -> None:  # fmt: skip
    """End the spells that stand, of the turns and of those that are `ended`, and begin the next.

    What began unseen is as if it had not been: what stood before goes on, where it is the same again.
    """
    key, told = ["resource_id", "from_at"], [column.name for column in table.columns if column.name != "to_at"]
    # Two moves in one microsecond can only come from a clock that stands still; the later one is then the truth.
    seen_at = now if since is None else since
    before: dict[int, tuple[int, int | None, tuple[int, int | None]]] = {}
    unseen: list[tuple[int, int]] = []
    for id_, from_at, holding_id, by, to_at in dialect.lookup(
        conn, table, [*told, "to_at"], "resource_id", [*(turn[0] for turn in turns), *ended]
    ):
        if from_at >= seen_at:
            unseen.append((id_, from_at))
        elif id_ not in before or from_at > before[id_][0]:
            before[id_] = from_at, to_at, (holding_id, by)
    fresh = {id_: (id_, now, None, *turn) for id_, *turn in turns}
    changed: list[tuple[int | None, int, int]] = []
    for id_, (from_at, to_at, stood) in before.items():
        if to_at is not None and to_at < seen_at:
            continue
        if id_ in fresh and fresh[id_][3:] == stood:
            del fresh[id_]
            if to_at is not None:
                changed.append((None, id_, from_at))
        elif to_at is None:
            changed.append((now, id_, from_at))
    dialect.delete(conn, table, key, unseen)
    dialect.update(conn, table, ["to_at"], key, changed)
    dialect.insert(conn, table, list(fresh.values()))


def unseen(conn: Connection, dialect: Dialect, ids: Collection[int], since: Instant | None) -> set[int]:
    """Those of these resources that are known from then on only. None: all have been seen."""
    if since is None:
        return set()
    rows = dialect.lookup(conn, schema.ownership_spell, ["resource_id", "from_at"], "resource_id", ids)
    return set(ids) - {id_ for id_, from_at in rows if from_at < since}
