"""Answers of users, identities and service accounts."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Person
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.tenant import Tenant


def _role(p: Person, _t: Tenant) -> dict[str, Any]:
    scoped = p.role.startswith("PROJECT")
    return {
        "id": p.role,
        "name": p.role.replace("_", " ").title(),
        "description": None,
        "builtin": True,
        "isProjectScoped": scoped,
        "scopes": ["read:all"] if p.role == "GLOBAL_ADMIN" else ["read:issues", "write:issue_status"],
    }


def identity_id(person: Person, tenant: Tenant) -> str:
    """The graph identity of a person: what assignees are, and not the same as the portal user (wiz-api.md section 4)."""
    return entity_id(tenant.world.seed, "identity", person.username)


PEOPLE_FIELDS: Final[Fields] = {
    "User": {
        "id": lambda p, t: p.id,
        "name": lambda p, t: p.name,
        "email": lambda p, t: p.email,
        "enabled": lambda p, t: p.active,
        "isSuspended": lambda p, t: not p.active,
        "effectiveRole": _role,
        "role": _role,
        "effectiveAssignedProjects": lambda p, t: None,
        "lastLoginAt": lambda p, t: write(p.last_login_at) if p.active else None,
        "createdAt": lambda p, t: write(p.last_login_at - 300 * 86_400),
        "updatedAt": lambda p, t: write(p.last_login_at),
        "expiresAt": lambda p, t: None,
        "identityProvider": lambda p, t: {"id": "sso", "name": "Company sign-in"},
        "identityProviderType": lambda p, t: "SAML",
        "identityProviderTypeV2": lambda p, t: "SSO",
    },
    "Identity": {
        "id": identity_id,
        "name": lambda p, t: p.name,
        "primaryEmail": lambda p, t: p.email,
        "emails": lambda p, t: [p.email],
        "graphExternalId": lambda p, t: p.email,
    },
    "ServiceAccount": {
        "id": lambda a, t: a.id,
        "name": lambda a, t: a.name,
        "description": lambda a, t: None,
        "clientId": lambda a, t: a.client_id,
        "email": lambda a, t: f"{a.name}@service.invalid",
        "scopes": lambda a, t: t.options.scopes,
        "type": lambda a, t: "THIRD_PARTY",
        "enabled": lambda a, t: True,
        "authenticationSource": lambda a, t: "MODERN",
        "assignedProjects": lambda a, t: None,
        "createdAt": lambda a, t: write(t.world.organisation.now - 300 * 86_400),
        "updatedAt": lambda a, t: write(t.world.organisation.now - 300 * 86_400),
        "lastRotatedAt": lambda a, t: write(t.world.organisation.now - 30 * 86_400),
        "expiresAt": lambda a, t: None,
    },
}
