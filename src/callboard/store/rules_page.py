"""The page of one rule."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, exists, select

from callboard.domain.access import Visibility
from callboard.domain.finding import Rule
from callboard.domain.query import OneOf, Query
from callboard.domain.things import Place, RulePage
from callboard.errors import NotFoundError
from callboard.store import schema, spread
from callboard.store import sources as source_store
from callboard.store.filters import Asking
from callboard.store.visible import visible

f, r, s = schema.finding.c, schema.rule.c, schema.source.c


def page(conn: Connection, visibility: Visibility, external_id: str, source: str | None, asking: Asking) -> RulePage:
    """A rule of which a finding is in sight. Raises NotFoundError for any other, known or not."""
    if "\0" in external_id:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    seen = exists(select(f.id).where(f.rule_id == r.id, visible(f.holding_id, visibility)))
    rows = conn.execute(
        select(r.body, s.name)
        .join_from(schema.rule, schema.source, s.id == r.source_id)
        .where(r.external_id == external_id, seen)
        .order_by(s.name)
    ).all()
    row = next((row for row in rows if source is None or row.name == source), None)
    if row is None:
        raise NotFoundError
    about = Query((OneOf("rule", (external_id,)), OneOf("source", (row.name,))))
    health = source_store.health(conn, visibility, now=asking.now)
    return RulePage(
        rule=msgspec.msgpack.decode(bytes(row.body), type=Rule),
        source=next(each for each in health if each.name == row.name),
        others=tuple(Place(external_id, other.name) for other in rows if other.name != row.name),
        spread=spread.spread(conn, visibility, about, asking),
        components=spread.by_component(conn, visibility, about, asking),
    )
