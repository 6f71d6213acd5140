"""Which components the catalog held, and whose, kept day by day: what is written when a catalog was read."""

from __future__ import annotations

from sqlalchemy import Connection, select

from callboard.domain.instant import Instant
from callboard.domain.ownership.groups import owner_problem
from callboard.store import evidence, schema
from callboard.store.dialect import Dialect, Row

e, s = schema.entity.c, schema.component_spell.c


def follow(conn: Connection, dialect: Dialect, *, now: Instant) -> None:
    """End what is so no longer, and begin what is so now. Inside `Store.write`, after the reading was written."""
    there = _present(conn)
    open_ = {
        id_: (from_at, (owner_ref, bool(can_act)))
        for id_, from_at, owner_ref, can_act in conn.execute(
            select(s.entity_id, s.from_at, s.owner_ref, s.can_act).where(s.to_at.is_(None))
        )
    }
    over = [(id_, from_at) for id_, (from_at, what) in open_.items() if there.get(id_) != what]
    # What began at this very moment was never so.
    never = [key for key in over if key[1] == now]
    dialect.delete(conn, schema.component_spell, ["entity_id", "from_at"], never)
    ended: list[Row] = [(now, *key) for key in over if key[1] != now]
    dialect.update(conn, schema.component_spell, ["to_at"], ["entity_id", "from_at"], ended)
    begun: list[Row] = [
        (id_, now, None, *what) for id_, what in sorted(there.items()) if id_ not in open_ or open_[id_][1] != what
    ]
    dialect.insert(conn, schema.component_spell, begun)


def _present(conn: Connection) -> dict[int, tuple[str | None, bool]]:
    """By component: who the catalog says owns it, and whether that owner can act."""
    entities = evidence.load_entities(conn)
    rows = conn.execute(select(e.id, e.ref, e.owner_ref).where(e.kind == "component", e.gone_at.is_(None)))
    return {
        id_: (owner_ref, ref in entities and owner_problem(entities[ref], entities) is None)
        for id_, ref, owner_ref in rows
    }
