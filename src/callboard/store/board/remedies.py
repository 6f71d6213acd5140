"""What the findings of a bundle ask for, which tells where its upgrade has to go and what it takes in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from callboard.domain.remedy import Remedy
from callboard.store import schema

r = schema.remedy.c

Asked = dict[Remedy, int]
"""Remedy → how many findings ask for it."""


def of_cells(conn: Connection, seen: ColumnElement[bool]) -> dict[int, Asked]:
    """What the findings counted in these cells of `remedy_cell` ask for, by bundle."""
    c = schema.remedy_cell.c
    query = select(c.bundle_id, *REMEDY, func.sum(c.n)).join_from(
        schema.remedy_cell, schema.remedy, r.id == c.remedy_id
    )
    return _by_bundle(conn, query.where(seen).group_by(c.bundle_id, r.id))


def of_findings(conn: Connection, seen: ColumnElement[bool]) -> dict[int, Asked]:
    """What these findings ask for, by bundle."""
    f = schema.finding.c
    query = select(f.bundle_id, *REMEDY, func.count()).join_from(schema.finding, schema.remedy, r.id == f.remedy_id)
    return _by_bundle(conn, query.where(seen).group_by(f.bundle_id, r.id))


REMEDY = (r.package, r.line, r.version, r.rule)
"""The columns of a remedy, in its own order."""


def _by_bundle(conn: Connection, query: Select[Any]) -> dict[int, Asked]:
    found: dict[int, Asked] = {}
    for bundle_id, package, line, version, rule, n in conn.execute(query):
        found.setdefault(bundle_id, {})[Remedy(package, line, version, rule)] = int(n)
    return found
