"""Which detections there are: those that raised an issue, and quieter matches of the same rules that raised none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callboard.demo.company.ids import entity_id, spread
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Resource, Rule
from callboard.demo.wizsim.tenant import Tenant

_MOST: Final = 3
"""How many detections one issue joins at most."""

_APART: Final = 5_400
"""Seconds between two detections of one issue."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Detection:
    """One time that a threat rule matched."""

    id: str
    row: int
    """The issue it belongs to, or whose rule and resource it shares."""

    number: int
    at: int
    raised: bool
    """Whether it raised the issue; a match alone does not."""

    rule: Rule
    resource: Resource

    @property
    def updated_at(self) -> int:
        """When it was last changed: its events arrive within minutes."""
        return self.at + 90


def detections(tenant: Tenant) -> list[Detection]:
    """Every detection, oldest first."""
    return tenant.remember("detections", lambda: _detections(tenant))


def of_issue(tenant: Tenant, row: int) -> list[Detection]:
    """The detections that one issue joins."""

    def group() -> dict[int, list[Detection]]:
        groups: dict[int, list[Detection]] = {}
        for detection in detections(tenant):
            if detection.raised:
                groups.setdefault(detection.row, []).append(detection)
        return groups

    return tenant.remember("detections of issues", group).get(row, [])


def _detections(tenant: Tenant) -> list[Detection]:
    world = tenant.world
    ledger, organisation = world.issues, world.organisation
    threat = [rule.kind == "CloudEventRule" for rule in organisation.rules]
    found: list[Detection] = []
    for row, cause in enumerate(ledger.cause):
        if not threat[cause]:
            continue
        first, last = ledger.created[row], max(ledger.created[row], ledger.seen[row])
        times = [(min(last, first + number * _APART), True) for number in range(1 + spread(row, 51) % _MOST)]
        if spread(row, 52) % 2:
            times.insert(0, (first - (1 + spread(row, 53) % 20) * DAY, False))
        found += [
            Detection(
                id=entity_id(world.seed, "detection", row, number),
                row=row,
                number=number,
                at=at,
                raised=raised,
                rule=organisation.rules[cause],
                resource=organisation.resources[ledger.resource[row]],
            )
            for number, (at, raised) in enumerate(times)
        ]
    found.sort(key=lambda detection: (detection.at, detection.id))
    return found
