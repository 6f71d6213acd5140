"""Findings by a text: part of a name or an id of their rule, their resource or their package."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    union,
    union_all,
)

from callboard.domain.query import Match, Text
from callboard.store import schema
from callboard.store.database import once
from callboard.store.dialect import of

f = schema.finding.c

Condition = ColumnElement[bool]

_MOST = 1_000
"""Rules, resources or packages that are looked up one by one; of more, every finding is asked what it is of."""


def named(conn: Connection, term: Text, scope: Condition, *, most: int) -> int:
    """How many findings in a scope a text names; more than `most`: some number above it.

    First it is counted by each column, in one question: its index holds all that a scope asks about, so that no finding is
    looked at. Findings that several columns name are told apart only where no column alone has the answer.
    """
    contains = of(conn).contains
    there: list[Condition] = []
    counts: list[ScalarSelect[int]] = []
    for table, column in _NAMES:
        here = and_(column.in_(select(table.c.id).where(contains(table.c.search, _part(term)))), scope)
        # Where one has too many, the others are not looked at.
        rows = select(literal(1)).select_from(schema.finding).where(here, *(n <= most for n in counts)).limit(most + 1)
        count = select(func.count().label("n")).select_from(rows.subquery())
        counts.append(select(count.cte(f"by_{table.name}").prefix_with("MATERIALIZED").c.n).scalar_subquery())
        there.append(here)
    found = [int(n) for n in conn.execute(select(*counts)).one()]
    if max(found) > most or sum(n > 0 for n in found) <= 1:
        return max(found)
    ids = union(*(select(f.id).where(here) for here, n in zip(there, found, strict=True) if n))
    return int(conn.execute(select(func.count()).select_from(ids.subquery())).scalar_one())


NAMED_BY = (f.rule_id, f.resource_id, f.remedy_id)
"""Columns that tell what a finding is of."""

_NAMES = tuple(zip((schema.rule, schema.resource, schema.remedy), NAMED_BY, strict=True))


def _part(term: Text) -> str:
    return {Match.PART: "{}", Match.PREFIX: " {}", Match.WORD: " {} "}[term.match].format(term.text)


def among(conn: Connection, term: Text, rows: FromClause) -> Condition:
    """The same for rows that were found otherwise, and that have the columns of findings which tell what they are of."""
    contains = of(conn).contains
    parts = (
        rows.c[column.name].in_(select(table.c.id).where(contains(table.c.search, _part(term))))
        for table, column in _NAMES
    )
    clause = or_(false(), *parts)
    return not_(func.coalesce(clause, false())) if term.is_negated else clause


def naming(conn: Connection, term: Text, *, many: bool) -> Condition:
    """Part of a name or an id of a rule, a resource or a package."""
    contains = of(conn).contains
    parts: list[Select[tuple[int]]] = []
    wide: list[Condition] = []
    for table, column in _NAMES:
        wanted = select(table.c.id).where(contains(table.c.search, _part(term)))
        if many:
            # Adding nothing keeps the planner from going from each name to its findings.
            wide.append((column + 0).in_(wanted))
            continue
        query = wanted.limit(_MOST + 1)
        ids = once(conn, f"{table.name}:{_part(term)}", lambda query=query: [row[0] for row in conn.execute(query)])  # type: ignore[misc]
        if len(ids) > _MOST:
            wide.append((column + 0).in_(wanted))
        elif ids:
            parts.append(select(f.id).where(column.in_(ids)))
    # Few names: their findings by index, so that nothing else is looked at.
    narrow = [f.id.in_(union_all(*parts))] if parts else []
    return or_(false(), *narrow, *wide)
