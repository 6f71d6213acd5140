"""Rules that would give something to one component, drafted for a person to look at. Pure."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef, short_name
from callboard.domain.ownership.mapping import Default, Form, Rule, RuleSet, Term, spelled

BY_HAND = "by-hand"
"""The set that drafts go to where nobody names another."""


def for_resource(former: RuleSet | None, resource: str, name: str, component: EntityRef, reason: str) -> RuleSet:
    """`former` (None: a new set) with a rule for this resource; a rule of the same name is replaced."""
    rule_set = former or RuleSet(name=BY_HAND)
    called = " ".join(f"{name} to {short_name(component)}".split())[:200]
    rule = Rule(called, (Term(Form.RESOURCE, (spelled(Form.RESOURCE, resource),)),), (component,), reason)
    kept = tuple(each for each in rule_set.rules if each.name != called)
    return msgspec.structs.replace(rule_set, rules=(*kept, rule))


def for_place(former: RuleSet | None, form: Form, value: str, component: EntityRef, reason: str) -> RuleSet:
    """`former` with a default for a project, an account or a source; one for the same place is replaced."""
    rule_set = former or RuleSet(name=BY_HAND)
    default = Default(form, spelled(form, value), component, reason)
    kept = tuple(each for each in rule_set.defaults if each.name != default.name)
    return msgspec.structs.replace(rule_set, defaults=(*kept, default))
