"""Filters of vulnerability findings, in both generations of names."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ids import spread
from callboard.demo.company.ledger import SEVERITIES, STATUSES, Ledger
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Resource, Weakness
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.fields.vulnerabilities import (
    detection_method,
    has_layer,
    is_base_layer,
    is_evaluated,
    vendor_severity,
)
from callboard.demo.wizsim.filters.rows import (
    Filter,
    by_code,
    by_id,
    by_resource,
    by_time,
    by_weakness,
    in_environment,
    in_services,
    named,
    project_impact,
    project_tags,
    text,
)
from callboard.demo.wizsim.masks import Mask
from callboard.demo.wizsim.nodes import VulnerabilityRow
from callboard.demo.wizsim.packages import LANGUAGES, epss_severity
from callboard.demo.wizsim.predicates import number_test, set_test, tag_test
from callboard.demo.wizsim.tenant import Tenant


def _each(keep: Callable[[VulnerabilityRow, Any], object]) -> Filter:
    """A test that has to look at every finding: slow, for what no column holds."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return bytes(bool(keep(tenant.vulnerability(row), value)) for row in range(len(ledger)))

    return mask


def _weakness_dated(read: Callable[[Weakness], int]) -> Filter:
    """A date of the vulnerability itself."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        after, before = masks.bounds(value, tenant.world.now)

        def keep(weakness: Weakness) -> bool:
            at = read(weakness) * 1_000_000
            return bool(at) and (after is None or at > after) and (before is None or at < before)

        return masks.of_causes(ledger, tenant.world.organisation.weaknesses, keep)

    return mask


def _projects(resource: Resource, value: dict[str, Any]) -> bool:
    if value.get("equals") and not named(resource.projects, set(value["equals"])):
        return False
    return not (value.get("notEquals") and named(resource.projects, set(value["notEquals"])))


def _exact(held: str, value: dict[str, Any]) -> bool:
    return (not value.get("equals") or held in value["equals"]) and held not in (value.get("notEquals") or ())


def _exploit_fact(read: Callable[[Weakness], bool]) -> Filter:
    """True or false, and never for findings where the fact was not evaluated."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        right = masks.of_causes(ledger, tenant.world.organisation.weaknesses, lambda w: read(w) is value)
        known = bytes(map(is_evaluated, range(len(ledger))))
        return masks.combine([right, known], len(ledger))

    return mask


def _related_severity(tenant: Tenant, ledger: Ledger, value: list[str]) -> Mask:
    words = ("INFORMATIONAL", *SEVERITIES[1:])
    counts = tenant.issues_of_resources()
    wanted = [words.index(word) for word in value]
    return masks.of_resources(
        ledger,
        tenant.world.organisation.resources,
        lambda r: any(counts[r.index][code] for code in wanted) if r.index in counts else False,
    )


def _nothing(_tenant: Tenant, ledger: Ledger, _value: Any) -> Mask:
    """A switch that changes how the source works, not which rows there are."""
    return masks.everything(len(ledger))


VULNERABILITY_FILTERS: Final[dict[str, Filter]] = {
    "IncludeLastDetected": _nothing,
    "id": by_id("vulnerability"),
    "status": by_code("status", STATUSES),
    "severity": by_code("severity", SEVERITIES),
    "vendorSeverity": _each(lambda v, wanted: vendor_severity(v.row, v.ledger.severity[v.row]) in wanted),
    "nvdSeverity": by_weakness(lambda w, v: w.severity in v),
    "weightedSeverity": by_weakness(lambda w, v: w.severity in v),
    "firstSeenAt": by_time("created"),
    "updatedAt": by_time("updated"),
    "resolvedAt": by_time("resolved"),
    "statusUpdatedAt": by_time("changed"),
    "fixDate": _weakness_dated(lambda w: w.published_at + 2 * DAY if w.fixed else 0),
    "publishedDate": _weakness_dated(lambda w: w.published_at),
    "cisaKevDueDate": _weakness_dated(lambda w: w.published_at + 41 * DAY if w.kev else 0),
    "projectIdV2": by_resource(_projects),
    "projectId": by_resource(lambda r, v: named(r.projects, set(v))),
    "projectTag": by_resource(project_tags),
    "projectBusinessImpact": by_resource(project_impact),
    "assetIdV2": by_resource(lambda r, v: _exact(r.id, v)),
    "assetId": by_resource(lambda r, v: r.id in v),
    "assetType": by_resource(lambda r, v: r.asset_type in v),
    "assetName": by_resource(text(lambda r: r.name)),
    "assetNativeType": by_resource(text(lambda r: r.native_type)),
    "assetRegion": by_resource(text(lambda r: r.region)),
    "assetExternalId": by_resource(text(lambda r: r.external_id)),
    "assetStatus": by_resource(lambda r, v: r.status in v),
    "assetTags": by_resource(lambda r, v: tag_test(v)(r.tags)),
    "isAssetAccessibleFromInternet": by_resource(lambda r, v: r.internet is v),
    "cloudPlatforms": by_resource(lambda r, v: r.platform in v),
    "subscriptionExternalId": by_resource(lambda r, v: r.account is not None and r.account.external_id in v),
    "vcsRepositoryId": by_resource(lambda r, v: r.repository is not None and r.repository.id in v),
    "environment": by_resource(in_environment),
    "codeToCloudPipelineStage": by_resource(lambda r, v: ("CODE" if r.branch else "CLOUD") in v),
    "applicationService": by_resource(in_services),
    "owningApplicationService": by_resource(in_services),
    "relatedApplicationService": by_resource(in_services),
    "vulnerabilityExternalIdV2": by_weakness(lambda w, v: _exact(w.cve, v)),
    "vulnerabilityExternalId": by_weakness(lambda w, v: w.cve in v),
    "detailedName": by_weakness(lambda w, v: w.package in v),
    "detailedNameV2": by_weakness(text(lambda w: w.package)),
    "version": by_weakness(text(lambda w: w.installed)),
    "fixedVersion": by_weakness(text(lambda w: w.fixed)),
    "category": by_weakness(lambda w, v: set_test(v)([w.category])),
    "score": by_weakness(lambda w, v: number_test(v)(w.score)),
    "epssFilter": by_weakness(lambda w, v: not v.get("severity") or epss_severity(w) in v["severity"]),
    "hasFix": by_weakness(lambda w, v: (w.fixed is not None) is v),
    "hasExploit": _exploit_fact(lambda w: w.exploit),
    "hasCisaKevExploit": _exploit_fact(lambda w: w.kev),
    "isHighProfileThreat": by_weakness(lambda w, v: w.kev is v),
    "isMaliciousPackage": by_weakness(lambda w, v: w.malicious is v),
    "isTransitive": _each(
        lambda v, wanted: v.weakness.ecosystem in LANGUAGES and (spread(v.row, 24) < 40_000) is wanted
    ),
    "isBaseLayer": _each(lambda v, wanted: has_layer(v) and is_base_layer(v) is wanted),
    "detectionMethod": _each(lambda v, wanted: detection_method(v) in wanted),
    "relatedIssueSeverity": _related_severity,
}
