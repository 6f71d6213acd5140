"""In which files bills that were handed in say that packages stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete

from callboard.domain.packages.manifest_use import Use
from callboard.domain.packages.package import Package
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.packages import versions as packages

t = schema.package_place.c


def keep(conn: Connection, dialect: Dialect, manifest_id: int, uses: Mapping[Package, Use]) -> None:
    """Write what the newest bill of a series says, in place of what the one before said. Inside `Store.write`."""
    told = {package: use.found_in for package, use in uses.items() if use.found_in}
    conn.execute(delete(schema.package_place).where(t.manifest_id == manifest_id))
    ids = packages.ensure(conn, dialect, told)
    dialect.insert(conn, schema.package_place, [(manifest_id, ids[package], file) for package, file in told.items()])


def of(conn: Connection, dialect: Dialect, uses: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The files of these uses, by manifest and package, where one is told."""
    wanted = set(uses)
    columns = ["manifest_id", "package_id", "found_in"]
    rows = dialect.lookup(conn, schema.package_place, columns, "package_id", {package for _, package in wanted})
    return {(manifest, package): file for manifest, package, file in rows if (manifest, package) in wanted}
