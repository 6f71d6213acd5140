"""The files that versions of packages come as, and whether they run code when they are installed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, func, select, update

from callboard.domain.packages.manifest_use import Use, uses_of
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_signs import File
from callboard.store import evidence, schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.packages import versions as packages
from callboard.store.packages.manifest_bodies import unpacked
from callboard.store.schema import NEVER

f, p, u, v = schema.package_file.c, schema.package.c, schema.package_use.c, schema.manifest_version.c

_WANTED = "package-files-wanted"
"""What is kept in `meta` while manifests that were taken in before files were kept have not been looked at."""


def ensure(
    conn: Connection, dialect: Dialect, uses: Mapping[Package, Use], ids: Mapping[Package, int]
) -> dict[int, int]:
    """Package → file of these uses; what is new is written. Inside `Store.write`.

    A package of which something new is told is looked up again by whoever matches: what was known of it may not be all.
    """
    known: dict[tuple[int, str, bool], int] = {
        (package_id, hashes, bool(is_handed_out)): id_
        for id_, package_id, hashes, is_handed_out in dialect.lookup(
            conn, schema.package_file, ["id", "package_id", "hashes", "is_handed_out"], "package_id",
            {ids[package] for package, use in uses.items() if use.hashes},
        )
    }  # fmt: skip
    new: list[Row] = []
    found: dict[int, int] = {}
    free = next_id(conn, schema.package_file)
    for package, use in uses.items():
        if use.hashes:
            key = (ids[package], " ".join(use.hashes), use.is_handed_out)
            if key not in known:
                known[key] = free + len(new)
                new.append((known[key], key[0], key[1], int(key[2])))
            found[key[0]] = known[key]
    dialect.insert(conn, schema.package_file, new)
    news = {row[1] for row in new} | _note_code(conn, dialect, uses, ids)
    dialect.update(conn, schema.package, ["judged"], ["id"], [(None, each) for each in sorted(news)])
    return found


def _note_code(conn: Connection, dialect: Dialect, uses: Mapping[Package, Use], ids: Mapping[Package, int]) -> set[int]:
    """Where manifests differ about a version, it runs code: one that does not tell it has looked less closely."""
    told = {ids[package]: use.install_script for package, use in uses.items() if use.install_script is not None}
    stored = dict(tuple(row) for row in dialect.lookup(conn, schema.package, ["id", "runs_code"], "id", told))
    news = {id_: runs for id_, runs in told.items() if stored[id_] is None or (runs and not stored[id_])}
    dialect.update(conn, schema.package, ["runs_code"], ["id"], [(int(runs), id_) for id_, runs in news.items()])
    return {id_ for id_, runs in news.items() if runs}


def of_packages(conn: Connection, dialect: Dialect, package_ids: Collection[int]) -> dict[int, list[File]]:
    """The files of these packages."""
    found: dict[int, list[File]] = {}
    columns = ["package_id", "id", "hashes", "is_handed_out"]
    for package_id, id_, hashes, is_handed_out in dialect.lookup(
        conn, schema.package_file, columns, "package_id", package_ids
    ):
        found.setdefault(package_id, []).append(File(id_, tuple(hashes.split(" ")), bool(is_handed_out)))
    return found


def in_use(conn: Connection, package_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Package → file → how many manifests have it now."""
    found: dict[int, dict[int, int]] = {}
    rows = conn.execute(
        select(u.package_id, u.file_id, func.count())
        .where(u.package_id.in_(sorted(package_ids)), u.until_at == NEVER, u.file_id.is_not(None))
        .group_by(u.package_id, u.file_id)
    )
    for package_id, file_id, count in rows:
        found.setdefault(package_id, {})[file_id] = count
    return found


def is_behind(conn: Connection) -> bool:
    """Whether there are manifests that were taken in before files were kept."""
    return bool(evidence.remembered(conn, _WANTED))


def catch_up(conn: Connection, dialect: Dialect) -> int:
    """Look once at manifests that were taken in before files were kept. Inside `Store.write`. Returns how many."""
    waiting = conn.execute(select(v.id, v.manifest_id).where(v.body.is_not(None)).order_by(v.id)).all()
    for version_id, manifest_id in waiting:
        body = conn.execute(select(v.body).where(v.id == version_id)).scalar_one()
        uses = uses_of(unpacked(bytes(body)))
        ids = packages.ensure(conn, dialect, uses)
        for package_id, file_id in ensure(conn, dialect, uses, ids).items():
            row = and_(u.package_id == package_id, u.manifest_id == manifest_id, u.until_at == NEVER)
            conn.execute(update(schema.package_use).where(row).values(file_id=file_id))
    evidence.remember(conn, _WANTED, "")
    return len(waiting)
