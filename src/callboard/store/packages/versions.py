"""Package versions, each stored once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from callboard.domain.packages.package import Package
from callboard.domain.packages.purl import read_purl
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row

COLUMNS = ("id", "purl", "ecosystem", "name", "version")
"""What a package is made of again."""


def ensure(conn: Connection, dialect: Dialect, packages: Iterable[Package]) -> dict[Package, int]:
    """The ids of these packages; those that were never seen are written. Inside `Store.write`."""
    named: dict[str, list[Package]] = {}
    for each in packages:
        named.setdefault(each.named, []).append(each)
    known: dict[str, int] = dict(
        tuple(row) for row in dialect.lookup(conn, schema.package, ["purl", "id"], "purl", list(named))
    )
    new: list[Row] = []
    free = next_id(conn, schema.package)
    for purl, same in named.items():
        if purl not in known:
            first = same[0]
            known[purl] = free + len(new)
            new.append((known[purl], purl, first.ecosystem, first.name, first.key[1], first.version, None, None))
    dialect.insert(conn, schema.package, new)
    return {each: known[purl] for purl, same in named.items() for each in same}


def read(row: Any) -> Package:  # noqa: ANN401 - rows have no type
    """The package of a row with `COLUMNS`."""
    _, purl, ecosystem, name, version = row
    if "?" in purl or "#" in purl:
        parts = read_purl(purl)
        return Package(
            ecosystem=ecosystem, name=name, version=version, qualifiers=parts.qualifiers, subpath=parts.subpath
        )
    return Package(ecosystem=ecosystem, name=name, version=version)


def of_ids(conn: Connection, dialect: Dialect, ids: Iterable[int]) -> Mapping[int, Package]:
    """The packages with these ids."""
    return {row[0]: read(row) for row in dialect.lookup(conn, schema.package, list(COLUMNS), "id", set(ids))}
