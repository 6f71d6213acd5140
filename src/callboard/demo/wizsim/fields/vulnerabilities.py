"""Answers of a vulnerability finding."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.estate import BASES
from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.company.ledger import FINDING_REASONS, RESOLVED, SEVERITIES, STATUSES
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Weakness
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write, write_optional
from callboard.demo.wizsim.nodes import VulnerabilityRow
from callboard.demo.wizsim.packages import LANGUAGES, PACKAGE_MANAGERS, epss_severity, package_type
from callboard.demo.wizsim.tenant import Edit, Tenant

_NONE: Final = Edit()
_PLACES: Final = {
    "maven": "/app/lib/{name}-{version}.jar",
    "npm": "/app/node_modules/{name}/package.json",
    "pypi": "/usr/lib/python3/site-packages/{name}",
    "go": "/app/server",
    "nuget": "/app/{name}.dll",
    "gem": "/usr/local/bundle/gems/{name}-{version}",
    "server": "/opt/{name}",
}
_LOCKFILES: Final = {
    "maven": "pom.xml",
    "npm": "package-lock.json",
    "pypi": "requirements.txt",
    "go": "go.mod",
    "nuget": "packages.lock.json",
    "gem": "Gemfile.lock",
}


def _edit(v: VulnerabilityRow, tenant: Tenant) -> Edit:
    return tenant.edits.get(("vulnerability", v.row), _NONE)


def location(v: VulnerabilityRow) -> str | None:
    """Where the package lies; null for operating system packages."""
    weakness = v.weakness
    if v.resource.branch is not None:
        return _LOCKFILES.get(weakness.ecosystem)
    form = _PLACES.get(weakness.ecosystem)
    if form is None:
        return None
    name = weakness.package.rsplit(":", 1)[-1]
    return form.format(name=name, version=weakness.installed)


def detection_method(v: VulnerabilityRow) -> str:
    """How the package was found."""
    if v.resource.branch is not None:
        return "CLONED_REPOSITORY"
    if v.weakness.ecosystem in PACKAGE_MANAGERS:
        return "PACKAGE"
    return "INSTALLED_PROGRAM" if v.weakness.ecosystem == "server" else "LIBRARY"


def stage(v: VulnerabilityRow) -> str:
    """Code or cloud: the same vulnerability is told once per stage (wiz-api.md section 5)."""
    return "CODE" if v.resource.branch is not None else "CLOUD"


def fix_text(w: Weakness) -> str | None:
    """What to do, in the short form that findings carry."""
    if w.malicious:
        return f"Remove {w.package} {w.installed} and rotate what the build could read"
    return f"Upgrade {w.package} to {w.fixed}" if w.fixed else None


def vendor_severity(row: int, severity: int) -> str:
    """The packager's own opinion: often one step milder."""
    return SEVERITIES[max(1, severity - 1) if spread(row, 21) < 22_000 else severity]


def is_evaluated(row: int) -> bool:
    """False where exploit facts are null: not looked at, which is not the same as no (wiz-api.md section 5)."""
    return spread(row, 22) > 2_000


def has_layer(v: VulnerabilityRow) -> bool:
    """Whether the package is known to sit in one layer of an image.

    A published payload tells layers of an asset that is no image (elastic vulnerability sample), so what runs an image
    has them as well.
    """
    return v.resource.type in ("CONTAINER_IMAGE", "CONTAINER")


def is_base_layer(v: VulnerabilityRow) -> bool:
    """Whether that layer belongs to the base image."""
    return v.weakness.ecosystem in PACKAGE_MANAGERS


def _layer(v: VulnerabilityRow, t: Tenant) -> dict[str, Any] | None:
    if not has_layer(v):
        return None
    base = is_base_layer(v)
    mark = "base" if base else v.resource.image
    return {
        "id": f"sha256:{hex_name(t.world.seed, 'layer', mark, length=64)}",
        "details": f"FROM {BASES.get(v.weakness.ecosystem, BASES['deb'])}" if base else "COPY . /app",
        "isBaseLayer": base,
        "layerHash": hex_name(t.world.seed, "layer", mark, length=64),
    }


def finding_link(id_: str, tenant: Tenant) -> str:
    """The deep link of a finding, in the form of published samples (wiz-api.md section 12)."""
    return f"{tenant.portal}/explorer/vulnerability-findings#~(entity~(~'{id_}*2cSECURITY_TOOL_FINDING))"


def _analytics(v: VulnerabilityRow, t: Tenant) -> dict[str, int]:
    counts = t.issues_of_resources().get(v.resource.index, (0, 0, 0, 0, 0))
    return {
        "issueCount": sum(counts),
        "informationalSeverityCount": counts[0],
        "lowSeverityCount": counts[1],
        "mediumSeverityCount": counts[2],
        "highSeverityCount": counts[3],
        "criticalSeverityCount": counts[4],
    }


def _link(w: Weakness) -> str:
    if w.cve.startswith("CVE"):
        return f"https://nvd.nist.gov/vuln/detail/{w.cve}"
    return f"https://github.com/advisories/{w.cve}"


def _notes(v: VulnerabilityRow, t: Tenant) -> Any:
    return _edit(v, t).notes or None


def _last(values: Any) -> Any:
    return values[-1] if values else None


VULNERABILITY_FIELDS: Final[Fields] = {
    "VulnerabilityFinding": {
        "id": lambda v, _t: v.id,
        "name": lambda v, _t: v.weakness.cve,
        "vulnerabilityExternalId": lambda v, _t: v.weakness.cve,
        "vulnerabilityId": lambda v, t: entity_id(t.world.seed, "weakness", v.weakness.cve),
        "severity": lambda v, _t: SEVERITIES[v.ledger.severity[v.row]],
        "CVSSSeverity": lambda v, _t: v.weakness.severity if v.weakness.cve.startswith("CVE") else None,
        "nvdSeverity": lambda v, _t: v.weakness.severity if v.weakness.cve.startswith("CVE") else None,
        "vendorSeverity": lambda v, _t: vendor_severity(v.row, v.ledger.severity[v.row]),
        "weightedSeverity": lambda v, _t: v.weakness.severity,
        "score": lambda v, _t: v.weakness.score if v.row % 40 else None,
        "nvdScore": lambda v, _t: v.weakness.score,
        "cnaScore": lambda _v, _t: None,
        "vendorScore": lambda _v, _t: None,
        "exploitabilityScore": lambda v, _t: round(v.weakness.score * 0.36, 1),
        "impactScore": lambda v, _t: round(v.weakness.score * 0.6, 1),
        "epssSeverity": lambda v, _t: epss_severity(v.weakness),
        "epssPercentile": lambda v, _t: round(v.weakness.epss_percentile * 100, 1),
        "epssProbability": lambda v, _t: v.weakness.epss,
        "cvssv3": lambda _v, _t: None,
        "hasExploit": lambda v, _t: v.weakness.exploit if is_evaluated(v.row) else None,
        "hasCisaKevExploit": lambda v, _t: v.weakness.kev if is_evaluated(v.row) else None,
        "cisaKevReleaseDate": lambda v, _t: write(v.weakness.published_at + 20 * DAY) if v.weakness.kev else None,
        "cisaKevDueDate": lambda v, _t: write(v.weakness.published_at + 41 * DAY) if v.weakness.kev else None,
        "hasFix": lambda v, _t: v.weakness.fixed is not None,
        "fixedVersion": lambda v, _t: v.weakness.fixed,
        "recommendedVersion": lambda v, _t: v.weakness.fixed,
        "fixDate": lambda v, _t: write(v.weakness.published_at + 2 * DAY) if v.weakness.fixed else None,
        "version": lambda v, t: t.world.installed(v.weakness, v.resource),
        "detailedName": lambda v, _t: v.weakness.package,
        "locationPath": lambda v, _t: location(v),
        "detectionMethod": lambda v, _t: detection_method(v),
        "link": lambda v, _t: _link(v.weakness),
        "remediation": lambda v, _t: fix_text(v.weakness),
        "description": lambda v, t: (
            f"{v.weakness.package} {t.world.installed(v.weakness, v.resource)} is affected by {v.weakness.cve}."
        ),
        "CVEDescription": lambda v, _t: f"{v.weakness.text}.",
        "dataSourceName": lambda _v, _t: None,
        "publishedDate": lambda v, _t: write(v.weakness.published_at),
        "categories": lambda v, _t: [v.weakness.category],
        "origin": lambda _v, _t: "WIZ",
        "artifactType": lambda v, _t: package_type(v.weakness),
        "codeLibraryLanguage": lambda v, _t: LANGUAGES.get(v.weakness.ecosystem),
        "technology": lambda _v, _t: None,
        "status": lambda v, _t: STATUSES[v.ledger.status[v.row]],
        "portalUrl": lambda v, t: finding_link(v.id, t),
        "firstDetectedAt": lambda v, _t: write(v.ledger.created[v.row], v.row),
        "firstDetectedAtSource": lambda v, _t: write(v.ledger.created[v.row], v.row),
        "lastDetectedAt": lambda v, _t: write(v.ledger.seen[v.row], v.row),
        "updatedAt": lambda v, _t: write(v.ledger.updated[v.row], v.row),
        "statusUpdatedAt": lambda v, _t: write(v.ledger.changed[v.row], v.row),
        "resolvedAt": lambda v, _t: write_optional(v.ledger.resolved[v.row], v.row),
        "resolutionReason": lambda v, t: (
            _edit(v, t).reason or FINDING_REASONS[v.ledger.reason[v.row]]
            if v.ledger.status[v.row] >= RESOLVED
            else None
        ),
        "rejectionExpiredAt": lambda v, t: _edit(v, t).rejection_expires_at,
        "validatedInRuntime": lambda v, _t: None if v.resource.branch else spread(v.row, 23) < 9_000,
        "runtimeValidationResult": lambda v, _t: "UNSUPPORTED" if v.resource.branch else "NO_RUNTIME_DATA",
        "reachability": lambda _v, _t: "UNCHECKED",
        "exploitabilityValidationStatus": lambda _v, _t: "UNKNOWN",
        "isHighProfileThreat": lambda v, _t: v.weakness.kev,
        "isMaliciousPackage": lambda v, _t: v.weakness.malicious,
        "isClientSide": lambda _v, _t: None,
        "isOperatingSystemEndOfLife": lambda _v, _t: False,
        "isTransitive": lambda v, _t: spread(v.row, 24) < 40_000 if v.weakness.ecosystem in LANGUAGES else None,
        "transitivity": lambda v, _t: (
            ("TRANSITIVE" if spread(v.row, 24) < 40_000 else "DIRECT")
            if v.weakness.ecosystem in LANGUAGES
            else "UNKNOWN"
        ),
        "hasTriggerableRemediation": lambda _v, _t: False,
        "detectedByContinuousVulnerabilityAssessment": lambda _v, _t: False,
        "layerMetadata": _layer,
        "rootComponent": lambda v, _t: {"name": v.weakness.package.rsplit(":", 1)[-1]} if v.row % 6 == 0 else None,
        "projects": lambda v, _t: v.resource.projects or None,
        "applicationServices": lambda v, _t: v.resource.services or None,
        "environments": lambda v, _t: [v.resource.environment],
        "codeToCloudPipelineStage": lambda v, _t: stage(v),
        "vulnerableAsset": lambda v, _t: v.resource,
        "relatedIssueAnalytics": _analytics,
        "ignoreRules": lambda _v, _t: None,
        "selectedIgnoreRules": lambda _v, _t: None,
        "notes": _notes,
        "note": lambda v, t: _last(_notes(v, t)),
        "vcsCodeOwners": lambda _v, _t: [],
        "vcsCodeAuthors": lambda _v, _t: [],
        "vcsCodeApplications": lambda _v, _t: [],
        "versionResolutionSources": lambda _v, _t: [],
        "remediationPullRequestAvailable": lambda v, _t: v.resource.branch is not None and v.weakness.fixed is not None,
        "remediationPullRequestConnector": lambda _v, _t: None,
    },
    "VulnerabilityFindingNote": {
        "id": lambda n, _t: n.id,
        "text": lambda n, _t: n.text,
        "createdAt": lambda n, _t: write(n.at),
        "updatedAt": lambda n, _t: write(n.edited_at),
        "user": lambda n, _t: n.author,
        "serviceAccount": lambda n, _t: n.account,
    },
}
