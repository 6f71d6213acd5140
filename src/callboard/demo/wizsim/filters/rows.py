"""Filters of findings by what their ledger's columns, their resources and their causes say: the same for every kind."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from callboard.demo.company.ledger import Ledger
from callboard.demo.company.pairing import Kind
from callboard.demo.company.values import Project, Resource, Rule, Weakness
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.masks import Mask
from callboard.demo.wizsim.predicates import set_test, tag_test, text_test
from callboard.demo.wizsim.tenant import Tenant

Filter = Callable[[Tenant, Ledger, Any], Mask]


def by_id(kind: Kind) -> Filter:
    """A list of ids; those that nobody has are left out."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_rows(len(ledger), (tenant.find(kind, id_) for id_ in value))

    return mask


def by_resource(keep: Callable[[Resource, Any], object]) -> Filter:
    """A test of the resource that a finding is about."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_resources(ledger, tenant.world.organisation.resources, lambda r: keep(r, value))

    return mask


def by_rule(keep: Callable[[Rule, Any], object]) -> Filter:
    """A test of the rule that raised a finding."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_causes(ledger, tenant.world.organisation.rules, lambda r: keep(r, value))

    return mask


def by_weakness(keep: Callable[[Weakness, Any], object]) -> Filter:
    """A test of the vulnerability that a finding tells of."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_causes(ledger, tenant.world.organisation.weaknesses, lambda w: keep(w, value))

    return mask


def by_code(column: str, words: tuple[Any, ...]) -> Filter:
    """A list of words, for a column that holds their positions."""

    def mask(_tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.codes(getattr(ledger, column), [words.index(word) for word in value if word in words])

    return mask


def by_time(column: str) -> Filter:
    """A date filter on one column."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.times(getattr(ledger, column), value, tenant.world.now)

    return mask


def text(read: Callable[[Any], str | None]) -> Callable[[Any, Any], bool]:
    """A text filter on one value of a thing."""
    return lambda thing, value: text_test(value)(read(thing))


def named(projects: tuple[Project, ...], wanted: set[str]) -> bool:
    """Whether one of the projects is meant by id or slug; `*` means every project."""
    return "*" in wanted or any(p.id in wanted or p.slug in wanted for p in projects)


def among(tests: Iterable[tuple[Any, object]]) -> bool:
    """Whether each value stands in its list of wanted ones; no list lets every value pass."""
    return all(not wanted or held in wanted for wanted, held in tests)


def in_account(resource: Resource, wanted: Any) -> bool:
    """Whether the resource lives in one of the accounts, named by either of their ids."""
    account = resource.account
    return not wanted or (account is not None and bool({account.id, account.external_id} & set(wanted)))


def in_services(resource: Resource, value: Any) -> bool:
    """Whether the resource's services pass a filter on sets of ids."""
    return set_test(value)(s.id for s in resource.services)


def in_environment(resource: Resource, value: dict[str, Any]) -> bool:
    """Whether the resource runs in one of the wanted environments."""
    return not value.get("equals") or resource.environment in value["equals"]


def project_tags(resource: Resource, value: Any) -> bool:
    """Whether one of the resource's projects carries the wanted tags."""
    test = tag_test(value)
    return any(test(p.tags) for p in resource.projects)


def project_impact(resource: Resource, value: Any) -> bool:
    """Whether one of the resource's projects matters as much as wanted."""
    return any(p.impact in value for p in resource.projects)
