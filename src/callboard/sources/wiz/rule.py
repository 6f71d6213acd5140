"""Wiz's rules: controls, configuration rules, event rules. Pure."""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.finding import Framework, Rule
from callboard.sources.wiz.lenient import ABSENT, Memo, Reader, listed
from callboard.sources.wiz.words import LINE_CHARACTERS, Text, clean, filled

_MOST_FRAMEWORKS = 200

CONFIGURATION = "CloudConfigurationRule"
"""The kind of rules about settings of a resource (schema, 2026-08)."""

Found = tuple[Rule | None, tuple[str, ...]]
"""The rule, or None where there is none, and what was odd about it."""


class _Rule(msgspec.Struct, gc=False):
    id: Text = UNSET
    name: Text = UNSET
    typename: Text = msgspec.field(name="__typename", default=UNSET)
    description: Text = UNSET
    # An alias that shipped clients give to a control's description (published payloads, 2026-03).
    controlDescription: Text = UNSET
    resolutionRecommendation: Text = UNSET
    remediationInstructions: Text = UNSET
    shortId: Text = UNSET
    securitySubCategories: Raw = ABSENT
    risks: Raw = ABSENT


class _Framework(msgspec.Struct, gc=False):
    name: Text = UNSET


class _Category(msgspec.Struct, gc=False):
    name: Text = UNSET
    framework: _Framework | None | UnsetType = UNSET


class _SubCategory(msgspec.Struct, gc=False):
    title: Text = UNSET
    category: _Category | None | UnsetType = UNSET


_RULES = Reader(_Rule)


def _rule(raw: Raw | bytes) -> Found:
    drift: list[str] = []
    found = _RULES.read(raw, drift, "rule.")
    if found is None:
        return None, ("rule: not an object",)
    rule_id = filled(found.id)
    name = filled(found.name)
    if rule_id is None:
        return None, (*drift, "rule.id: missing")
    return (
        Rule(
            external_id=rule_id,
            name=name or rule_id,
            kind=filled(found.typename) or "Rule",
            description=filled(found.description) or filled(found.controlDescription),
            remediation=filled(found.resolutionRecommendation) or filled(found.remediationInstructions),
            frameworks=_frameworks(found.securitySubCategories, drift),
            risks=_risks(found.risks, drift),
        ),
        tuple(drift),
    )


rule = Memo(_rule)
"""The rule in an object, remembered by its bytes."""


def _first_rule(raw: Raw | bytes) -> Found:
    """The first rule of a `sourceRules` list. Wiz lists more than one where several rules made the same issue."""
    drift: list[str] = []
    for entry in listed(raw, "sourceRules", drift) or ():
        found, noted = rule(entry)
        if found is not None:
            return found, noted
        drift += noted
    return None, tuple(drift)


first_rule = Memo(_first_rule)
"""The first rule in a list, remembered by its bytes."""


def _frameworks(raw: Raw, drift: list[str]) -> tuple[Framework, ...]:
    if raw is ABSENT or bytes(raw) == b"null":
        return ()
    try:
        categories = msgspec.json.decode(raw, type=list[_SubCategory])
    except (ValueError, RecursionError):
        drift.append("rule.securitySubCategories: another shape than expected")
        return ()
    frameworks = []
    for entry in categories[:_MOST_FRAMEWORKS]:
        category = entry.category if isinstance(entry.category, _Category) else _Category()
        framework = category.framework if isinstance(category.framework, _Framework) else _Framework()
        named = [filled(text) for text in (framework.name, category.name, entry.title)]
        if named[0] is not None:
            words = [clean(text or "", LINE_CHARACTERS, "rule.securitySubCategories", drift) for text in named]
            frameworks.append(Framework(framework=words[0], category=words[1], title=words[2]))
    if len(categories) > _MOST_FRAMEWORKS:
        drift.append(f"rule.securitySubCategories: only {_MOST_FRAMEWORKS} kept")
    return tuple(frameworks)


def _risks(raw: Raw, drift: list[str]) -> tuple[str, ...]:
    if raw is ABSENT or bytes(raw) == b"null":
        return ()
    try:
        risks = msgspec.json.decode(raw, type=list[str])
    except (ValueError, RecursionError):
        drift.append("rule.risks: another shape than expected")
        return ()
    return tuple(clean(risk, 200, "rule.risks", drift) for risk in risks[:50])
