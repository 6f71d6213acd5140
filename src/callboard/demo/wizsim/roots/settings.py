"""How anything that is set up is made, changed, taken away, read and listed: the same five calls for every kind."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` and `id` are the schema's

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Project
from callboard.demo.wizsim.context import Request, change_of, not_found
from callboard.demo.wizsim.filters.things import Test, ordered, sift
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.settings import Setting, SettingKind
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

Resolver = Callable[..., Any]

STUB: Final = {"_stub": ""}
"""What a call answers that has nothing to say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What sets one kind of setting apart from the others."""

    kind: SettingKind
    word: str
    """The kind in the names of calls, as in `create…`."""

    scopes: Callable[[str], tuple[str, ...]]
    """What a caller needs to `create`, `update` or `delete` one."""

    payload: str
    """The field of an answer that holds the thing."""

    made: Callable[[Tenant, Mapping[str, Any]], dict[str, Any]]
    """The facts of a new one, checked."""

    changed: Callable[[Tenant, Setting, Mapping[str, Any]], dict[str, Any]]
    """The facts that a change names, checked."""

    kept: Callable[[Tenant, Setting], str | None] = lambda _tenant, _setting: None
    """Why one cannot be taken away, or None."""

    gone: Callable[[Setting], dict[str, Any]] = lambda _setting: STUB
    """The answer when one was taken away."""


def allowed(info: GraphQLResolveInfo[Any], verb: str, resource: str) -> Tenant:
    """The tenant, once it is clear that the caller may do that to such a thing."""
    request: Request = info.context
    request.need(*scoped(resource)(verb))
    return request.tenant


def scoped(resource: str) -> Callable[[str], tuple[str, ...]]:
    """The usual scopes of a resource: one for each verb, and one for all writing."""
    return lambda verb: (f"{verb}:{resource}", f"write:{resource}")


def mutations(desk: Desk) -> dict[str, Resolver]:
    """The three write calls of one kind."""

    def create(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        request: Request = info.context
        request.need(*desk.scopes("create"))
        tenant, now = request.tenant, request.tenant.world.now
        facts = desk.made(tenant, {name: value for name, value in input.items() if value is not None})
        tenant.written += 1
        setting = Setting(
            id=entity_id(tenant.world.seed, "written", desk.kind, tenant.written, version=4),
            kind=desk.kind,
            name=_named(tenant, desk, None, input["name"]),
            facts=facts,
            created_at=now,
            updated_at=now,
        )
        tenant.settings.put(setting)
        return {desk.payload: setting}

    def update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any] | None = None) -> Any:
        request: Request = info.context
        request.need(*desk.scopes("update"))
        tenant = request.tenant
        if input is None:
            raise bad_input("input is required.")
        old = _found(tenant, desk, input["id"], info.field_name)
        change = change_of(input)
        name = _named(tenant, desk, old, change.pop("name")) if "name" in change else old.name
        facts = {**old.facts, **desk.changed(tenant, old, change)}
        tenant.written += 1
        new = replace(old, name=name, facts=facts, updated_at=tenant.world.now)
        tenant.settings.put(new)
        return {desk.payload: new}

    def delete(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        request: Request = info.context
        request.need(*desk.scopes("delete"))
        old = _found(request.tenant, desk, input["id"], info.field_name)
        reason = desk.kept(request.tenant, old)
        if reason is not None:
            raise bad_input(reason)
        request.tenant.settings.drop(old)
        request.tenant.written += 1
        return desk.gone(old)

    return {f"create{desk.word}": create, f"update{desk.word}": update, f"delete{desk.word}": delete}


def _named(tenant: Tenant, desk: Desk, old: Setting | None, name: str | None) -> str:
    if not name:
        raise bad_input("name must not be empty.")
    if any(s.name == name and (old is None or s.id != old.id) for s in tenant.settings.all(desk.kind)):
        raise bad_input(f"The name {name!r} is taken.")
    return name


def _found(tenant: Tenant, desk: Desk, id_: str, field: str) -> Setting:
    setting = tenant.settings.get(desk.kind, id_)
    if setting is None:
        raise not_found(field)
    if setting.builtin:
        raise bad_input(f"{setting.name!r} is built in and cannot be changed.")
    return setting


def lister(
    kind: SettingKind, tests: dict[str, Test], keys: dict[str, Callable[[Setting], Any]] | None = None
) -> Callable[[Tenant, Any, Any], Sequence[Any]]:
    """Lists those of one kind that pass a filter, in the order asked for."""

    def found(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
        return ordered(sift(tenant, tenant.settings.all(kind), tests, filter_by), order, keys or {})

    return found


def by_name(_tenant: Tenant, setting: Setting, text: str) -> bool:
    """A search in names."""
    return text.lower() in setting.name.lower()


def fact(name: str, otherwise: Any = None) -> Resolver:
    """Answers one fact as it was written; absent and null are `otherwise`."""

    def answer(setting: Setting, _tenant: Tenant) -> Any:
        value = setting.facts.get(name)
        return otherwise if value is None else value

    return answer


def projects_of(setting: Setting, tenant: Tenant) -> list[Project] | None:
    """The projects that a setting is kept to; null for all."""
    wanted = setting.facts.get("projects") or ()
    return [p for p in tenant.world.organisation.projects if p.id in wanted] or None


def checked_projects(tenant: Tenant, ids: Iterable[str | None]) -> list[str]:
    """Ids of projects that there are."""
    known = {project.id for project in tenant.world.organisation.projects}
    wanted = [id_ for id_ in ids if id_ and id_ != "*"]
    for id_ in wanted:
        if id_ not in known:
            raise bad_input(f"There is no project {id_!r}.")
    return wanted


BASIC: Final[dict[str, Resolver]] = {
    "id": lambda s, _t: s.id,
    "name": lambda s, _t: s.name,
    "createdAt": lambda s, _t: write(s.created_at),
    "updatedAt": lambda s, _t: write(s.updated_at),
}
"""Answers that all kinds share."""


def only(given: Mapping[str, Any], what: str) -> tuple[str, Any]:
    """The one member of an input that may have exactly one."""
    named = [(name, value) for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise bad_input(f"Exactly one of {what} is required.")
    return named[0]
