"""Open findings in heaps that are always together, for the trees of `domain.tree`: of what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from callboard.domain.access import Visibility
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Resource, Severity, State
from callboard.domain.term import ACCOUNT, MOST_CHARACTERS, folded
from callboard.domain.tree import Heaps, ProjectNode
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.store.visible import entity_visible, visible

f, cube, route, entity = schema.finding.c, schema.cube.c, schema.holding_route.c, schema.entity.c


def _heaps(conn: Connection, query: Select[Any]) -> dict[int, dict[Severity, int]]:
    found: dict[int, dict[Severity, int]] = {}
    for heap, severity, n in conn.execute(query):
        if n:
            found.setdefault(int(heap), {})[Severity(severity)] = int(n)
    return found


def of_holdings(conn: Connection, visibility: Visibility) -> Heaps:
    """Heaps by holding, from the counters."""
    return _heaps(
        conn,
        select(cube.holding_id, cube.severity, func.sum(cube.n))
        .where(cube.holding_id > 0, cube.state <= int(State.UNKNOWN), visible(cube.holding_id, visibility))
        .group_by(cube.holding_id, cube.severity),
    )


def routes(conn: Connection, visibility: Visibility) -> dict[EntityRef, set[int]]:
    """The holdings that are routed to each entity that the viewer may know of."""
    found: dict[EntityRef, set[int]] = {}
    for ref, holding_id in conn.execute(
        select(entity.ref, route.holding_id)
        .join_from(schema.entity, schema.holding_route, route.entity_id == entity.id)
        .where(entity_visible(entity.id, visibility), visible(route.holding_id, visibility))
    ):
        found.setdefault(EntityRef(ref), set()).add(int(holding_id))
    return found


def routed(conn: Connection, heaps: Iterable[int]) -> set[int]:
    """Those of these holdings that go to anybody, whether the viewer may know of that component or not."""
    found = set(conn.execute(select(route.holding_id).distinct()).scalars())
    return found.intersection(heaps)


def known(conn: Connection, visibility: Visibility) -> dict[EntityRef, Entity]:
    """The entities of the catalog that the viewer may know of."""
    decode = msgspec.msgpack.Decoder(Entity).decode
    rows = conn.execute(
        select(entity.ref, entity.body).where(entity.gone_at.is_(None), entity_visible(entity.id, visibility))
    )
    return {EntityRef(ref): decode(bytes(body)) for ref, body in rows}


def of_project_sets(conn: Connection, visibility: Visibility) -> tuple[Heaps, dict[str, set[int]]]:
    """Heaps by set of projects, and the sets that each project is in."""
    heaps = _heaps(
        conn,
        select(f.project_set_id, 6 - f.rank, func.count())
        .where(f.closed == 0, visible(f.holding_id, visibility))
        .group_by(f.project_set_id, f.rank),
    )
    member, project = schema.project_set_member.c, schema.project.c
    found: dict[str, set[int]] = {}
    for external_id, set_id in conn.execute(
        select(project.external_id, member.set_id).join_from(
            schema.project, schema.project_set_member, member.project_id == project.id
        )
    ):
        if set_id in heaps:
            found.setdefault(external_id, set()).add(int(set_id))
    return heaps, found


def project_nodes(conn: Connection, seen: Iterable[str]) -> dict[str, ProjectNode]:
    """These projects and the folders around them. Where two sources have one of the same id, the first one told counts."""
    wanted = set(seen)
    project = schema.project.c
    decode = msgspec.msgpack.Decoder(ProjectRecord).decode
    found: dict[str, ProjectNode] = {}
    for external_id, body in conn.execute(select(project.external_id, project.body).order_by(project.id)):
        record = decode(bytes(body))
        found.setdefault(external_id, ProjectNode(external_id, record.name, record.business_unit, record.parent_id))
    around: dict[str, ProjectNode] = {}
    while wanted:
        node = found.get(wanted.pop())
        if node is not None and node.external_id not in around:
            around[node.external_id] = node
            if node.parent_id:
                wanted.add(node.parent_id)
    return around


class Valued(msgspec.Struct, frozen=True):
    """Heaps by what a resource says of itself."""

    heaps: Heaps
    of_value: dict[str, set[int]]
    titles: dict[str, str]
    """Names of values that have another one."""
    outside: set[int]
    """Heaps of resources that do not say."""


def of_terms(conn: Connection, visibility: Visibility, form: str) -> Valued:
    """Heaps by account or region.

    An account has up to two values, its id and its name, so a heap is a pair of them; it is listed by its id, and by its
    name where there is no id.
    """
    term, resource = schema.resource_term.c, schema.resource.c
    pairs = (
        select(term.resource_id.label("id"), func.min(term.value).label("low"), func.max(term.value).label("high"))
        .where(term.form == form)
        .group_by(term.resource_id)
        .subquery("pairs")
    )
    rows = conn.execute(
        select(
            pairs.c.low, pairs.c.high, (6 - f.rank).label("severity"), func.count().label("n"),
            func.min(f.resource_id).label("example"),
        )
        .join_from(schema.finding, pairs, pairs.c.id == f.resource_id, isouter=True)
        .where(f.closed == 0, visible(f.holding_id, visibility))
        .group_by(pairs.c.low, pairs.c.high, f.rank)
        .order_by(pairs.c.low, pairs.c.high, f.rank)
    ).all()  # fmt: skip
    numbers: dict[tuple[str | None, str | None], int] = {}
    examples: dict[int, int] = {}
    heaps: dict[int, dict[Severity, int]] = {}
    for row in rows:
        number = numbers.setdefault((row.low, row.high), len(numbers) + 1)
        heaps.setdefault(number, {})[Severity(row.severity)] = int(row.n)
        examples[number] = int(row.example)
    bodies = dict(conn.execute(select(resource.id, resource.body).where(resource.id.in_(examples.values()))).all())
    decode = msgspec.msgpack.Decoder(Resource).decode
    listed: set[str] = set()
    titles: dict[str, str] = {}
    for pair, number in numbers.items():
        if pair[0] is None:
            continue
        example = decode(bytes(bodies[examples[number]]))
        told = (example.account_id, example.account_name) if form == ACCOUNT else (example.region, None)
        first = next(value for value in pair if value is not None and value == _stored(told[0] or told[1]))
        listed.add(first)
        titles.setdefault(first, (told[1] or told[0] or first) if form == ACCOUNT else first)
    of_value: dict[str, set[int]] = {value: set() for value in listed}
    for pair, number in numbers.items():
        for value in listed.intersection(each for each in pair if each is not None):
            of_value[value].add(number)
    outside = {number for pair, number in numbers.items() if pair[0] is None}
    return Valued(heaps, of_value, titles, outside)


def _stored(value: str | None) -> str:
    """As terms are kept."""
    return folded(value or "")[:MOST_CHARACTERS]
