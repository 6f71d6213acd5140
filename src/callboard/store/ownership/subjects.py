"""Resources as ownership looks at them: their names, projects and tags, and what people said about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from callboard.domain.finding import Resource
from callboard.domain.ownership.claims import Key
from callboard.domain.ownership.subject import subject_of
from callboard.domain.ownership.verdict import Said, Subject, SubjectProject, Word
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.ownership.holdings import Holdings

CHUNK = 2_000
"""Resources decided together."""


def subjects(
    conn: Connection, dialect: Dialect, holdings: Holdings, ids: Sequence[int]
) -> Iterator[list[tuple[int, int, Subject]]]:
    """These resources as ownership looks at them, a chunk at a time, each with the holding that is stored."""
    decode = msgspec.msgpack.Decoder(Resource).decode
    members: dict[int, tuple[SubjectProject, ...]] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        columns = ["id", "holding_id", "project_set_id", "source_id", "body"]
        rows = dialect.lookup(conn, schema.resource, columns, "id", chunk)
        aliases = aliases_of(conn, dialect, chunk)
        members |= project_members(conn, dialect, {row[2] for row in rows} - members.keys())
        said = said_of(conn, dialect, holdings, chunk)
        sources = {row[3]: holdings.source_name(conn, row[3]) for row in rows}
        yield [
            (
                id_,
                holding_id,
                subject_of(
                    decode(body), aliases[id_], members[set_id], source=sources[source_id], said=said.get(id_, ())
                ),
            )
            for id_, holding_id, set_id, source_id, body in rows
        ]


def said_of(
    conn: Connection, dialect: Dialect, holdings: Holdings, resource_ids: Iterable[int]
) -> dict[int, list[Said]]:
    """What people said about these resources and have not taken back."""
    found: dict[int, list[Said]] = {}
    columns = ["resource_id", "entity_id", "word", "actor", "ended_at"]
    for id_, entity_id, word, actor, ended_at in dialect.lookup(
        conn, schema.ownership_decision, columns, "resource_id", resource_ids
    ):
        if ended_at is None:
            found.setdefault(id_, []).append(Said(Word(word), holdings.entity_ref(entity_id), actor))
    return found


def project_members(
    conn: Connection, dialect: Dialect, set_ids: Iterable[int]
) -> dict[int, tuple[SubjectProject, ...]]:
    """What ownership needs of the projects in these sets."""
    found: dict[int, list[SubjectProject]] = {id_: [] for id_ in set_ids}
    links = dialect.lookup(conn, schema.project_set_member, ["set_id", "project_id"], "set_id", list(found))
    projects = {
        row[0]: SubjectProject(row[1], bool(row[2]), row[3])
        for row in dialect.lookup(
            conn,
            schema.project,
            ["id", "external_id", "is_folder", "nesting_level"],
            "id",
            {project_id for _, project_id in links},
        )
    }
    for set_id, project_id in links:
        found[set_id].append(projects[project_id])
    return {set_id: tuple(members) for set_id, members in found.items()}


def aliases_of(conn: Connection, dialect: Dialect, resource_ids: Iterable[int]) -> dict[int, list[Key]]:
    """The names of these resources as (form, value)."""
    found: dict[int, list[Key]] = {id_: [] for id_ in resource_ids}
    for resource_id, form, value in dialect.lookup(
        conn, schema.resource_alias, ["resource_id", "form", "value"], "resource_id", list(found)
    ):
        found[resource_id].append((form, value))
    return found
