"""The page of one rule."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.finding import Rule
from callboard.domain.query import OneOf, Query
from callboard.domain.things import Place, RulePage
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.board import sources as source_store
from callboard.store.board import spread
from callboard.store.query.filters import Asking
from callboard.store.visible import has_seen

f, r, s = schema.finding.c, schema.rule.c, schema.source.c


def page(conn: Connection, visibility: Visibility, external_id: str, source: str | None, asking: Asking) -> RulePage:
    """A rule of which a finding is in sight. Raises NotFoundError for any other, known or not."""
    if "\0" in external_id:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    # Each source is asked about, whether or not it knows the rule: see `has_seen`.
    of_source = (r.source_id == s.id) & (r.external_id == external_id)
    rows = [
        row
        for row in conn.execute(
            select(r.id, r.body, s.name).join_from(schema.source, schema.rule, of_source, isouter=True).order_by(s.name)
        ).all()
        if has_seen(conn, visibility, f.rule_id, row.id)
    ]
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
