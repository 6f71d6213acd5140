"""Reads the rule texts into rules with ids, requirements and dates."""

from __future__ import annotations

from typing import Final

from callboard.demo.company.frameworks import subcategories
from callboard.demo.company.ids import entity_id
from callboard.demo.company.rules_more_text import WORKLOADS_AND_THREATS
from callboard.demo.company.rules_text import DATA_AND_IDENTITY
from callboard.demo.company.values import Rule, RuleKind

_KINDS: Final[dict[str, RuleKind]] = {"T": "Control", "C": "CloudConfigurationRule", "E": "CloudEventRule"}

ISSUE_TYPES: Final[dict[RuleKind, str]] = {
    "Control": "TOXIC_COMBINATION",
    "CloudConfigurationRule": "CLOUD_CONFIGURATION",
    "CloudEventRule": "THREAT_DETECTION",
}
"""The type an issue has by the kind of rule that raised it (wiz-api.md section 4)."""


def make_rules(seed: int, born_at: int) -> tuple[Rule, ...]:
    """Every rule, in the order of the texts. `born_at` is when the oldest was written, in epoch seconds."""
    known = subcategories()
    rules: list[Rule] = []
    for block in (DATA_AND_IDENTITY + WORKLOADS_AND_THREATS).split("\n--\n"):
        if not block.strip():
            continue
        head, description, remediation = block.strip().split("\n", 2)
        short, kind, severity, types, risks, maps, service, name = (part.strip() for part in head.split(" | "))
        is_control = kind == "T"
        rules.append(
            Rule(
                # Controls carry `wc-id-N`, the other kinds a UUID (wiz-api.md section 4, from samples).
                id=f"wc-id-{short.removeprefix('TC-')}" if is_control else entity_id(seed, "rule", short),
                short_id=short,
                kind=_KINDS[kind],
                name=name,
                description=description,
                remediation=remediation,
                severity=severity.rstrip("!"),
                applies_to=tuple(types.split()),
                risks=tuple(risks.split()),
                subcategories=tuple(known[number] for number in maps.split()),
                service="" if service == "-" else service,
                created_at=born_at + len(rules) * 86_400 * 3,
                needs_internet=severity.endswith("!"),
            )
        )
    return tuple(rules)
