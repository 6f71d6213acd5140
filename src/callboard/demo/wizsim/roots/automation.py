"""Automation rules: made, changed, deleted and read. They are kept as they were written and send nothing."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.filters.things import Test
from callboard.demo.wizsim.roots.settings import (
    BASIC,
    Desk,
    by_name,
    checked_projects,
    fact,
    lister,
    mutations,
    only,
    scoped,
)
from callboard.demo.wizsim.settings import Setting
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

_TEMPLATES: Final = {
    "AWS_SNS": ("awsSNS", "AwsSnsActionTemplateParams", "AWS_SNS"),
    "JIRA_ADD_COMMENT": ("jiraAddComment", "JiraActionAddCommentTemplateParams", "JIRA"),
    "JIRA_CREATE_TICKET": ("jiraCreateTicket", "JiraActionCreateTicketTemplateParams", "JIRA"),
    "JIRA_TRANSITION_TICKET": ("jiraTransitionTicket", "JiraActionTransitionTicketTemplateParams", "JIRA"),
    "SERVICE_NOW_CREATE_TICKET": (
        "serviceNowCreateTicket",
        "ServiceNowActionCreateTicketTemplateParams",
        "SERVICE_NOW",
    ),
    "SERVICE_NOW_UPDATE_TICKET": (
        "serviceNowUpdateTicket",
        "ServiceNowActionUpdateTicketTemplateParams",
        "SERVICE_NOW",
    ),
    "WEBHOOK": ("webhook", "WebhookActionTemplateParams", "WEBHOOK"),
}
"""What an action needs by its template: the parameters as they are sent and answered, and the type of integration."""


def _action(tenant: Tenant, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    template = given["actionTemplateType"]
    if template not in _TEMPLATES:
        raise bad_input(f"The look-alike keeps no actions of type {template}.")
    member, typename, kind = _TEMPLATES[template]
    integration = tenant.settings.get("integration", given["integrationId"])
    if integration is None:
        raise bad_input(f"There is no integration {given['integrationId']!r}.")
    if integration.facts["type"] != kind:
        raise bad_input(f"An action of type {template} needs an integration of type {kind}.")
    name, values = only(given.get("actionTemplateParams") or {}, f"actionTemplateParams.{member}")
    if name != member:
        raise bad_input(f"An action of type {template} needs actionTemplateParams.{member}, not {name}.")
    return {
        "id": given.get("id") or entity_id(tenant.world.seed, "action", tenant.written, number, version=4),
        "actionTemplateType": template,
        "integration": integration.id,
        "actionTemplateParams": {"__typename": typename, **values},
    }


def _checked(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a new rule and a change have in common."""
    facts = {name: given[name] for name in ("description", "enabled", "triggerSource") if name in given}
    if "triggerType" in given:
        if not given["triggerType"]:
            raise bad_input("triggerType must not be empty.")
        facts["triggerType"] = given["triggerType"]
    if "filters" in given:
        if not isinstance(given["filters"], dict | None):
            raise bad_input("filters must be an object.")
        facts["filters"] = given["filters"]
    if "actions" in given:
        facts["actions"] = [_action(tenant, number, action) for number, action in enumerate(given["actions"] or ())]
    return facts


def _made(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    project = checked_projects(tenant, [given.get("projectId")])
    return {"actions": [], "project": next(iter(project), None), **_checked(tenant, given)}


def _changed(tenant: Tenant, _old: Setting, change: Mapping[str, Any]) -> dict[str, Any]:
    return _checked(tenant, change)


AUTOMATION_MUTATIONS: Final = mutations(
    Desk(
        kind="automationRule",
        word="AutomationRule",
        scopes=scoped("automation_rules"),
        payload="automationRule",
        made=_made,
        changed=_changed,
    )
)


def _has(name: str) -> Test:
    return lambda _tenant, rule, wanted: any(action[name] in wanted for action in rule.facts["actions"])


AUTOMATION_TESTS: Final[dict[str, Test]] = {
    "search": by_name,
    "enabled": lambda _t, s, v: s.facts["enabled"] is v,
    "triggerSource": lambda _t, s, v: s.facts["triggerSource"] in v,
    "actionTemplateType": _has("actionTemplateType"),
    "integration": _has("integration"),
}
find_automation_rules = lister("automationRule", AUTOMATION_TESTS)


def _project(rule: Setting, tenant: Tenant) -> Any:
    return next((p for p in tenant.world.organisation.projects if p.id == rule.facts["project"]), None)


AUTOMATION_FIELDS: Final[Fields] = {
    "AutomationRule": {
        **BASIC,
        "description": fact("description"),
        "enabled": fact("enabled"),
        "filters": fact("filters"),
        "triggerSource": fact("triggerSource"),
        "triggerType": fact("triggerType"),
        "actions": fact("actions"),
        "project": _project,
    },
    "AutomationRuleAction": {
        "id": lambda a, _t: a["id"],
        "actionTemplateType": lambda a, _t: a["actionTemplateType"],
        "actionTemplateParams": lambda a, _t: a["actionTemplateParams"],
        "integration": lambda a, t: t.settings.get("integration", a["integration"]),
    },
    "JiraActionAddCommentTemplateParams": {
        "addIssuesReport": lambda p, _t: bool(p.get("addIssuesReport")),
        "comment": lambda p, _t: p["comment"],
        "projectKey": lambda p, _t: p.get("projectKey"),
    },
}
