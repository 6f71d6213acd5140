"""What one GraphQL request carries along: the tenant, the caller's scopes and the switches of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.tenant import ServiceAccount, Tenant


@dataclass(kw_only=True)
class Request:
    """One request."""

    tenant: Tenant
    scopes: frozenset[str]
    faults: Faults
    account: ServiceAccount
    """Who calls."""

    def need(self, *scopes: str) -> None:
        """Raise unless the caller holds one of the scopes; `read:all` stands for every reading one."""
        held = self.scopes
        if held.intersection(scopes) or ("read:all" in held and all(s.startswith("read:") for s in scopes)):
            return
        # The exact words of the real error are not public (wiz-api.md section 16).
        raise GraphQLError(
            f"access denied, at least one of the following is required: {', '.join(scopes)}",
            extensions={"code": "UNAUTHORIZED"},
        )


def not_found(field: str) -> GraphQLError:
    """The error of an id that does not exist, in the shape of a published sample (wiz-api.md section 2)."""
    message = "Resource not found"
    return GraphQLError(message, extensions={"code": "NOT_FOUND", "exception": {"message": message, "path": [field]}})


def patch_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the patch of an input says; null in a patch says nothing (wiz-api.md section 11)."""
    return {name: value for name, value in (given.get("patch") or {}).items() if value is not None}


def change_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an input changes: its patch, and over it the parts in which null takes away."""
    return {**patch_of(given), **(given.get("patchStrict") or {}), **(given.get("override") or {})}
