"""Where signs about packages stand: of what is odd about a version, what is news in the manifest that uses it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from callboard.domain.packages.at_registry import came_young
from callboard.domain.packages.package import Package, PackageKey
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.package_signs import Before, File, is_news, odd_files
from callboard.domain.packages.sign import PREFIX, Sign
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.packages import package_files

p, u, v = schema.package.c, schema.package_use.c, schema.manifest_version.c

_ANYWHERE = frozenset({Sign.INTEGRITY.id, Sign.NAME_FREE.id, Sign.NAME_TAKEN.id})
"""Signs that are news wherever the package is used, or that say themselves where."""

Holds = Callable[[Any, Matched], bool]
_Place = tuple[int, PackageKey]
"""A manifest, and the name of a package in it."""


def standing(conn: Connection, dialect: Dialect, rows: Sequence[Any], named: Mapping[int, Package]) -> Holds:
    """Tells of each of these rows (a match, and where it is used) whether it is to be said there.

    What an advisory says holds wherever the version is used, except that one which lists files speaks of those alone.
    """
    files: dict[int, File] = {
        each.id: each
        for several in package_files.of_packages(conn, dialect, {row.package_id for row in rows}).values()
        for each in several
    }
    signs = [row for row in rows if row.advisory.startswith(PREFIX)]
    odd = _odd(conn, dialect, {row.package_id for row in signs if row.advisory == Sign.INTEGRITY.id}, named)
    changes = [row for row in signs if row.advisory not in _ANYWHERE]
    began = _began(conn, {row.manifest_id for row in changes})
    history = _history(conn, {(row.manifest_id, named[row.package_id].key) for row in changes})

    def holds(row: Any, match: Matched) -> bool:  # noqa: ANN401 - rows have no type
        sign = match.sign
        if sign is None:
            return not match.hashes or (
                row.file_id in files and not set(match.hashes).isdisjoint(files[row.file_id].hashes)
            )
        if sign is Sign.INTEGRITY:
            return row.file_id in odd.get(row.package_id, ())
        if row.advisory in _ANYWHERE:
            return True
        if match.young_until is not None:
            return came_young(began[row.manifest_id], row.from_at, match.young_until)
        return is_news(sign, began[row.manifest_id], history[row.manifest_id, named[row.package_id].key])

    return holds


def _odd(
    conn: Connection, dialect: Dialect, package_ids: Collection[int], named: Mapping[int, Package]
) -> dict[int, frozenset[int]]:
    counts = package_files.in_use(conn, package_ids) if package_ids else {}
    return {
        package_id: odd_files(named[package_id], several, counts.get(package_id, {}))
        for package_id, several in package_files.of_packages(conn, dialect, package_ids).items()
    }


def _began(conn: Connection, manifest_ids: Collection[int]) -> dict[int, int]:
    """When each manifest was first known."""
    query = select(v.manifest_id, func.min(v.at)).where(v.manifest_id.in_(sorted(manifest_ids))).group_by(v.manifest_id)
    return dict(tuple(row) for row in conn.execute(query))


def _history(conn: Connection, places: Collection[_Place]) -> dict[_Place, list[Before]]:
    """Every version of these names that these manifests ever used."""
    found: dict[_Place, list[Before]] = {}
    if not places:
        return found
    names = sorted({key[1] for _, key in places})
    ids = {
        row.id: (PackageKey((row.ecosystem, row.key_name)), None if row.runs_code is None else bool(row.runs_code))
        for row in conn.execute(select(p.id, p.ecosystem, p.key_name, p.runs_code).where(p.key_name.in_(names)))
    }
    rows = conn.execute(
        select(u.package_id, u.manifest_id, u.from_at).where(
            u.package_id.in_(sorted(ids)), u.manifest_id.in_(sorted({manifest_id for manifest_id, _ in places}))
        )
    )
    for package_id, manifest_id, at in rows:
        key, runs_code = ids[package_id]
        found.setdefault((manifest_id, key), []).append(Before(at, runs_code))
    return found
