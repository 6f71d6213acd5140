"""Which resources a mapping rule may match, by the terms that they are filtered by. Pure."""

from __future__ import annotations

from callboard.domain.ownership.claims import Key
from callboard.domain.ownership.mapping import Form
from callboard.domain.ownership.rule_index import Compiled, Condition
from callboard.domain.term import ACCOUNT, MOST_CHARACTERS, TAG, folded


def terms_of_rule(rule: Compiled) -> list[Key]:
    """Terms (`domain.term`) of which every resource that the rule matches has one. Empty: terms do not tell."""
    return next((terms for each in rule.conditions if (terms := _terms_of(each))), [])


def _terms_of(condition: Condition) -> list[Key]:
    if condition.patterns or not all(each.isascii() for each in condition.exact):
        return []
    if condition.form is Form.ACCOUNT:
        return [(ACCOUNT, folded(each)[:MOST_CHARACTERS]) for each in condition.exact]
    if condition.form in (Form.TAG, Form.LABEL) and all(each.count("=") == 1 for each in condition.exact):
        # Rules trim key and value apart; what is filtered by is folded as one text, which may have a space beside the mark.
        pairs = (each.partition("=") for each in condition.exact)
        marks = ("=", " =", "= ", " = ")
        return [(TAG, folded(key + mark + value)[:MOST_CHARACTERS]) for key, _, value in pairs for mark in marks]
    return []
