"""What a sensor on the machine saw: the process, those it came from, its container or host, and why that is bad."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.actors import address, cluster_entity, cluster_part, controller_part
from callboard.demo.wizsim.threats.detections import Detection

SERVERS: Final = {
    "maven": ("java", "/usr/bin/java", "java -jar /app/{name}.jar"),
    "npm": ("node", "/usr/local/bin/node", "node /app/server.js"),
    "pypi": ("gunicorn", "/usr/local/bin/gunicorn", "gunicorn {name}.wsgi"),
    "go": ("server", "/app/server", "/app/server"),
    "nuget": ("dotnet", "/usr/bin/dotnet", "dotnet {name}.dll"),
    "gem": ("puma", "/usr/local/bundle/bin/puma", "puma -C config/puma.rb"),
}
"""What serves requests, by the ecosystem of the software: name, path, command line."""

_SHELL: Final = ("sh", "/bin/sh", "/bin/sh -c id; uname -a")
_MINER: Final = ("kworker", "/var/cache/.k/kworker", "/var/cache/.k/kworker -o pool.example:3333")


def _is_shell(detection: Detection) -> bool:
    return detection.resource.type == "CONTAINER"


def program(detection: Detection) -> tuple[str, str, str]:
    """The process that was noticed: name, path, command line."""
    return _SHELL if _is_shell(detection) else _MINER


def parent(detection: Detection) -> tuple[str, str, str]:
    """The process that started it."""
    component = detection.resource.component
    if component is None or not _is_shell(detection):
        return "systemd", "/usr/lib/systemd/systemd", "/usr/lib/systemd/systemd --system"
    name, path, command = SERVERS.get(component.ecosystem, SERVERS["go"])
    return name, path, command.format(name=component.name)


def _process(detection: Detection, tenant: Tenant, which: tuple[str, str, str], before: int) -> dict[str, Any]:
    name, path, command = which
    root = not _is_shell(detection)
    return {
        "id": hex_name(tenant.world.seed, "process", detection.id, path, length=16),
        "name": name,
        "path": path,
        "command": command,
        "executionTime": write(detection.at - before),
        "userName": "root" if root else "app",
        "userId": "0" if root else "1000",
        "size": 40_000 + len(path) * 1_024,
        "runtimeProgramId": hex_name(tenant.world.seed, "program", path, length=16),
        "hash": hex_name(tenant.world.seed, "binary", path, length=40),
        "stdin": None,
        "stdout": None,
        "wizResponse": None,
        "enforcementResult": None,
        "containerGraphEntity": detection.resource if _is_shell(detection) else None,
        "container": _container(detection.resource, tenant) if _is_shell(detection) else None,
    }


def _container(resource: Resource, tenant: Tenant) -> dict[str, Any]:
    seed, pod = tenant.world.seed, f"{resource.name}-{hex_name(tenant.world.seed, 'pod', resource.index, length=5)}"
    image = next((r for r in siblings(resource, tenant) if r.type == "CONTAINER_IMAGE"), None)
    return {
        "id": resource.id,
        "name": resource.name,
        "externalId": resource.external_id,
        "serviceAccount": resource.name,
        "image": {"id": image.id, "externalId": image.external_id} if image else None,
        "imageGraphEntity": image,
        "pod": {
            "id": entity_id(seed, "pod", resource.index),
            "name": pod,
            "externalId": f"{resource.namespace}/{pod}",
            "ips": [f"10.{resource.index % 200}.{resource.index // 200 % 250}.{resource.index % 250}"],
            "namespace": resource.namespace or "default",
            "namespaceGraphEntity": None,
        },
        "podGraphEntity": None,
        "kubernetesController": controller_part(resource, tenant),
        "kubernetesControllerGraphEntity": None,
        "kubernetesCluster": cluster_part(resource, tenant),
        "kubernetesClusterGraphEntity": cluster_entity(resource, tenant),
        "ecsContainerDetails": None,
    }


def siblings(resource: Resource, tenant: Tenant) -> list[Resource]:
    """The resources of the same component."""

    def group() -> dict[str, list[Resource]]:
        groups: dict[str, list[Resource]] = {}
        for each in tenant.world.organisation.resources:
            if each.component is not None:
                groups.setdefault(each.component.name, []).append(each)
        return groups

    groups = tenant.remember("resources of components", group)
    return groups.get(resource.component.name, []) if resource.component else []


def details(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    """The runtime part of an event."""
    resource, seed = detection.resource, tenant.world.seed
    in_cluster = resource.cluster is not None
    name, _path, command = program(detection)
    shell = _is_shell(detection)
    return {
        "__typename": "CloudEventRuntimeDetails",
        "type": "PROCESS_START" if shell else "NETWORK_CONNECT",
        "context": {"__typename": "CloudEventRuntimeTypeProcessStartContext", "commandLine": command}
        if shell
        else {
            "__typename": "CloudEventRuntimeTypeNetworkConnectContext",
            "remoteIP": address(detection),
            "remotePort": 3333,
        },
        "processTree": [
            _process(detection, tenant, program(detection), 0),
            _process(detection, tenant, parent(detection), 86_400),
        ],
        "host": {
            "id": entity_id(seed, "host", resource.index % 40),
            "externalId": f"i-{hex_name(seed, 'node', resource.index % 40)}",
            "type": "VIRTUAL_MACHINE",
            "hostname": f"node-{resource.index % 40}" if in_cluster else resource.name,
            "kernelVersion": "6.1.0-21-cloud",
            "computeInstanceGroupGraphEntity": None,
        },
        "hostGraphEntity": None if in_cluster else resource,
        "rawDetails": f'{{"process":"{name}"}}',
        "runtimeExecutionDataId": entity_id(seed, "execution", detection.id),
        "sensor": {
            "id": entity_id(seed, "sensor", resource.cluster or resource.name),
            "name": f"sensor-{resource.index % 40}",
            "type": "KUBERNETES" if in_cluster else "LINUX_VIRTUAL_MACHINE",
            "status": "ACTIVE",
            "ipAddress": f"10.0.{resource.index % 250}.{1 + resource.index % 200}",
            "sensorVersion": "1.0.4120",
            "definitionsVersion": "1.0.20311",
            "firstSeenAt": write(resource.created_at),
            "lastSeenAt": write(tenant.world.now),
            "workload": resource,
            "cluster": cluster_entity(resource, tenant),
        },
    }


def trigger(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    """Which rules of the sensor matched, and what is known about the other side."""
    seed, rule = tenant.world.seed, detection.rule
    connected = {
        "source": {
            "ip": f"10.0.{detection.resource.index % 250}.9",
            "port": 40_000 + spread(detection.row, 58) % 9_000,
        },
        "destination": {"ip": address(detection), "port": 3333, "ipReputation": "MALICIOUS"},
        "process": _process(detection, tenant, program(detection), 0),
    }
    return {
        "__typename": "CloudEventSensorRulesMatch",
        "sensorEngineRules": [
            {
                "version": 3,
                "rule": {
                    "id": entity_id(seed, "sensor rule", rule.short_id),
                    "name": rule.name,
                    "description": rule.description,
                    "MITRETactics": ["TA0002"] if _is_shell(detection) else ["TA0040"],
                    "MITRETechniques": ["T1059"] if _is_shell(detection) else ["T1496"],
                },
            }
        ],
        "fileReputationHashMatch": None,
        "connectivityReputation": None if _is_shell(detection) else [connected],
        "dnsQueryReputation": None,
    }
