"""Wiz configuration findings. Pure.

As of 2026-08: tags are a list here and a map elsewhere; projects hang on the resource; `targetExternalId` names the thing as
its cloud does, which the resource itself may not; there is no `resolvedAt`.
"""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.finding import Detail, Kind, Observed, Rejected, State
from callboard.sources.wiz.lenient import ABSENT, Reader, kind_of, loads
from callboard.sources.wiz.project import mentions
from callboard.sources.wiz.resource import seen, with_targets
from callboard.sources.wiz.rule import rule
from callboard.sources.wiz.words import TEXT_CHARACTERS, Text, clean, filled, moment, noted, severity_of, state_of, told

_KIND, _FIXED = Kind.MISCONFIGURATION, State.FIXED


class _Evidence(msgspec.Struct, gc=False):
    currentValue: Text = UNSET
    expectedValue: Text = UNSET
    configurationPath: Text = UNSET
    cloudConfigurationLink: Text = UNSET


class _Misconfiguration(msgspec.Struct, gc=False):
    id: Text = UNSET
    name: Text = UNSET
    severity: Text = UNSET
    status: Text = UNSET
    result: Text = UNSET
    deleted: bool | None | UnsetType = UNSET
    firstSeenAt: Text = UNSET
    analyzedAt: Text = UNSET
    updatedAt: Text = UNSET
    statusChangedAt: Text = UNSET
    resolutionReason: Text = UNSET
    remediation: Text = UNSET
    targetExternalId: Text = UNSET
    targetObjectProviderUniqueId: Text = UNSET
    evidence: _Evidence | None | UnsetType = UNSET
    rule: Raw = ABSENT
    resource: Raw = ABSENT


_MISCONFIGURATIONS = Reader(_Misconfiguration)

_EVIDENCE_NAMES = (
    ("currentValue", "Current value"),
    ("expectedValue", "Expected value"),
    ("configurationPath", "Configuration path"),
    ("cloudConfigurationLink", "Configuration link"),
)


def read_misconfiguration(raw: bytes | memoryview, latest: float) -> Observed | Rejected:
    """One configuration finding. The path of a rejection is inside the record. `latest`: see `words.moment`."""
    drift: list[str] = []
    found = _MISCONFIGURATIONS.read(raw, drift)
    if found is None:
        return Rejected(where="", reason=f"expected a configuration finding, found {kind_of(loads(raw))}")
    finding_id = filled(found.id)
    if finding_id is None:
        return Rejected(where="id", reason="expected the finding's id, found none")
    first = moment(found.firstSeenAt, "firstSeenAt", drift, latest)
    if not isinstance(first, int):
        return Rejected(where="firstSeenAt", reason="expected a date, found none", external_id=finding_id)
    status = filled(found.status)
    if status is None:
        return Rejected(where="status", reason="expected a status word, found none", external_id=finding_id)
    if found.resource is ABSENT:
        return Rejected(where="resource", reason="expected the affected resource, found none", external_id=finding_id)
    affected, its_projects = seen(found.resource)
    if affected.resource is None:
        return Rejected(where="resource.id", reason="expected the resource's id, found none", external_id=finding_id)
    drift += affected.drift
    violated, odd = (None, ()) if found.rule is ABSENT else rule(found.rule)
    if violated is None:
        return Rejected(where="rule.id", reason="expected the rule's id, found none", external_id=finding_id)
    drift += odd
    state = state_of(status, found.resolutionReason, drift)
    if found.deleted is True:
        state = State.GONE
    projects, odd = (UNSET, ()) if its_projects is ABSENT else mentions(its_projects)
    drift += odd
    severity_word = filled(found.severity)
    status_changed_at = moment(found.statusChangedAt, "statusChangedAt", drift, latest)
    return Observed(
        external_id=finding_id,
        kind=_KIND,
        state=state,
        severity=severity_of(severity_word, "severity", drift),
        title=filled(found.name) or violated.name,
        rule=violated,
        resource=with_targets(
            affected.resource, filled(found.targetExternalId), filled(found.targetObjectProviderUniqueId)
        ),
        projects=projects,
        first_detected_at=first,
        last_detected_at=moment(found.analyzedAt, "analyzedAt", drift, latest),
        status_changed_at=status_changed_at,
        # The change to RESOLVED is the only date of it that there is.
        fixed_at=status_changed_at if state is _FIXED else None if state.is_open else UNSET,
        updated_at=moment(found.updatedAt, "updatedAt", drift, latest),
        fix=f"settings:{affected.resource.type}",
        detail=Detail(
            description=violated.description,
            remediation=filled(found.remediation) or violated.remediation,
            exposed=affected.exposed,
            resolution=told(found.resolutionReason),
            evidence=_evidence(found, drift),
            source_status=status,
            source_severity=severity_word or UNSET,
            drift=noted(drift),
        ),
    )


def _evidence(found: _Misconfiguration, drift: list[str]) -> tuple[tuple[str, str], ...] | UnsetType:
    pairs: list[tuple[str, str]] = []
    if result := filled(found.result):
        pairs.append(("Result", result))
    if isinstance(found.evidence, _Evidence):
        for field, words in _EVIDENCE_NAMES:
            if text := filled(getattr(found.evidence, field)):
                pairs.append((words, clean(text, TEXT_CHARACTERS, f"evidence.{field}", drift)))
    return tuple(pairs) if pairs or found.evidence is not UNSET else UNSET
