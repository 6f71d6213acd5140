"""Manifests of repositories written down, and given to the components whose folders they lie in.

A lock for several projects is kept whole, and in shares: one for each claimed folder in which it has workspaces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, or_, select

from callboard.domain.forge import GatheredManifest
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import Claim
from callboard.domain.packages.manifest_series import Arrival, Origin, Series
from callboard.domain.packages.workspace import homes, part_of
from callboard.store import evidence, schema
from callboard.store.database import Store
from callboard.store.packages import manifests

m, v, r = schema.manifest.c, schema.manifest_version.c, schema.repository.c


def known_inputs(conn: Connection, keys: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """By repository and path: what each manifest was last read from, of those that are there."""
    query = (
        select(r.key, m.path, m.inputs)
        .join(schema.repository, r.id == m.repository_id)
        .where(m.part == "", m.gone_at.is_(None))
    )
    found: dict[str, dict[str, str]] = {}
    for key, path, inputs in conn.execute(query if keys is None else query.where(r.key.in_(keys))):
        found.setdefault(key, {})[path] = inputs
    return found


def write(conn: Connection, store: Store, key: str, gathered: Iterable[GatheredManifest], *, now: Instant) -> None:
    """The manifests of a repository as they were found. Those that are missing are there no more. Inside `Store.write`."""
    repository_id = conn.execute(select(r.id).where(r.key == key)).scalar_one()
    there = {
        row.path: row.id
        for row in conn.execute(
            select(m.path, m.id).where(m.repository_id == repository_id, m.part == "", m.gone_at.is_(None))
        )
    }
    same: list[int] = []
    for each in gathered:
        series = Series(origin=Origin.REPOSITORY, where=key, path=each.path, repository_id=repository_id)
        if each.problem is not None:
            manifests.note_problem(conn, series, each.problem, inputs=each.inputs, now=now)
        elif each.lock is not None:
            arrival = Arrival(lock=each.lock, at=now, digest=each.digest)
            manifests.take(conn, store.dialect, series, arrival, now=now, inputs=each.inputs)
        else:
            same.append(there[each.path])
        there.pop(each.path, None)
    manifests.refresh(conn, same, now=now)
    manifests.end(conn, store.dialect, there.values(), now=now)
    route(conn, store, (repository_id,), now=now)


def end_strays(conn: Connection, store: Store, *, now: Instant) -> None:
    """Repositories that are gone, or have another name now, hold no manifests any more."""
    is_away = or_(r.gone_at.is_not(None), r.moved_to.is_not(None))
    rows = conn.execute(
        select(m.id).join(schema.repository, r.id == m.repository_id).where(is_away, m.gone_at.is_(None))
    )
    manifests.end(conn, store.dialect, list(rows.scalars()), now=now)


def route(conn: Connection, store: Store, repository_ids: Collection[int] | None, *, now: Instant) -> None:
    """Say which components the manifests of these repositories (None: all) are about, as the catalog claims them now."""
    query = (
        select(m.id, m.path, m.repository_id, r.key)
        .join(schema.repository, r.id == m.repository_id)
        .where(m.part == "", m.gone_at.is_(None))
        .order_by(m.id)
    )
    if repository_ids is not None:
        query = query.where(m.repository_id.in_(sorted(repository_ids)))
    rows = conn.execute(query).all()
    router = _Router(conn, store, now) if rows else None
    for row in rows:
        if router is not None:
            router.route(_Whole(*row))


class _Whole(NamedTuple):
    id: int
    path: str
    repository_id: int
    key: str


class _Router:
    """Gives manifests to components inside one writing transaction."""

    def __init__(self, conn: Connection, store: Store, now: Instant) -> None:
        known = evidence.current(conn, store)
        self._conn = conn
        self._dialect = store.dialect
        self._now = now
        self._folders = known.evidence.claims.folders
        self._ids = known.ids

    def route(self, row: _Whole) -> None:
        """The whole of a manifest, and its shares."""
        claimed = self._folders.get(row.key, {})
        last = self._conn.execute(
            select(v.at, v.digest, v.workspaces)
            .where(v.manifest_id == row.id, v.body.is_not(None)).order_by(v.at.desc()).limit(1)
        ).one_or_none()  # fmt: skip
        inside = [] if last is None else msgspec.json.decode(last.workspaces, type=list[str])
        found = homes(row.path, inside, claimed)
        since = self._now if last is None else Instant(last.at)
        self._hold(row.id, [claim for folder in found.whole for claim in claimed[folder]], since)
        kept = set()
        digest = "" if last is None else last.digest
        for folder, below in sorted(found.shares.items()):
            share = self._share(row, folder, below, digest=f"{digest}/{below}", since=since)
            kept.add(share)
            self._hold(share, claimed[folder], since)
        former = select(m.id).where(
            m.repository_id == row.repository_id, m.path == row.path, m.part != "", m.gone_at.is_(None)
        )
        strays = set(self._conn.execute(former).scalars()) - kept
        manifests.end(self._conn, self._dialect, strays, now=self._now)

    def _share(self, row: _Whole, folder: str, below: str, *, digest: str, since: Instant) -> int:
        """The share of a folder, taken out of the whole where that has changed."""
        series = Series(
            origin=Origin.REPOSITORY, where=row.key, path=row.path, part=folder, repository_id=row.repository_id
        )
        same = select(m.id).where(m.key == series.key, m.inputs == digest, m.gone_at.is_(None))
        known = self._conn.execute(same).scalar_one_or_none()
        if known is None:
            whole = manifests.lock_of(self._conn, row.id)
            if whole is not None:
                arrival = Arrival(lock=part_of(whole, below), at=since, digest=digest)
                manifests.take(self._conn, self._dialect, series, arrival, now=self._now)
            known = manifests.id_of(self._conn, series)
        return int(known or 0)

    def _hold(self, manifest_id: int, claims: Iterable[Claim], since: Instant) -> None:
        ids = {self._ids[claim.entity_ref] for claim in claims if claim.entity_ref in self._ids}
        manifests.hold(self._conn, manifest_id, ids, since=since, now=self._now)
