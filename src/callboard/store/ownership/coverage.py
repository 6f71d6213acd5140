"""What a report on coverage is made of: resources as they were owned at a moment, with what was open on them then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, or_, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.finding import Resource
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.coverage import NEW_DAYS, Cut, Line
from callboard.domain.ownership.verdict import Verdict, Word
from callboard.domain.survival import Lives
from callboard.domain.term import folded
from callboard.store import schema
from callboard.store.contested import disputed, suggested
from callboard.store.ownership.moment import Open, Standing, Subject

r = schema.resource.c


def lines(
    visibility: Visibility, standing: Mapping[int, Standing], open_: Mapping[Subject, Open], base_of: Mapping[int, int],
    signs: Signs | None,
) -> list[Line]:  # fmt: skip
    """Resources with what was open on them. Without `signs` nobody can tell about other evidence."""
    found = []
    everything = isinstance(visibility, Everything)
    for id_, each in standing.items():
        there = open_.get((id_, False))
        if there is None and not everything:
            continue  # a resource of which nothing is in sight
        found.append(
            Line(
                resource_id=id_, verdict=each.verdict, tier=each.tier, findings=there.n if there else 0,
                urgent=there.urgent if there else 0, critical_high=there.severe if there else 0,
                oldest_at=None if there is None or there.oldest_at is None else Instant(there.oldest_at),
                suggested=None if signs is None else each.verdict == Verdict.UNMAPPED and id_ in signs.suggested,
                disputed=None if signs is None else each.verdict == Verdict.MAPPED and id_ in signs.disputed,
                dropped=None if signs is None else id_ in signs.dropped,
            )
        )  # fmt: skip
    for (id_, is_inherited), there in open_.items():
        if is_inherited:
            base = standing[base_of[id_]]
            no = None if signs is None else False
            found.append(
                Line(
                    resource_id=id_, is_inherited=True, verdict=base.verdict, tier=base.tier, findings=there.n,
                    urgent=there.urgent, critical_high=there.severe,
                    oldest_at=None if there.oldest_at is None else Instant(there.oldest_at),
                    suggested=no, disputed=no, dropped=no,
                )
            )  # fmt: skip
    return found


class Signs(msgspec.Struct, frozen=True):
    """Resources about which the evidence that is stored says more than whose they are."""

    suggested: frozenset[int]
    disputed: frozenset[int]
    dropped: frozenset[int]


def signs(conn: Connection) -> Signs:
    """As of now."""
    c = schema.candidate.c
    weak = conn.execute(suggested()).scalars()
    dropped = conn.execute(select(c.resource_id).where(c.dropped.is_not(None)).distinct()).scalars()
    against = conn.execute(disputed()).scalars()
    return Signs(frozenset(weak.all()), frozenset(against.all()), frozenset(dropped.all()))


class Label(NamedTuple):
    """What a resource is counted under."""

    title: str
    value: str | None
    """In the query language. None: it has none of this sort."""


def labels(conn: Connection, cut: Cut, ids: Iterable[int]) -> dict[int, tuple[Label, ...]]:
    """By resource: what it is counted under. A resource in several projects counts under each."""
    wanted = set(ids)
    found: dict[int, tuple[Label, ...]] = {}
    match cut:
        case Cut.SOURCE:
            s = schema.source.c
            rows = conn.execute(select(r.id, s.name).join_from(schema.resource, schema.source, s.id == r.source_id))
            found = {id_: (Label(name, name),) for id_, name in rows}
        case Cut.TYPE:
            found = {id_: (Label(word, word),) for id_, word in conn.execute(select(r.id, r.type))}
        case Cut.ACCOUNT:
            decode = msgspec.msgpack.Decoder(Resource).decode
            accounts: dict[int, str | None] = {}
            called: dict[str | None, str] = {}
            for id_, body in conn.execute(select(r.id, r.body)):
                resource = decode(bytes(body))
                value = resource.account_id or resource.account_name
                accounts[id_] = folded(value) if value else None
                if resource.account_name:
                    called.setdefault(accounts[id_], resource.account_name)
            found = {
                id_: (Label("no account", None) if value is None else Label(called.get(value, value), value),)
                for id_, value in accounts.items()
            }
        case Cut.PROJECT:
            member, project = schema.project_set_member.c, schema.project.c
            names: dict[int, list[Label]] = {}
            for id_, name, external_id in conn.execute(
                select(r.id, project.name, project.external_id)
                .join_from(schema.resource, schema.project_set_member, member.set_id == r.project_set_id)
                .join(schema.project, project.id == member.project_id)
            ):
                names.setdefault(id_, []).append(Label(name, external_id))
            found = {id_: tuple(names.get(id_, (Label("no project", None),))) for id_ in wanted}
        case Cut.SEVERITY:
            found = {}
    return {id_: label for id_, label in found.items() if id_ in wanted}


def words_by_tier(conn: Connection, until: Instant) -> list[tuple[int, bool]]:
    """What people said about evidence of each tier up to a moment and had not taken back, as (tier, it was right)."""
    d = schema.ownership_decision.c
    rows = conn.execute(
        select(d.tier, d.word).where(d.tier.is_not(None), d.at <= until, or_(d.ended_at.is_(None), d.ended_at > until))
    )
    return [(tier, word != Word.NOT_OURS.value) for tier, word in rows]


def waiting(conn: Connection, until: Instant) -> list[Lives]:
    """How long resources that were first seen lately had no owner, up to a moment, in whole days."""
    spell, holding = schema.ownership_spell.c, schema.holding.c
    first = func.min(spell.from_at)
    known = select(spell.resource_id, first).group_by(spell.resource_id)
    known = known.having(first > until - NEW_DAYS * DAY, first <= until)
    mapped = (
        select(spell.resource_id, first)
        .join_from(schema.ownership_spell, schema.holding, holding.id == spell.holding_id)
        .where(holding.verdict == Verdict.MAPPED.value, spell.from_at <= until)
        .group_by(spell.resource_id)
    )
    had_at = {id_: at for id_, at in conn.execute(mapped)}  # noqa: C416 - typed
    counts: Counter[tuple[int, bool]] = Counter()
    for id_, since in conn.execute(known):
        counts[(had_at.get(id_, until) - since) // DAY, id_ in had_at] += 1
    return [Lives(0, days, n, fixed=had) for (days, had), n in counts.items()]


class Unclaimed(msgspec.Struct, frozen=True, kw_only=True):
    """A project that is claimed by nobody, and what in it has no owner for that reason."""

    external_id: str
    name: str
    slug: str | None
    body: bytes
    findings: int
    resources: int
    neighbours: tuple[tuple[int, int], ...]
    """Entities to which other resources in it are routed, with how many."""


def unclaimed(conn: Connection, open_: Mapping[Subject, Open], standing: Mapping[int, Standing]) -> list[Unclaimed]:
    """Projects that hold resources of nobody, those with most open findings first. Folders are left to their projects."""
    member, project, route = schema.project_set_member.c, schema.project.c, schema.holding_route.c
    sets: dict[int, list[int]] = {}
    for set_id, project_id in conn.execute(
        select(member.set_id, member.project_id)
        .join_from(schema.project_set_member, schema.project, project.id == member.project_id)
        .where(project.is_folder.is_(False))
    ):
        sets.setdefault(set_id, []).append(project_id)
    routes: dict[int, list[int]] = {}
    for holding_id, entity_id in conn.execute(select(route.holding_id, route.entity_id)):
        routes.setdefault(holding_id, []).append(entity_id)
    findings: Counter[int] = Counter()
    resources: Counter[int] = Counter()
    near: dict[int, Counter[int]] = defaultdict(Counter)
    for id_, set_id in conn.execute(select(r.id, r.project_set_id)):
        each = standing.get(id_)
        for project_id in sets.get(set_id, ()) if each is not None else ():
            if each is not None and each.verdict == Verdict.UNMAPPED:
                there = open_.get((id_, False))
                findings[project_id] += there.n if there else 0
                resources[project_id] += 1
            elif each is not None and each.verdict == Verdict.MAPPED:
                near[project_id].update(routes.get(each.holding_id, ()))
    wanted = [id_ for id_, _ in sorted(findings.items(), key=lambda item: (-item[1], -resources[item[0]], item[0]))][
        :20
    ]
    rows = conn.execute(select(schema.project).where(project.id.in_(wanted)))
    told = {row.id: row for row in rows}
    return [
        Unclaimed(
            external_id=told[id_].external_id, name=told[id_].name, slug=told[id_].slug, body=bytes(told[id_].body),
            findings=findings[id_], resources=resources[id_], neighbours=tuple(near[id_].most_common(3)),
        )
        for id_ in wanted
    ]  # fmt: skip
