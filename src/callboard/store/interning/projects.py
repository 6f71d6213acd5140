"""The projects of one source, and the sets of them that findings are in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.finding import Project
from callboard.domain.ownership.verdict import SubjectProject
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.told import BY_OBJECT
from callboard.store.ownership import subjects

Projects = tuple[Project, ...]


class ProjectSets:
    """The projects of one source, and the sets of them that findings are in."""

    def __init__(self, dialect: Dialect, source_id: int) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._projects: dict[str, int] = {}
        self._by_object: dict[int, tuple[Projects, int]] = {}
        self._by_key: dict[tuple[str, ...], int] = {}
        self._members: dict[int, tuple[SubjectProject, ...]] = {}

    def set_of(self, conn: Connection, projects: Projects) -> int:
        """The id of this set of projects."""
        entry = self._by_object.get(id(projects))
        if entry is not None and entry[0] is projects:
            return entry[1]
        if len(self._by_object) > BY_OBJECT:
            self._by_object.clear()
        key = tuple(sorted({project.external_id for project in projects}))
        found = self._by_key.get(key)
        if found is None:
            found = self._find_or_make(conn, key, projects)
            self._by_key[key] = found
        self._by_object[id(projects)] = (projects, found)
        return found

    def _find_or_make(self, conn: Connection, key: tuple[str, ...], projects: Projects) -> int:
        text = msgspec.json.encode(key).decode()
        table = schema.project_set
        found = conn.execute(
            select(table.c.id).where(table.c.source_id == self._source_id, table.c.key == text)
        ).scalar_one_or_none()
        if found is not None:
            return int(found)
        made = next_id(conn, table)
        ids = self._ids(conn, {project.external_id: project for project in projects})
        self._dialect.insert(conn, table, [(made, self._source_id, text)])
        self._dialect.insert(conn, schema.project_set_member, [(made, id_) for id_ in sorted(ids)])
        return made

    def _ids(self, conn: Connection, projects: dict[str, Project]) -> list[int]:
        """Ids of projects that a finding mentions; one that no listing has told yet is made from the mention."""
        unsure = [external_id for external_id in projects if external_id not in self._projects]
        columns = ["external_id", "id"]
        rows = self._dialect.lookup(
            conn, schema.project, columns, "external_id", unsure, within=("source_id", self._source_id)
        )
        self._projects.update((row[0], row[1]) for row in rows)
        new: list[Row] = []
        free = next_id(conn, schema.project)
        for external_id in unsure:
            if external_id in self._projects:
                continue
            project = projects[external_id]
            record = ProjectRecord(
                external_id=external_id,
                name=project.name,
                slug=project.slug,
                is_folder=bool(project.is_folder),
                business_unit=project.business_unit,
                business_impact=project.business_impact,
            )
            body = msgspec.msgpack.encode(record)
            new.append((free, self._source_id, external_id, record.name, record.slug, record.is_folder, 0, False, body))
            self._projects[external_id] = free
            free += 1
        self._dialect.insert(conn, schema.project, new)
        return [self._projects[external_id] for external_id in projects]

    def members(self, conn: Connection, set_id: int) -> tuple[SubjectProject, ...]:
        """What ownership needs of the projects in a set."""
        found = self._members.get(set_id)
        if found is None:
            found = subjects.project_members(conn, self._dialect, [set_id])[set_id]
            self._members[set_id] = found
        return found

    def told_of(self, conn: Connection, set_id: int) -> Projects:
        """The projects of a set, as far as they make one."""
        member, project = schema.project_set_member, schema.project
        rows = conn.execute(
            select(project.c.external_id, project.c.name)
            .join(member, member.c.project_id == project.c.id)
            .where(member.c.set_id == set_id)
            .order_by(project.c.external_id)
        )
        return tuple(Project(external_id=row.external_id, name=row.name) for row in rows)

    def words(self, conn: Connection, set_id: int) -> str:
        """The projects of a set by name, for the history."""
        member, project = schema.project_set_member, schema.project
        names = conn.execute(
            select(project.c.name).join(member, member.c.project_id == project.c.id).where(member.c.set_id == set_id)
        ).scalars()
        return ", ".join(sorted(names)) or "no project"

    def write_listing(self, conn: Connection, records: Sequence[ProjectRecord]) -> tuple[int, list[int]]:
        """Projects as their own listing tells them: how many are new or changed, and ids whose place in folders changed."""
        columns = ["external_id", "id", "body", "is_folder", "nesting_level", "listed"]
        wanted = [record.external_id for record in records]
        rows = self._dialect.lookup(
            conn, schema.project, columns, "external_id", wanted, within=("source_id", self._source_id)
        )
        stored = {row[0]: row[1:] for row in rows}
        new: list[Row] = []
        changed: list[Row] = []
        moved: list[int] = []
        free = next_id(conn, schema.project)
        for record in {record.external_id: record for record in records}.values():
            body = msgspec.msgpack.encode(record)
            values = (record.name, record.slug, record.is_folder, record.nesting_level, True, body)
            row = stored.get(record.external_id)
            if row is None:
                new.append((free, self._source_id, record.external_id, *values))
                free += 1
            elif bytes(row[1]) != body or not row[4]:
                changed.append((*values, row[0]))
                if (bool(row[2]), row[3]) != (record.is_folder, record.nesting_level):
                    moved.append(row[0])
        self._dialect.insert(conn, schema.project, new)
        fields = ["name", "slug", "is_folder", "nesting_level", "listed", "body"]
        self._dialect.update(conn, schema.project, fields, ["id"], changed)
        if moved:
            self._members.clear()
        return len(new) + len(changed), moved


def joined(one: Projects, other: Projects) -> Projects:
    """Both sets together, in one order whichever comes first."""
    if one == other:
        return one
    together = {project.external_id: project for project in (*one, *other)}
    return tuple(together[key] for key in sorted(together))
