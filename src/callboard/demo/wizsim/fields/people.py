"""Answers of users, identities and service accounts."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Person, Project
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.settings import SIGN_IN
from callboard.demo.wizsim.tenant import ServiceAccount, Tenant

ROLES: Final = (
    "GLOBAL_ADMIN",
    "GLOBAL_CONTRIBUTOR",
    "GLOBAL_READER",
    "GLOBAL_RESPONDER",
    "PROJECT_ADMIN",
    "PROJECT_CONTRIBUTOR",
    "PROJECT_MEMBER",
    "PROJECT_OWNER",
    "PROJECT_READER",
)
"""What people may be."""


def role(name: str) -> dict[str, Any]:
    """What people of that role may do."""
    return {
        "id": name,
        "name": name.replace("_", " ").title(),
        "description": None,
        "builtin": True,
        "isProjectScoped": name.startswith("PROJECT"),
        "scopes": ["read:all"] if name == "GLOBAL_ADMIN" else ["read:issues", "write:issue_status"],
    }


def _role(p: Person, _t: Tenant) -> dict[str, Any]:
    return role(p.role)


def identity_id(person: Person, tenant: Tenant) -> str:
    """The graph identity of a person: what assignees are, and not the same as the portal user (wiz-api.md section 4)."""
    return entity_id(tenant.world.seed, "identity", person.username)


def _account_projects(account: ServiceAccount, tenant: Tenant) -> list[Project] | None:
    return [p for p in tenant.world.organisation.projects if p.id in account.projects] or None


def _user_projects(person: Person, tenant: Tenant) -> list[Project] | None:
    wanted = tenant.user_projects.get(person.id, ())
    return [p for p in tenant.world.organisation.projects if p.id in wanted] or None


PEOPLE_FIELDS: Final[Fields] = {
    "User": {
        "id": lambda p, _t: p.id,
        "name": lambda p, _t: p.name,
        "email": lambda p, _t: p.email,
        "enabled": lambda p, _t: p.active,
        "isSuspended": lambda p, _t: not p.active,
        "effectiveRole": _role,
        "role": _role,
        "effectiveAssignedProjects": _user_projects,
        "lastLoginAt": lambda p, _t: write(p.last_login_at) if p.active else None,
        "createdAt": lambda p, _t: write(p.last_login_at - 300 * 86_400),
        "updatedAt": lambda p, _t: write(p.last_login_at),
        "expiresAt": lambda _p, _t: None,
        "identityProvider": lambda _p, t: t.settings.get("samlIdentityProvider", SIGN_IN),
        "identityProviderType": lambda _p, _t: "SAML",
        "identityProviderTypeV2": lambda _p, _t: "SSO",
    },
    "Identity": {
        "id": identity_id,
        "name": lambda p, _t: p.name,
        "primaryEmail": lambda p, _t: p.email,
        "emails": lambda p, _t: [p.email],
        "graphExternalId": lambda p, _t: p.email,
    },
    "ServiceAccount": {
        "id": lambda a, _t: a.id,
        "name": lambda a, _t: a.name,
        "description": lambda a, _t: a.description,
        "clientId": lambda a, _t: a.client_id,
        "email": lambda a, _t: f"{a.name}@service.invalid",
        "scopes": lambda a, _t: a.scopes,
        "type": lambda a, _t: a.type,
        "enabled": lambda _a, _t: True,
        "authenticationSource": lambda _a, _t: "MODERN",
        "assignedProjects": _account_projects,
        # The real one is told once, when the account is made; reading it later is what nobody should do.
        "clientSecret": lambda a, t: a.client_secret if t.world.now == a.created_at else "",
        "createdAt": lambda a, _t: write(a.created_at),
        "updatedAt": lambda a, _t: write(a.created_at),
        "lastRotatedAt": lambda a, _t: write(a.rotated_at),
        "expiresAt": lambda a, _t: a.expires_at,
    },
}
