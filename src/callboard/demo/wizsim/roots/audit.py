"""The audit log: sign-ins of people, what people decided about issues, and every write call that was made here."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLError

from callboard.demo.company.ids import entity_id
from callboard.demo.company.ledger import ISSUE_REASONS, REJECTED
from callboard.demo.company.values import Person
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.filters.things import Test, sift, within
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.tenant import Deed, ServiceAccount, Tenant

_STATUSES: Final = {"UNAUTHORIZED": "ACCESS_DENIED", "BAD_USER_INPUT": "INVALID"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the audit log."""

    id: str
    at: int
    action: str
    parameters: dict[str, Any]
    status: str
    person: Person | None
    account: ServiceAccount | None
    address: str


_SECRETS: Final = frozenset(
    {
        "clientCertificateAndPrivateKey",
        "clientSecret",
        "password",
        "personalAccessToken",
        "private_key",
        "token",
    }
)


def _covered(value: Any) -> Any:
    """Parameters of a call without the secrets among them."""
    if isinstance(value, dict):
        return {name: "***" if name in _SECRETS and inner else _covered(inner) for name, inner in value.items()}
    return [_covered(inner) for inner in value] if isinstance(value, list) else value


def record(tenant: Tenant, account: ServiceAccount, action: str, parameters: dict[str, Any], status: str) -> None:
    """Note a write call."""
    name = action[0].upper() + action[1:]
    shown = _covered(parameters)
    tenant.deeds.append(Deed(at=tenant.world.now, action=name, parameters=shown, status=status, account=account))


def status_of(error: Exception) -> str:
    """How the log calls a call that failed."""
    code = (error.extensions or {}).get("code", "") if isinstance(error, GraphQLError) else ""
    return _STATUSES.get(code, "FAILED")


def entries(tenant: Tenant) -> list[Entry]:
    """The log, oldest line first."""
    return tenant.remember(("audit log", len(tenant.deeds)), lambda: _entries(tenant))


def _entries(tenant: Tenant) -> list[Entry]:
    seed, ledger = tenant.world.seed, tenant.world.issues
    people = tenant.world.organisation.people
    found: list[Entry] = []

    def add(at: int, action: str, parameters: dict[str, Any], who: Person | ServiceAccount, status: str) -> None:
        found.append(
            Entry(
                id=entity_id(seed, "audit", action, at, len(found), version=4),
                at=at,
                action=action,
                parameters=parameters,
                status=status,
                person=who if isinstance(who, Person) else None,
                account=None if isinstance(who, Person) else who,
                address=f"198.51.100.{1 + sum(who.name.encode()) % 254}",
            )
        )

    for person in people:
        if person.active:
            add(person.last_login_at, "Login", {"email": person.email}, person, "SUCCESS")
    for row, (status, at) in enumerate(zip(ledger.status, ledger.changed, strict=True)):
        if status == REJECTED:
            reason = ISSUE_REASONS[ledger.reason[row]]
            patch = {"status": "REJECTED", "resolutionReason": reason}
            given = {"input": {"id": ledger.ids.of(row), "patch": patch}}
            edit = tenant.edits.get(("issue", row))
            if edit is None or not edit.by_us:
                add(at, "UpdateIssue", given, people[row % len(people)], "SUCCESS")
    for deed in tenant.deeds:
        add(deed.at, deed.action, deed.parameters, deed.account, deed.status)
    found.sort(key=lambda entry: (entry.at, entry.id))
    return found


AUDIT_TESTS: Final[dict[str, Test]] = {
    "actionV2": lambda _t, e, v: e.action in v,
    "search": lambda _t, e, v: v.lower() in f"{e.action} {(e.person or e.account).name}".lower(),
    "status": lambda _t, e, v: e.status in v,
    "sourceIP": lambda _t, e, v: e.address == v,
    "timestamp": lambda t, e, v: within(e.at, v, t),
    "user": lambda _t, e, v: e.person is not None and e.person.id in v,
    "serviceAccount": lambda _t, e, v: e.account is not None and e.account.id in v,
}


def find_entries(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    """Lines of the log, newest first."""
    return sift(tenant, entries(tenant)[::-1], AUDIT_TESTS, filter_by)


AUDIT_FIELDS: Final[Fields] = {
    "AuditLogEntry": {
        "id": lambda e, _t: e.id,
        "action": lambda e, _t: e.action,
        "actionParameters": lambda e, _t: e.parameters,
        "requestId": lambda e, t: entity_id(t.world.seed, "request", e.id, version=4),
        "status": lambda e, _t: e.status,
        "timestamp": lambda e, _t: write(e.at),
        "sourceIP": lambda e, _t: e.address,
        "userAgent": lambda e, _t: "Mozilla/5.0" if e.person else None,
        "user": lambda e, _t: e.person,
        "serviceAccount": lambda e, _t: e.account,
    },
}
