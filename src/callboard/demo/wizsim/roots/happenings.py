"""The history of issues as events: what the dates of an issue tell, and what write calls added."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.ledger import IN_PROGRESS, REJECTED, RESOLVED
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.context import Request
from callboard.demo.wizsim.filters.rows import named
from callboard.demo.wizsim.pages import Page, thing_page
from callboard.demo.wizsim.tenant import Tenant

Happening = tuple[int, int, str, str]
"""Time, row of the issue, type, message."""

_CHANGES: Final = {
    IN_PROGRESS: "ISSUE_IN_PROGRESS",
    RESOLVED: "ISSUE_RESOLVED_AUTOMATICALLY",
    REJECTED: "ISSUE_IGNORED",
}


def _all(tenant: Tenant) -> list[Happening]:
    ledger = tenant.world.issues
    events: list[Happening] = [(at, row, "ISSUE_CREATED", "") for row, at in enumerate(ledger.created)]
    events += [(at, row, "ISSUE_REOPENED_AUTOMATICALLY", "") for row, at in enumerate(ledger.reopened) if at]
    for row, (at, state) in enumerate(zip(ledger.changed, ledger.status, strict=True)):
        if state in _CHANGES:
            events.append((at, row, _CHANGES[state], ""))
    events += tenant.history
    events.sort()
    return events


def happenings(
    _root: object,
    info: GraphQLResolveInfo[Any],
    filterBy: Any = None,  # noqa: N803  argument names are the schema's
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Page:
    """A page of events, oldest first unless asked otherwise."""
    request: Request = info.context
    request.need("read:issues")
    tenant = request.tenant
    key = ("happenings", repr(filterBy), repr(orderBy))
    found = tenant.remember(key, lambda: _found(tenant, filterBy or {}, orderBy or {}))
    return thing_page(tenant, request.faults, found, first=first, after=after)


def _found(tenant: Tenant, filter_by: dict[str, Any], order_by: dict[str, Any]) -> list[Happening]:
    events = tenant.remember("happenings", lambda: _all(tenant))
    ledger, organisation = tenant.world.issues, tenant.world.organisation
    wanted = {name: value for name, value in filter_by.items() if value}
    if "dateTime" in wanted:
        mask = masks.times([at for at, *_rest in events], wanted["dateTime"], tenant.world.now)
        events = [event for event, keep in zip(events, mask, strict=True) if keep]
    if "eventType" in wanted:
        events = [event for event in events if event[2] in wanted["eventType"]]
    if "issue" in wanted:
        rows = {tenant.find("issue", id_) for id_ in wanted["issue"]}
        events = [event for event in events if event[1] in rows]
    if "severity" in wanted:
        words = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
        events = [event for event in events if words[ledger.severity[event[1]]] in wanted["severity"]]
    if "sourceRule" in wanted:
        events = [e for e in events if organisation.rules[ledger.cause[e[1]]].id in wanted["sourceRule"]]
    if "project" in wanted:
        meant = set(wanted["project"])
        events = [e for e in events if named(organisation.resources[ledger.resource[e[1]]].projects, meant)]
    return events[::-1] if order_by.get("direction") == "DESC" else events


def event_id(event: Happening, tenant: Tenant) -> str:
    """The id of an event."""
    return entity_id(tenant.world.seed, "event", *event, version=4)
