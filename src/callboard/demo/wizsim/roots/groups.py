"""Issues grouped by what they share: project, resource, rule, subscription, service, cluster or namespace."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.context import Request
from callboard.demo.wizsim.pages import Page, finding_page, thing_page
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import find

_KEYS: Final[dict[str, Callable[[Resource, Tenant], Iterable[str]]]] = {
    "PROJECT": lambda r, _t: [p.id for p in r.projects],
    "RESOURCE": lambda r, _t: [r.id],
    "SUBSCRIPTION": lambda r, _t: [r.account.id] if r.account else [],
    "CONTAINER_SERVICE": lambda r, t: [entity_id(t.world.seed, "deployment", r.name)] if r.namespace else [],
    "KUBERNETES_CLUSTER": lambda r, t: [entity_id(t.world.seed, "cluster", r.cluster)] if r.cluster else [],
    "KUBERNETES_NAMESPACE": lambda r, _t: [r.namespace] if r.namespace else [],
}
_NARROW: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "PROJECT": lambda key: {"project": [key]},
    "RESOURCE": lambda key: {"relatedEntity": {"ids": [key]}},
    "SUBSCRIPTION": lambda key: {"relatedEntity": {"subscriptionId": [key]}},
    "SOURCE_RULE": lambda key: {"sourceRule": {"id": [key]}},
    "KUBERNETES_NAMESPACE": lambda key: {"relatedEntity": {"kubernetesNamespaceName": [key]}},
}


class Group:
    """One group: its key and the filter that its issues share."""

    __slots__ = ("count", "filter_by", "group_by", "key", "worst")

    def __init__(self, key: str, group_by: str, filter_by: dict[str, Any]) -> None:
        self.key, self.group_by, self.filter_by = key, group_by, filter_by
        self.count = 0
        self.worst = 0


def group_issues(
    _root: object,
    info: GraphQLResolveInfo[Any],
    *,
    groupBy: str,  # noqa: N803  argument names are the schema's
    filterBy: Any = None,  # noqa: N803
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Page:
    """A page of groups; `totalCount` is the number of groups."""
    request: Request = info.context
    request.need("read:issues")
    tenant = request.tenant
    key = ("groups", groupBy, repr(filterBy), repr(orderBy))
    groups = tenant.remember(key, lambda: _groups(tenant, groupBy, filterBy or {}, orderBy or {}))
    return thing_page(tenant, request.faults, groups, first=first, after=after)


def _groups(tenant: Tenant, group_by: str, filter_by: dict[str, Any], order_by: dict[str, Any]) -> list[Group]:
    found = find(tenant, "issue", filter_by, None)
    organisation, ledger = tenant.world.organisation, found.ledger
    groups: dict[str, Group] = {}
    for row in found.rows:
        if group_by == "SOURCE_RULE":
            keys: Iterable[str] = (organisation.rules[ledger.cause[row]].id,)
        else:
            keys = _KEYS[group_by](organisation.resources[ledger.resource[row]], tenant)
        for key in keys:
            group = groups.get(key)
            if group is None:
                group = groups[key] = Group(key, group_by, filter_by)
            group.count += 1
            group.worst = max(group.worst, ledger.severity[row])
    listed = list(groups.values())
    field = order_by.get("field")
    if field:
        by_count = field in ("ISSUE_COUNT", "SECURITY_SCORE_IMPACT")
        listed.sort(key=lambda g: g.count if by_count else g.worst, reverse=order_by.get("direction") == "DESC")
    return listed


def issues_of_group(
    group: Group,
    tenant: Tenant,
    *,
    faults: Any,
    filter_by: Any = None,
    order_by: Any = None,
    first: Any = None,
    after: Any = None,
) -> Page:
    """The issues of one group."""
    narrow = _NARROW.get(group.group_by)
    merged = {**group.filter_by, **(filter_by or {})}
    if narrow is not None:
        for name, value in narrow(group.key).items():
            held = merged.get(name)
            merged[name] = {**held, **value} if isinstance(held, dict) and isinstance(value, dict) else value
    return finding_page(tenant, faults, "issue", filter_by=merged, order_by=order_by, first=first, after=after)
