"""What the findings of a bundle ask for, which tells where its upgrade has to go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from callboard.domain.bundle import Remedy
from callboard.store import schema


def of_cells(conn: Connection, seen: ColumnElement[bool]) -> dict[int, list[Remedy]]:
    """What the findings counted in these cells of `remedy_cell` ask for, by bundle."""
    c, r = schema.remedy_cell.c, schema.remedy.c
    query = select(c.bundle_id, r.package, r.line, r.version).join_from(
        schema.remedy_cell, schema.remedy, r.id == c.remedy_id
    )
    return _by_bundle(conn.execute(query.where(seen).distinct()).all())


def of_findings(conn: Connection, seen: ColumnElement[bool]) -> dict[int, list[Remedy]]:
    """What these findings ask for, by bundle."""
    f, r = schema.finding.c, schema.remedy.c
    query = select(f.bundle_id, r.package, r.line, r.version).join_from(
        schema.finding, schema.remedy, r.id == f.remedy_id
    )
    return _by_bundle(conn.execute(query.where(seen).distinct()).all())


def _by_bundle(rows: Sequence[Sequence[str | int]]) -> dict[int, list[Remedy]]:
    found: dict[int, list[Remedy]] = {}
    for bundle_id, package, line, version in rows:
        found.setdefault(int(bundle_id), []).append(Remedy(str(package), str(line), str(version)))
    return found
