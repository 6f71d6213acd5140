"""One cloud event as a whole: what happened, who did it, on what, and the log line it was read from."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Resource, Rule
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats import delivery, runtime
from callboard.demo.wizsim.threats.actors import actor, address, address_facts, event_resource, is_runtime
from callboard.demo.wizsim.threats.detections import Detection

_LOGS: Final = {"AWS": "AWS_CLOUDTRAIL", "Azure": "AZURE_ACTIVITY_LOGS", "GCP": "GCP_AUDIT_LOGS"}
_CALLS: Final = {
    "ACCESS_ROLE": ("AssumeRole", "AUTHENTICATION"),
    "BUCKET": ("GetObject", "DATA_ACCESS"),
}
"""The call that the cloud logged, and its category, by the type of the resource."""

SENSOR_TYPES: Final = frozenset({"VIRTUAL_MACHINE", "CONTAINER", "SERVERLESS"})


def origin(resource: Resource) -> str:
    """Which log the events of a resource come from."""
    return "WIZ_SENSOR" if is_runtime(resource) else _LOGS.get(resource.platform, "WIZ_AUDIT_LOGS")


def rule_origins(rule: Rule) -> list[str]:
    """Which logs a rule reads."""
    return ["WIZ_SENSOR"] if SENSOR_TYPES & set(rule.applies_to) else list(_LOGS.values())


def event_name(detection: Detection) -> str:
    """What the log calls it."""
    if is_runtime(detection.resource):
        return "ProcessStart" if detection.resource.type == "CONTAINER" else "NetworkConnect"
    return _CALLS.get(detection.resource.type, ("ConsoleLogin", "AUTHENTICATION"))[0]


def _raw(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    who = actor(detection, tenant)
    return {
        "eventName": event_name(detection),
        "eventTime": write(detection.at),
        "sourceIPAddress": address(detection),
        "userAgent": who["userAgent"],
        "userIdentity": {"type": who["type"], "userName": who["name"]},
        "region": detection.resource.region,
        "resource": detection.resource.external_id,
    }


def _event(detection: Detection, tenant: Tenant, mark: str, **more: Any) -> dict[str, Any]:
    event = {
        "__typename": "CloudEvent",
        "id": entity_id(tenant.world.seed, "cloud event", detection.id, mark),
        "category": "DETECTION",
        "description": f"{event_name(detection)} on {detection.resource.name}",
        "externalName": event_name(detection),
        "name": event_name(detection),
        "source": origin(detection.resource).lower(),
        "cloudProviderUrl": detection.resource.url or "",
        "resources": [event_resource(detection.resource, tenant)],
        "kind": "CLOUD_AUDIT_LOG",
        "origin": origin(detection.resource),
        "cloudPlatform": detection.resource.platform,
        "status": "SUCCESS",
        "statusDetails": {"errorReason": None, "providerErrorMessage": None, "providerErrorCode": None},
        "errorCode": None,
        "errorMessage": None,
        "timestamp": write(detection.at),
        "path": [detection.resource.id],
        "actor": actor(detection, tenant),
        "actorIP": address(detection),
        "actorIPMeta": address_facts(detection),
        "isForeignActorIP": True,
        "rawAuditLogRecord": _raw(detection, tenant),
        "subjectResource": event_resource(detection.resource, tenant),
        "matchedRules": [{"rule": detection.rule}],
        "extraDetails": None,
        "trigger": None,
        "commandLine": None,
        "runtimeProgram": None,
        "parentRuntimeProgram": None,
    }
    return event | more


def matched_event(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    """The event that the rule matched."""
    if not is_runtime(detection.resource):
        category = _CALLS.get(detection.resource.type, ("", "AUTHENTICATION"))[1]
        return _event(detection, tenant, "match", category=category)
    name, _path, command = runtime.program(detection)
    return _event(
        detection,
        tenant,
        "match",
        kind="WORKLOAD_RUNTIME",
        commandLine=command,
        runtimeProgram={"name": name},
        parentRuntimeProgram={"name": runtime.parent(detection)[0]},
        extraDetails=runtime.details(detection, tenant),
        trigger=runtime.trigger(detection, tenant),
    )


def earlier_events(detection: Detection, tenant: Tenant) -> list[dict[str, Any]]:
    """What happened to the same resource before: for a container, its scan and its admission."""
    resource = detection.resource
    if resource.type != "CONTAINER":
        return []
    quiet: dict[str, Any] = {"matchedRules": [], "actorIP": None, "isForeignActorIP": False}
    found = []
    scan = delivery.scan(detection, tenant)
    if scan is not None:
        found.append(
            _event(
                detection,
                tenant,
                "scan",
                kind="CI_CD_SCAN",
                origin="WIZ_CLI",
                category="SCAN",
                externalName="ContainerImageScan",
                description=f"The image of {resource.name} was scanned in its pipeline",
                timestamp=write(detection.at - DAY),
                extraDetails=scan,
                **quiet,
            )
        )
    admitted = _event(
        detection,
        tenant,
        "admission",
        kind="ADMISSION_CONTROLLER",
        origin="WIZ_ADMISSION_CONTROLLER",
        category="CREATE",
        externalName="AdmissionReview",
        description=f"{resource.name} was admitted to {resource.cluster}",
        timestamp=write(detection.at - DAY + 600),
        extraDetails=delivery.admission(detection, tenant),
        trigger={"__typename": "CloudEventAdmissionReview", "cloudConfigurationRuleMatches": []},
        **quiet,
    )
    return [*found, admitted]
