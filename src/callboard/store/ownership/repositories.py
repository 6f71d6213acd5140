"""Repositories written down and read again. They hold no finding, so what they tell is not a matter of visibility."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, Table, bindparam, delete, func, insert, select, update

from callboard.domain.alias import REPOSITORY
from callboard.domain.forge import (
    Contribution,
    Facts,
    FoundPlace,
    Head,
    Kept,
    Reading,
    Repository,
    RepositoryLine,
    RepositoryPage,
)
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import canonical
from callboard.domain.ownership.codeowners import CodeOwners, Dialect, Entry
from callboard.domain.packages.manifest_place import ManifestPlace, PlaceKind
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.database import Store, next_id

COMPLETE = "complete"
PARTIAL = "partial"
FAILED = "failed"

GONE_AFTER = 2
"""Complete readings in a row without a repository after which it counts as gone. Nothing of it is deleted."""

NO_SECTION = "No section of the configuration reads it any more."
NOT_FOUND = "The forge knows no such repository, or does not show it to Callboard."

_repo, _owner, _act = schema.repository, schema.code_owner, schema.activity
_place, _kept, _reading = schema.manifest_place, schema.kept_answer, schema.repository_reading


def key_of(host: str, slug: str) -> str:
    """The name by which a repository is found: what claims of the catalog and names of resources say too."""
    return canonical(REPOSITORY, f"{host}/{slug}")


def known(conn: Connection, reader: str | None = None) -> dict[str, Repository]:
    """The repositories of one section, or all, by key."""
    query = select(_repo).order_by(_repo.c.key)
    if reader is not None:
        query = query.where(_repo.c.reader == reader)
    return {row["key"]: _repository(row) for row in conn.execute(query).mappings()}


def slugs_of_catalog(conn: Connection, host: str) -> list[str]:
    """The repositories of a host that catalog entities name, by slug."""
    start = canonical(REPOSITORY, host) + "/"
    claim = schema.claim.c
    values = conn.execute(
        select(claim.value).where(claim.form == REPOSITORY, claim.value.startswith(start, autoescape=True)).distinct()
    )
    return sorted(value.removeprefix(start) for value in values.scalars())


def kept_answers(conn: Connection, reader: str) -> dict[str, Kept]:
    """The answers that need not be sent again, by their address."""
    rows = conn.execute(select(_kept).where(_kept.c.reader == reader))
    return {row.address: Kept(row.etag, bytes(row.body)) for row in rows}


def keep_answers(conn: Connection, store: Store, reader: str, old: Mapping[str, Kept], new: Mapping[str, Kept]) -> None:
    """Bring the kept answers up to date."""
    changed = [address for address in old.keys() | new.keys() if old.get(address) != new.get(address)]
    if not changed:
        return
    wrong = delete(_kept).where(_kept.c.reader == reader, _kept.c.address == bindparam("wrong"))
    conn.execute(wrong, [{"wrong": address} for address in changed])
    rows = [(reader, address, new[address].etag, new[address].body) for address in sorted(changed) if address in new]
    store.dialect.insert(conn, _kept, rows)


def write_facts(
    conn: Connection, store: Store, reader: str, facts: Sequence[Facts], *, promise: str, now: Instant
) -> None:
    """What repositories told. Inside `Store.write`."""
    for each in facts:
        head = each.head
        values = {
            "reader": reader, "host": head.host, "slug": head.slug, "external_id": head.external_id,
            "branch": head.branch, "head": each.commit, "etag": each.etag, "marker": head.marker, "promise": promise,
            "dialect": head.dialect.value, "archived": head.archived, "files": each.files,
            "code_owners_path": each.code_owners_path, "code_owners_blob": each.code_owners_blob, "moved_to": None,
            "missed": 0, "gone_at": None, "read_at": now, "seen_at": now, "problem": each.problem,
        }  # fmt: skip
        id_ = _put(conn, key_of(head.host, head.slug), values)
        if each.code_owners is not None or each.code_owners_path is None:
            _replace(conn, store, schema.code_owner, id_, _owner_rows(id_, each.code_owners))
        if each.contributions is not None:
            rows = [(id_, one.folder, one.who, one.commits, one.last_at) for one in each.contributions]
            _replace(conn, store, schema.activity, id_, rows)
        places = [
            (id_, one.place.path, one.place.kind.value, one.place.ecosystem, one.blob, one.size) for one in each.places
        ]
        _replace(conn, store, schema.manifest_place, id_, places)


def _put(conn: Connection, key: str, values: Mapping[str, object]) -> int:
    found = conn.execute(
        update(_repo).where(_repo.c.key == key).values(**values).returning(_repo.c.id)
    ).scalar_one_or_none()
    if found is not None:
        return int(found)
    id_ = next_id(conn, _repo)
    conn.execute(insert(_repo).values(id=id_, key=key, **values))
    return id_


def _replace(conn: Connection, store: Store, table: Table, id_: int, rows: Sequence[tuple[object, ...]]) -> None:
    conn.execute(delete(table).where(table.c.repository_id == id_))
    store.dialect.insert(conn, table, rows)


def _owner_rows(id_: int, code_owners: CodeOwners | None) -> list[tuple[object, ...]]:
    if code_owners is None:
        return []
    return [
        (id_, each.line, each.pattern, " ".join(each.owners), each.section, each.optional, each.excludes)
        for each in code_owners.entries
    ]


def write_seen(conn: Connection, heads: Iterable[Head], *, now: Instant) -> None:
    """Repositories that were there and as they were."""
    rows = [
        {"the_key": key_of(head.host, head.slug), "marker": head.marker, "archived": head.archived} for head in heads
    ]
    if rows:
        conn.execute(
            update(_repo)
            .where(_repo.c.key == bindparam("the_key"))
            .values(
                marker=bindparam("marker"), archived=bindparam("archived"), seen_at=now, missed=0, gone_at=None,
                moved_to=None,
            ),
            rows,
        )  # fmt: skip


def write_problems(conn: Connection, problems: Mapping[str, str]) -> None:
    """Known repositories that could not be read this time, by key. What was known of them stays."""
    for key, reason in problems.items():
        conn.execute(update(_repo).where(_repo.c.key == key).values(problem=reason, marker=""))


def write_moves(conn: Connection, moves: Mapping[str, str], *, now: Instant) -> None:
    """Names that lead elsewhere: key → the new slug."""
    for key, slug in moves.items():
        conn.execute(update(_repo).where(_repo.c.key == key).values(moved_to=slug, missed=0, seen_at=now))


def write_names(conn: Connection, reader: str, names: Iterable[tuple[str, str, str | None]], *, now: Instant) -> None:
    """Names of the catalog that lead to no repository of that name: (host, slug, where it moved to)."""
    for host, slug, moved_to in names:
        key = key_of(host, slug)
        if conn.execute(select(_repo.c.id).where(_repo.c.key == key)).scalar_one_or_none() is not None:
            continue
        conn.execute(
            insert(_repo).values(
                id=next_id(conn, _repo), key=key, reader=reader, host=host, slug=slug, external_id="", branch="",
                head="", etag=None, marker="", promise="", dialect=Dialect.GITHUB.value, archived=False, files=0,
                code_owners_path=None, code_owners_blob=None, moved_to=moved_to, missed=0, gone_at=None, read_at=None,
                seen_at=now, problem=None if moved_to else NOT_FOUND,
            )
        )  # fmt: skip


def write_missed(conn: Connection, keys: Iterable[str], *, now: Instant) -> int:
    """After a complete reading: repositories that were not there. How many of them count as gone from now on."""
    gone = 0
    for key in keys:
        missed = (
            update(_repo)
            .where(_repo.c.key == key, _repo.c.missed < GONE_AFTER)
            .values(missed=_repo.c.missed + 1)
            .returning(_repo.c.missed)
        )
        if conn.execute(missed).scalar_one_or_none() == GONE_AFTER:
            conn.execute(update(_repo).where(_repo.c.key == key).values(gone_at=now, problem=NOT_FOUND))
            gone += 1
    return gone


def retire(conn: Connection, sections: Collection[str], *, now: Instant) -> int:
    """Repositories whose section is no longer configured count as gone, until another section reads them. How many."""
    left = update(_repo).where(_repo.c.reader.not_in(sections), _repo.c.gone_at.is_(None))
    for table in (_kept, _reading):
        conn.execute(delete(table).where(table.c.reader.not_in(sections)))
    return conn.execute(left.values(gone_at=now, problem=NO_SECTION)).rowcount


def note_reading(conn: Connection, reading: Reading) -> None:
    """How the last reading of a section ended. A reading that is not complete keeps when the last complete one was."""
    old = conn.execute(select(_reading.c.complete_at).where(_reading.c.reader == reading.reader)).scalar_one_or_none()
    conn.execute(delete(_reading).where(_reading.c.reader == reading.reader))
    values = msgspec.structs.asdict(reading)
    values["complete_at"] = reading.complete_at if reading.complete_at is not None else old
    conn.execute(insert(_reading).values(**values))


def readings(conn: Connection) -> dict[str, Reading]:
    """The last reading of each section."""
    return {
        row["reader"]: Reading(**{str(name): value for name, value in row.items()})
        for row in conn.execute(select(_reading).order_by(_reading.c.reader)).mappings()
    }


def lines(conn: Connection) -> list[RepositoryLine]:
    """All repositories with what is known of them, by key."""
    owners = _counts(conn, select(_owner.c.repository_id, func.count()).group_by(_owner.c.repository_id))
    people = _counts(
        conn, select(_act.c.repository_id, func.count(func.distinct(_act.c.who))).group_by(_act.c.repository_id)
    )
    places = _counts(conn, select(_place.c.repository_id, func.count()).group_by(_place.c.repository_id))
    claim = schema.claim.c
    named = _counts(
        conn,
        select(claim.value, func.count(func.distinct(claim.entity_id)))
        .where(claim.form == REPOSITORY)
        .group_by(claim.value),
    )
    return [
        RepositoryLine(
            repository=each,
            code_owner_lines=owners.get(each.id, 0),
            contributors=people.get(each.id, 0),
            manifests=places.get(each.id, 0),
            components=named.get(key, 0),
        )
        for key, each in known(conn).items()
    ]


def _counts(conn: Connection, query: Select[Any]) -> dict[Any, int]:
    return {row[0]: int(row[1]) for row in conn.execute(query)}


def page(conn: Connection, name: str) -> RepositoryPage:
    """Everything about one repository, by `<host>/<slug>` or by slug alone. Raises NotFoundError."""
    wanted = canonical(REPOSITORY, name.strip().strip("/"))
    rows = [
        row
        for row in conn.execute(select(_repo)).mappings()
        if row["key"] == wanted or canonical(REPOSITORY, row["slug"]) == wanted
    ]
    if len(rows) != 1:
        hint = (
            f"There are {len(rows)}: {', '.join(row['key'] for row in rows)}."
            if rows
            else "`callboard repositories list` names them."
        )
        raise NotFoundError(f"{'More than one' if rows else 'No'} repository is called {name!r}.", hint=hint)
    repository = _repository(rows[0])
    claim, entity = schema.claim.c, schema.entity.c
    components = conn.execute(
        select(entity.ref)
        .join(schema.claim, claim.entity_id == entity.id)
        .where(claim.form == REPOSITORY, claim.value == repository.key, entity.gone_at.is_(None))
        .distinct()
        .order_by(entity.ref)
    )
    return RepositoryPage(
        repository=repository,
        code_owners=code_owners_of(conn, repository),
        contributions=contributions_of(conn, repository.id),
        places=_places(conn, repository.id),
        components=tuple(components.scalars()),
    )


def code_owners_of(conn: Connection, repository: Repository) -> CodeOwners | None:
    """The file of one repository. None: it has none."""
    if repository.code_owners_path is None:
        return None
    rows = conn.execute(select(_owner).where(_owner.c.repository_id == repository.id).order_by(_owner.c.line))
    entries = tuple(
        Entry(
            line=row.line,
            pattern=row.pattern,
            owners=tuple(row.owners.split()),
            section=row.section,
            optional=row.optional,
            excludes=row.excludes,
        )
        for row in rows
    )
    return CodeOwners(dialect=repository.dialect, entries=entries)


def contributions_of(conn: Connection, repository_id: int, *, since: Instant | None = None) -> tuple[Contribution, ...]:
    """Who did what in one repository, by folder, the busiest first. `since` leaves out who did nothing after it."""
    query = select(_act).where(_act.c.repository_id == repository_id)
    if since is not None:
        query = query.where(_act.c.last_at >= since)
    rows = conn.execute(query.order_by(_act.c.folder, _act.c.commits.desc(), _act.c.who))
    return tuple(Contribution(who=row.who, folder=row.folder, commits=row.commits, last_at=row.last_at) for row in rows)


def manifest_paths(conn: Connection, repository_id: int) -> list[str]:
    """Where manifests lie in one repository, sorted."""
    query = select(_place.c.path).where(_place.c.repository_id == repository_id).order_by(_place.c.path)
    return list(conn.execute(query).scalars())


def _places(conn: Connection, repository_id: int) -> tuple[FoundPlace, ...]:
    rows = conn.execute(select(_place).where(_place.c.repository_id == repository_id).order_by(_place.c.path))
    return tuple(
        FoundPlace(
            place=ManifestPlace(path=row.path, kind=PlaceKind(row.kind), ecosystem=row.ecosystem),
            blob=row.blob,
            size=row.bytes,
        )
        for row in rows
    )


def _repository(row: RowMapping) -> Repository:
    # Column names come as a kind of text of their own.
    return msgspec.convert({str(name): value for name, value in row.items()}, Repository)
