"""What came before a container ran: its scan in the pipeline and its admission to the cluster."""

from __future__ import annotations

from typing import Any

from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.company.ledger import RESOLVED
from callboard.demo.company.values import Resource, Weakness
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.packages import PACKAGE_MANAGERS, epss_severity, package_type
from callboard.demo.wizsim.settings import Setting, policy_id
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.detections import Detection
from callboard.demo.wizsim.threats.runtime import siblings


def policy(tenant: Tenant) -> Setting | None:
    """The company's one policy for images; it is built in, so it is always there."""
    return tenant.settings.get("scanPolicy", policy_id(tenant.world.seed))


def _known(image: Resource, tenant: Tenant) -> list[tuple[Weakness, int]]:
    """Weaknesses of an image with the rows of their findings."""

    def group() -> dict[int, list[int]]:
        ledger = tenant.world.vulnerabilities
        groups: dict[int, list[int]] = {}
        for row, index in enumerate(ledger.resource):
            if ledger.status[row] < RESOLVED:
                groups.setdefault(index, []).append(row)
        return groups

    rows = tenant.remember("vulnerabilities of resources", group).get(image.index, [])
    weaknesses, cause = tenant.world.organisation.weaknesses, tenant.world.vulnerabilities.cause
    return [(weaknesses[cause[row]], row) for row in rows]


def _weakness(weakness: Weakness, row: int, tenant: Tenant) -> dict[str, Any]:
    return {
        "name": weakness.cve,
        "severity": "INFORMATIONAL" if weakness.severity == "NONE" else weakness.severity,
        "weightedSeverity": weakness.severity,
        "fixedVersion": weakness.fixed,
        "source": "NVD" if weakness.cve.startswith("CVE") else "GitHub",
        "score": weakness.score,
        "exploitabilityScore": round(weakness.score * 0.36, 1),
        "hasExploit": weakness.exploit,
        "hasCisaKevExploit": weakness.kev,
        "epssProbability": weakness.epss,
        "epssPercentile": round(weakness.epss_percentile * 100, 1),
        "epssSeverity": epss_severity(weakness),
        "publishDate": write(weakness.published_at),
        "failedPolicyMatches": [{"policy": policy(tenant)}] if _fails(weakness) else [],
        "finding": tenant.vulnerability(row),
    }


def _fails(weakness: Weakness) -> bool:
    return weakness.severity == "CRITICAL" and weakness.fixed is not None


def _packages(known: list[tuple[Weakness, int]], tenant: Tenant) -> dict[str, Any]:
    """The packages of a scan, by how they are found."""
    libraries: dict[tuple[str, str], dict[str, Any]] = {}
    system: dict[tuple[str, str], dict[str, Any]] = {}
    artifacts: list[dict[str, Any]] = []
    for weakness, row in known:
        from_system = weakness.ecosystem in PACKAGE_MANAGERS
        package = (system if from_system else libraries).setdefault(
            (weakness.package, weakness.installed),
            {
                "name": weakness.package,
                "version": weakness.installed,
                "path": f"/app/{weakness.package}",
                "detectionMethod": "PACKAGE" if from_system else "LIBRARY",
                "vulnerabilities": [],
            },
        )
        package["vulnerabilities"].append(_weakness(weakness, row, tenant))
        counts = dict.fromkeys(("criticalCount", "highCount", "infoCount", "lowCount", "mediumCount"), 0)
        counts[f"{weakness.severity.lower() if weakness.severity != 'NONE' else 'info'}Count"] = 1
        artifacts.append(
            {
                "id": entity_id(tenant.world.seed, "scanned artifact", weakness.package, row),
                "name": weakness.package,
                "version": weakness.installed,
                "filePath": f"/app/{weakness.package}",
                "type": package_type(weakness),
                "layerMetadata": None,
                "vulnerabilityFindings": {
                    "fixedVersion": weakness.fixed,
                    "remediation": f"Upgrade to {weakness.fixed}" if weakness.fixed else None,
                    "severities": counts,
                    "findings": [tenant.vulnerability(row)],
                },
            }
        )
    return {
        "vulnerableSBOMArtifactsByNameVersion": artifacts,
        "libraries": list(libraries.values()),
        "osPackages": list(system.values()),
        "cpes": [],
        "applications": [],
    }


def scan(detection: Detection, tenant: Tenant) -> dict[str, Any] | None:
    """The scan of the image that this container runs, or None for what no pipeline builds."""
    resource = detection.resource
    image = next((r for r in siblings(resource, tenant) if r.type == "CONTAINER_IMAGE"), None)
    if image is None or resource.component is None:
        return None
    known = _known(image, tenant)
    failed = [policy(tenant)] if any(_fails(weakness) for weakness, _row in known) else []
    repository = resource.component.repository
    commit = hex_name(tenant.world.seed, "commit", repository.name, length=40)
    team = resource.component.team.members
    return {
        "__typename": "CloudEventCICDScanDetails",
        "policyEnforcement": "AUDIT",
        "scanDuration": 20 + spread(resource.index, 59) % 90,
        "trigger": "PULL_REQUEST",
        "tags": [{"key": "component", "value": resource.component.name}],
        "createdBy": {"serviceAccount": tenant.account, "user": None},
        "cliDetails": {
            "scanOriginResource": {
                "__typename": "CICDScanOriginContainerImage",
                "id": image.id,
                "name": image.name,
                "digest": f"sha256:{hex_name(tenant.world.seed, image.name, length=64)}",
            },
            "scanOriginResourceType": "CONTAINER_IMAGE",
            "clientName": "wizcli",
            "clientVersion": "0.70.0",
            "buildParams": {
                "commitUrl": f"{repository.url}/commit/{commit}",
                "branch": repository.branches[0].name,
                "commitHash": commit,
                "committedBy": team[resource.index % len(team)].email,
                "platform": "GITHUB_ACTIONS",
                "repository": repository.url,
                "extraDetails": {
                    "__typename": "CICDBuildParamsContainerImage",
                    "dockerfilePath": "Dockerfile",
                    "dockerfileContents": None,
                },
            },
        },
        "codeAnalyzerDetails": None,
        "policies": [policy(tenant)],
        "warnedPolicies": failed,
        "failedPolicies": [],
        "passedPolicies": [] if failed else [policy(tenant)],
        "vulnerabilityDetails": _packages(known, tenant),
        "secretDetails": {"failedPolicyMatches": [], "secrets": []},
        "iacDetails": None,
        "hostConfigurationDetails": None,
        "dataDetails": None,
        "status": {
            "state": "SUCCESS",
            "verdict": "WARN_BY_POLICY" if failed else "PASSED_BY_POLICY",
            "details": None,
        },
    }


def admission(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    """The review that let the container into its cluster."""
    matches = spread(detection.resource.index, 60) % 3
    return {
        "__typename": "CloudEventAdmissionReviewDetails",
        "verdict": "PASS",
        "policyEnforcement": "AUDIT",
        "reviewDuration": 5 + matches,
        "infoMatches": matches,
        "lowMatches": 0,
        "mediumMatches": 0,
        "highMatches": 0,
        "criticalMatches": 0,
        "totalMatches": matches,
        "policies": [policy(tenant)],
        "cloudConfigurationFindings": [],
    }
