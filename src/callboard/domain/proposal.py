"""A rule that would give one resource to one component, drafted for a person to look at. Pure."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef, short_name
from callboard.domain.mapping import Form, Rule, RuleSet, Term, spelled

BY_HAND = "by-hand"
"""The set that drafts go to where nobody names another."""


def proposal(former: RuleSet | None, resource: str, name: str, component: EntityRef, reason: str) -> RuleSet:
    """`former` (None: a new set) with a rule for this resource; a rule of the same name is replaced."""
    rule_set = former or RuleSet(name=BY_HAND)
    called = " ".join(f"{name} to {short_name(component)}".split())[:200]
    rule = Rule(called, (Term(Form.RESOURCE, (spelled(Form.RESOURCE, resource),)),), (component,), reason)
    kept = tuple(each for each in rule_set.rules if each.name != called)
    return msgspec.structs.replace(rule_set, rules=(*kept, rule))
