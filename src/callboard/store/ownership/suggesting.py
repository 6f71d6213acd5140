"""What suggestions and evaluations rest on: resources that nobody owns, what is around them, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, and_, func, select

from callboard.domain.access import Visibility
from callboard.domain.alias import (
    KUBERNETES_CLUSTER,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_REPOSITORY,
)
from callboard.domain.component import EntityRef
from callboard.domain.finding import Resource
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import canonical
from callboard.domain.ownership.evaluation import Answer
from callboard.domain.ownership.explanation import Spoken
from callboard.domain.ownership.naming import last_part
from callboard.domain.ownership.sampling import Drawable
from callboard.domain.ownership.suggesting import Place, Unowned
from callboard.domain.ownership.verdict import Verdict
from callboard.domain.term import ACCOUNT, folded
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.ownership.neighbours import Neighbourhood
from callboard.store.ownership.speaking import given_back
from callboard.store.visible import visible

r, f, holding = schema.resource.c, schema.finding.c, schema.holding.c
route, entity = schema.holding_route.c, schema.entity.c


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that nobody owns, and how much waits there."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    """Open findings on it."""
    account: str | None
    """What people call the account that it is in."""
    said: tuple[Spoken, ...]
    """Who said, the newest first, that it is not a component's."""
    unowned: Unowned


def waiting(
    conn: Connection, dialect: Dialect, visibility: Visibility, *, now: Instant, only: Collection[str] | None = None
) -> list[Waiting]:
    """Resources that nobody owns, most open findings first; with `only`, of these external ids.

    `now` says who has worked in a repository lately.
    """
    counted = (
        select(f.resource_id, f.holding_id, func.count().label("n"))
        .where(f.closed == 0)
        .group_by(f.resource_id, f.holding_id)
        .subquery("counted")
    )
    n = func.coalesce(counted.c.n, 0).label("n")
    query = (
        select(r.id, r.external_id, r.body, r.project_set_id, schema.source.c.name.label("source"), n)
        .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
        .join(schema.source, schema.source.c.id == r.source_id)
        .outerjoin(counted, (counted.c.resource_id == r.id) & (counted.c.holding_id == r.holding_id))
        .where(holding.verdict == Verdict.UNMAPPED.value, visible(r.holding_id, visibility))
        .order_by(n.desc(), r.id)
    )
    if only is not None:
        query = query.where(r.external_id.in_(list(only)))
    rows = conn.execute(query).all()
    projects = _projects(conn, dialect, {row.project_set_id for row in rows})
    decode = msgspec.msgpack.Decoder(Resource).decode
    near = Neighbourhood(conn, now=now)
    said = given_back(conn, visibility)
    found = []
    for row in rows:
        resource = decode(bytes(row.body))
        committers = frozenset(each.entity for each in near.of(conn, _code_of(resource)))
        unowned = msgspec.structs.replace(
            _unowned(row.id, resource, projects.get(row.project_set_id, ()), committers),
            denied=frozenset(each.component for each in said.get(row.id, ())),
        )
        found.append(
            Waiting(
                source=row.source, external_id=resource.external_id, name=resource.name, type=resource.type,
                open=int(row.n), account=resource.account_name, said=said.get(row.id, ()),
                unowned=unowned,
            )
        )  # fmt: skip
    return found


def _code_of(resource: Resource) -> list[tuple[str, str]]:
    return [(form, canonical(form, value)) for form, value in resource.aliases if form in (REPOSITORY, REPOSITORY_PATH)]


def _unowned(id_: int, resource: Resource, projects: Sequence[str], committers: frozenset[EntityRef]) -> Unowned:
    names = [resource.name]
    if resource.repository:
        names.append(last_part(resource.repository))
    if resource.provider_id:
        names.append(last_part(resource.provider_id))
    return Unowned(
        id=id_,
        names=tuple(dict.fromkeys(names)),
        places=tuple(places(resource, projects)),
        tags=resource.tags,
        committers=committers,
    )


def places(resource: Resource, projects: Iterable[str]) -> Iterable[Place]:
    """Where a resource stands together with others."""
    spaces = [canonical(form, value) for form, value in resource.aliases if form == KUBERNETES_NAMESPACE]
    clusters = [canonical(form, value) for form, value in resource.aliases if form == KUBERNETES_CLUSTER]
    for space in spaces:
        for cluster in clusters or [""]:
            yield "namespace", f"{cluster}/{space}"
    for project in projects:
        yield "project", project
    account = resource.account_id or resource.account_name
    if account:
        yield "account", folded(account)


def _projects(conn: Connection, dialect: Dialect, sets: Collection[int]) -> dict[int, list[str]]:
    """The projects of each set, without the folders around them."""
    links = dialect.lookup(conn, schema.project_set_member, ["set_id", "project_id"], "set_id", sets)
    ids = {project_id for _, project_id in links}
    rows = dialect.lookup(conn, schema.project, ["id", "external_id", "is_folder"], "id", ids)
    names = {id_: external_id for id_, external_id, is_folder in rows if not is_folder}
    found: dict[int, list[str]] = {}
    for set_id, project_id in sorted(links):
        if project_id in names:
            found.setdefault(set_id, []).append(names[project_id])
    return found


def around(conn: Connection, visibility: Visibility) -> dict[Place, Counter[EntityRef]]:
    """For every place, which components own how many of the mapped resources in it."""
    owned = (
        select(r.id.label("id"), r.project_set_id.label("set_id"), entity.ref.label("ref"))
        .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
        .join(schema.holding_route, route.holding_id == r.holding_id)
        .join(schema.entity, entity.id == route.entity_id)
        .where(holding.verdict == Verdict.MAPPED.value, visible(r.holding_id, visibility))
        .subquery("owned")
    )
    term, member, project = schema.resource_term.c, schema.project_set_member.c, schema.project.c
    space, cluster = schema.resource_alias.alias("space"), schema.resource_alias.alias("cluster")
    in_accounts = (
        select(term.value, owned.c.ref, func.count())
        .join_from(schema.resource_term, owned, owned.c.id == term.resource_id)
        .where(term.form == ACCOUNT)
        .group_by(term.value, owned.c.ref)
    )
    in_projects = (
        select(project.external_id, owned.c.ref, func.count())
        .join_from(schema.project, schema.project_set_member, member.project_id == project.id)
        .join(owned, owned.c.set_id == member.set_id)
        .where(project.is_folder.is_(False))
        .group_by(project.external_id, owned.c.ref)
    )
    in_cluster = and_(cluster.c.resource_id == space.c.resource_id, cluster.c.form == KUBERNETES_CLUSTER)
    in_spaces = (
        select(func.coalesce(cluster.c.value, "") + "/" + space.c.value, owned.c.ref, func.count())
        .join_from(space, owned, owned.c.id == space.c.resource_id)
        .outerjoin(cluster, in_cluster)
        .where(space.c.form == KUBERNETES_NAMESPACE)
        .group_by(cluster.c.value, space.c.value, owned.c.ref)
    )
    found: dict[Place, Counter[EntityRef]] = {}
    for kind, query in (("account", in_accounts), ("project", in_projects), ("namespace", in_spaces)):
        for name, ref, n in conn.execute(query):
            found.setdefault((kind, name), Counter())[EntityRef(ref)] += int(n)
    return found


def drawable(conn: Connection, visibility: Visibility) -> list[Drawable]:
    """Every resource in sight as a person may label it, with how the decision about it ended."""
    spell = schema.ownership_spell.c
    tiers = dict(conn.execute(select(spell.resource_id, spell.tier).where(spell.to_at.is_(None))).all())
    rows = conn.execute(
        select(r.id, r.external_id, r.body, holding.verdict, schema.source.c.name.label("source"))
        .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
        .join(schema.source, schema.source.c.id == r.source_id)
        .where(visible(r.holding_id, visibility))
        .order_by(r.id)
    )
    decode = msgspec.msgpack.Decoder(Resource).decode
    found = []
    for row in rows:
        resource = decode(bytes(row.body))
        ended = f"tier {tiers.get(row.id)}" if row.verdict == Verdict.MAPPED else row.verdict
        found.append(
            Drawable(
                external_id=row.external_id, name=resource.name, type=resource.type, source=row.source,
                account=resource.account_name or resource.account_id or "", ended=ended,
            )
        )  # fmt: skip
    return found


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one resource."""

    external_id: str
    stratum: str
    answer: Answer


def decided(conn: Connection, visibility: Visibility) -> tuple[list[Decided], dict[str, list[str]]]:
    """What was decided about every resource, and the names by which people may call each, as name → external ids.

    A stratum is a source, a type of resource and how the decision ended: by which tier, unmapped or in conflict.
    """
    spell = schema.ownership_spell.c
    tiers = dict(conn.execute(select(spell.resource_id, spell.tier).where(spell.to_at.is_(None))).all())
    routes: dict[int, set[EntityRef]] = {}
    for id_, ref in conn.execute(
        select(route.holding_id, entity.ref).join_from(
            schema.holding_route, schema.entity, entity.id == route.entity_id
        )
    ):
        routes.setdefault(id_, set()).add(EntityRef(ref))
    rows = conn.execute(
        select(r.id, r.external_id, r.type, r.name, r.holding_id, holding.verdict, schema.source.c.name.label("source"))
        .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
        .join(schema.source, schema.source.c.id == r.source_id)
        .where(visible(r.holding_id, visibility))
        .order_by(r.id)
    ).all()
    found = []
    names: dict[str, list[str]] = {}
    external = {}
    for row in rows:
        verdict = Verdict(row.verdict)
        tier = tiers.get(row.id) if verdict is not Verdict.UNMAPPED else None
        ended = f"tier {tier}" if verdict is Verdict.MAPPED else verdict.value
        answer = Answer(routes=frozenset(routes.get(row.holding_id, ())), verdict=verdict, tier=tier)
        stratum = f"{row.source} · {row.type} · {ended}"
        found.append(Decided(external_id=row.external_id, stratum=stratum, answer=answer))
        names.setdefault(row.external_id, []).append(row.external_id)
        external[row.id] = row.external_id
    alias = schema.resource_alias.c
    for value, id_ in conn.execute(select(alias.value, alias.resource_id).where(alias.form.in_(_OWN_NAMES))):
        if id_ in external and external[id_] not in names.setdefault(value, []):
            names[value].append(external[id_])
    return found, names


_OWN_NAMES = (WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY)
"""Forms of names that only one resource has."""
