"""What people set up in a tenant: how it reaches clouds, lets people sign in, judges pipelines and tells other systems.

A thing that is set up is kept in the words of the schema; what it refers to stands there by id, and is looked up when
somebody reads it, so that a later change of either shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Organisation

SettingKind = Literal["automationRule", "connector", "integration", "samlIdentityProvider", "scanPolicy"]

SIGN_IN: Final = "sso"
"""The identity provider that the company's people come from."""

TRACKER: Final = "tracker"
"""The integration that opens the company's tickets."""

CONNECTOR_TYPES: Final = {"aws": "AWS", "azure": "Azure", "gcp": "GCP", "github": "GitHub"}
"""What a tenant can be connected to, by the id of the type; values are names of cloud providers."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Setting:
    """One thing that somebody set up."""

    id: str
    kind: SettingKind
    name: str
    facts: Mapping[str, Any]
    """Everything else about it, in the words of the schema."""

    created_at: int
    updated_at: int
    builtin: bool = False
    """Whether the vendor made it, so that nobody may change it."""


class Settings:
    """All of them, by kind and id, in the order in which they were made."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        self._held: dict[tuple[SettingKind, str], Setting] = {(s.kind, s.id): s for s in settings}

    def all(self, kind: SettingKind) -> list[Setting]:
        """Those of one kind."""
        return [setting for (held, _id), setting in self._held.items() if held == kind]

    def get(self, kind: SettingKind, id_: str) -> Setting | None:
        """The one with that id, or None."""
        return self._held.get((kind, id_))

    def put(self, setting: Setting) -> None:
        """Keep a new one, or a changed one in the place of what it was."""
        self._held[setting.kind, setting.id] = setting

    def drop(self, setting: Setting) -> None:
        """Forget one."""
        del self._held[setting.kind, setting.id]


def policy_id(seed: int) -> str:
    """The id of the company's one policy for images."""
    return entity_id(seed, "scan policy")


def connector_id(seed: int, kind: str) -> str:
    """The id of the company's connector of that type."""
    return entity_id(seed, "connector") if kind == "github" else entity_id(seed, "connector", kind)


def first_settings(organisation: Organisation) -> list[Setting]:
    """What the company set up before anybody called."""
    at = organisation.now - 400 * DAY

    def made(kind: SettingKind, id_: str, name: str, facts: Mapping[str, Any], **more: Any) -> Setting:
        return Setting(id=id_, kind=kind, name=name, facts=facts, created_at=at, updated_at=at, **more)

    return [
        *(made("connector", *parts) for parts in _connectors(organisation)),
        made("samlIdentityProvider", SIGN_IN, "Company sign-in", _sign_in(organisation)),
        made(
            "scanPolicy", policy_id(organisation.seed), "No critical vulnerabilities in images", _POLICY, builtin=True
        ),
        made("integration", TRACKER, "Tracker", _tracker(organisation)),
        made("automationRule", entity_id(organisation.seed, "automation"), "Tickets for critical issues", _RULE),
    ]


def _connectors(organisation: Organisation) -> Iterable[tuple[str, str, dict[str, Any]]]:
    seed = organisation.seed
    providers = {account.provider: account for account in reversed(organisation.accounts)}
    for kind, provider in CONNECTOR_TYPES.items():
        account = providers.get(provider)
        if kind != "github" and account is None:
            continue
        number = account.external_id if account else organisation.name
        given: dict[str, dict[str, Any]] = {
            "aws": {"customerRoleARN": f"arn:aws:iam::{number}:role/wiz-reader"},
            "gcp": {"isManagedIdentity": True, "organization_id": hex_name(seed, "organization", length=12)},
        }
        facts = {
            "type": kind,
            "enabled": True,
            "authParams": given.get(kind, {}),
            "extraConfig": None,
            "nonce": entity_id(seed, "external id", kind, version=4),
        }
        yield connector_id(seed, kind), "main" if kind == "github" else f"{organisation.name} on {provider}", facts


def _sign_in(organisation: Organisation) -> dict[str, Any]:
    leaves = {p.component: p.id for p in organisation.projects if p.component}
    groups: list[dict[str, Any]] = [
        {"providerGroupId": "security", "role": "GLOBAL_RESPONDER", "projects": [], "description": "Security"}
    ]
    for team in organisation.teams:
        own = [leaves[c.name] for c in organisation.components if c.team is team and c.name in leaves]
        if own:
            groups.append(
                {"providerGroupId": team.name, "role": "PROJECT_READER", "projects": own, "description": team.title}
            )
    host = f"https://sso.{organisation.host}"
    return {
        "issuerURL": f"{host}/saml",
        "loginURL": f"{host}/saml/login",
        "logoutURL": f"{host}/saml/logout",
        "certificate": "-----BEGIN CERTIFICATE-----\nTm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
        "domains": [organisation.host],
        "useProviderManagedRoles": True,
        "allowManualRoleOverride": False,
        "mergeGroupsMappingByRole": False,
        "groupMapping": groups,
    }


def _tracker(organisation: Organisation) -> dict[str, Any]:
    return {
        "type": "JIRA",
        "projects": [],
        "isAccessibleToAllProjects": True,
        "params": {
            "__typename": "JiraIntegrationParams",
            "url": f"https://tickets.{organisation.host}",
            "serverType": "CLOUD",
            "onPremConfig": {"isOnPrem": False},
            "tlsConfig": None,
            "authorization": {
                "__typename": "JiraIntegrationBasicAuthorization",
                "username": f"wiz@{organisation.host}",
                "password": "",
            },
        },
    }


_POLICY: Final[dict[str, Any]] = {
    "description": "Images with a critical vulnerability that has a fix do not pass.",
    "type": "VULNERABILITIES",
    "default": True,
    "projects": [],
    "policyLifecycleEnforcements": [
        {"enforcementMethod": "AUDIT", "deploymentLifecycle": "CLI"},
        {"enforcementMethod": "AUDIT", "deploymentLifecycle": "ADMISSION_CONTROLLER"},
    ],
    "params": {
        "__typename": "CICDScanPolicyParamsVulnerabilities",
        "severity": "CRITICAL",
        "packageCountThreshold": 1,
        "ignoreUnfixed": True,
        "packageAllowList": [],
    },
}
_RULE: Final[dict[str, Any]] = {
    "description": "Opens a ticket for every critical issue.",
    "enabled": True,
    "triggerSource": "ISSUES",
    "triggerType": ["CREATED", "REOPENED"],
    "filters": {"severity": ["CRITICAL"]},
    "project": None,
    "actions": [
        {
            "id": "open-a-ticket",
            "actionTemplateType": "JIRA_CREATE_TICKET",
            "integration": TRACKER,
            "actionTemplateParams": {
                "__typename": "JiraActionCreateTicketTemplateParams",
                "fields": {
                    "project": "OPS",
                    "issueType": "Task",
                    "summary": "Wiz: {{issue.control.name}}",
                    "description": "{{issue.description}}",
                    "labels": ["wiz"],
                },
            },
        }
    ],
}
