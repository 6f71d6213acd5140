"""The graph search: a page of what a query means."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from callboard.demo.wizsim.context import Request
from callboard.demo.wizsim.graph import matching
from callboard.demo.wizsim.pages import Page, thing_page


def graph_search(
    _root: object,
    info: GraphQLResolveInfo[Any],
    query: dict[str, Any] | None = None,
    projectId: str | None = None,  # noqa: N803  argument names are the schema's
    first: int | None = None,
    after: str | None = None,
    **_rest: object,
) -> Page:
    """Entities that match the first block of a query."""
    request: Request = info.context
    request.need("read:resources", "read:inventory", "read:issues")
    tenant = request.tenant
    found = matching(tenant, query or {"type": ["ANY"]}, projectId)
    return thing_page(tenant, request.faults, found, first=first, after=after)
