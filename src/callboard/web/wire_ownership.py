"""The JSON shapes of ownership: rule sets, plans, explanations, reports."""

from __future__ import annotations

from typing import Any

import msgspec


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a rule set."""

    name: str
    revision: int
    at: str
    actor: str
    reason: str
    removed: bool
    origin: str | None
    """The file that the set is kept in, where it is."""
    document: dict[str, Any]
    """The set as it is written in a file."""
    entries: list[RuleSetEntry]


class RuleSetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote an entry of a set, and when."""

    name: str
    by: str
    at: str
    until: str | None
    """The last day on which it holds. null: until somebody takes it back."""
    trusted_by: str | None
    """Who trusts it to open what is sensitive."""
    trusted_until: str | None


class RuleSets(msgspec.Struct, frozen=True, kw_only=True):
    """Rule sets."""

    items: list[RuleSet]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a set that has to be put right first."""

    where: str
    reason: str


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that would move."""

    external_id: str
    source: str
    name: str
    evidence: str


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Resources that would go from the same to the same."""

    before: list[str]
    after: list[str]
    verdict: str
    resources: int
    findings: int
    examples: list[Example]


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner would see more and less of, in open findings."""

    owner: str
    gained: int
    lost: int
    gained_sensitive: int
    lost_sensitive: int


class RuleReach(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule would match, and of that decide, in resources."""

    rule: str
    resources: int
    decides: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a rule set would do."""

    name: str
    revision: int
    """The revision that it was compared with. 0: there is none."""
    added: list[str]
    changed: list[str]
    removed: list[str]
    problems: list[Problem]
    asks: list[str]
    """Why a person has to agree to it by name."""
    resources: int
    moved_resources: int
    moved_findings: int
    seen_otherwise: int
    """Resources that would stay where they are, and be seen to another depth."""
    shifts: list[Shift]
    shift_count: int
    access: list[Access]
    reach: list[RuleReach]
    patch: str | None


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a rule set did."""

    state: str
    """applied, unchanged, held (a person has to agree) or patch (it is kept in a file: change it there)."""
    revision: int
    plan: Plan
