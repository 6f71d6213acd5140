"""The JSON shapes of ownership: rule sets, plans, explanations, reports."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from callboard.web.wire.board import BaseImage


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


class RuleSetDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule set to plan or to apply."""

    document: dict[str, Any]
    """The set as it is written in a file."""
    reason: str = ""
    """Why, for the log."""
    agreed: bool = False
    """Apply it although it is surprising."""
    expected: int | None = None
    """The revision that the draft was made from: a newer one is a conflict."""
    remove: bool = False
    """Take the set back instead."""


class RuleSets(msgspec.Struct, frozen=True, kw_only=True):
    """Rule sets."""

    items: list[RuleSet]


class MappingProblem(msgspec.Struct, frozen=True, kw_only=True):
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
    of: str
    """What lists its resources."""
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
    problems: list[MappingProblem]
    asks: list[str]
    """Why a person has to agree to it by name."""
    resources: int
    moved_resources: int
    moved_findings: int
    inherited_findings: int
    """Of these: those that came with a base image, and go because of whose that is."""
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


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about whose a resource is."""

    id: int
    word: str
    """confirm, endorse or not-ours."""
    component: str
    actor: str
    reason: str
    at: str
    ended_at: str | None
    ended_by: str | None


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate, with its evidence."""

    component: str
    owner: str | None
    owner_problem: str | None
    tier: int
    tier_words: str
    text: str
    won: bool
    dropped: str | None
    """Why it does not count."""
    seen_at: str


class Tenure(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it was for a while."""

    components: list[str]
    verdict: str
    tier: int | None
    from_at: str
    to_at: str | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a resource is whose it is."""

    external_id: str
    source: str
    name: str
    type: str
    verdict: str
    reason: str | None
    tier: int | None
    components: list[str]
    disputed: bool
    open_findings: int
    grounds: list[Ground]
    spoken: list[Spoken]
    history: list[Tenure]
    withheld: bool
    """Components are concerned that the caller may not see."""
    waits: bool
    """Other evidence has won once and has to win once more."""
    base: BaseImage | None
    """The image that it is or runs, and whose that is which came with its base; null where it names no image."""
    may_map: bool
    """The caller may say whose it is for everybody."""
    may_confirm: list[str]
    """Components of which the caller may say that it is theirs."""
    may_deny: list[str]
    may_undo: list[int]
    """Ids of what was said that the caller may take back."""


class WordDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says about one resource."""

    resource: str
    component: str
    reason: str = ""
    source: str | None = None


class SaidWord(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, and what followed."""

    id: int
    """Of the decision, to take it back."""
    word: str
    component: str
    moved_findings: int
    review: str | None
    """Evidence that was said to be wrong so often that somebody should look at it."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Findings or resources by whose they are."""

    all: int
    mapped: int
    by_tier: list[int]
    """Mapped by tiers 1 to 6."""
    conflict: int
    unmapped: int
    suggested: int | None
    disputed: int | None
    dropped: int | None
    coverage: float | None


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the coverage report."""

    label: str
    query: str | None
    """Lists exactly the open findings of this line. null: no query can."""
    findings: Shares
    resources: Shares
    urgent: Shares
    """Findings due within 15 days of their opening."""
    critical_high: Shares
    unmapped_age_p50: int | None
    unmapped_age_p90: int | None
    oldest_unmapped_at: str | None


class TierSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What people said about what one tier gave them."""

    tier: int
    right: int
    wrong: int


class DanglingClaim(msgspec.Struct, frozen=True, kw_only=True):
    """An annotation that names nothing at any source."""

    component: str
    annotation: str
    value: str


class NextAction(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a catalog file, and what it would map."""

    annotation: str
    value: str
    project: str
    component: str | None
    why: str
    findings: int
    resources: int
    location: str | None
    patch: str


class OwnerWaits(msgspec.Struct, frozen=True, kw_only=True):
    """How long resources that were first seen in the last 90 days wait for an owner; those that wait still are counted."""

    resources: int
    within_a_day: float
    within_a_week: float | None
    """null where none has been known for so long."""
    median_days: int | None
    """Whole days until half of them had one; null where half of them never did."""


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much has an owner."""

    on: str
    is_past: bool
    sentence: str
    whole: CoverageRow
    cut: str | None
    rows: list[CoverageRow]
    changed_in_period: int
    waits: OwnerWaits | None
    said: list[TierSaid]
    components: int
    components_with_identifier: int
    without_owner: list[str]
    empty_groups: list[str]
    dangling: list[DanglingClaim]
    best: list[NextAction]


class OwnershipSignal(msgspec.Struct, frozen=True, kw_only=True):
    """Something about ownership that changed or deserves a look."""

    id: int
    kind: str
    words: str
    about: str
    at: str
    old: str | None
    new: str | None
    n: int
    closed_at: str | None
    closed_by: str | None


class OwnershipSignals(msgspec.Struct, frozen=True, kw_only=True):
    """Signals, the newest first."""

    items: list[OwnershipSignal]
    counts: dict[str, int] = {}
    """How many there are of each kind that nobody has looked at."""


class PickDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of a plan, whose resources are asked for."""

    document: dict[str, Any]
    """The rule set that is planned."""
    of: str
    """moved, depth, shift:…, gained:OWNER, lost:OWNER, gained-sensitive:OWNER, lost-sensitive:OWNER, matched:RULE or decided:RULE."""
    skip: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0


class ChangedResource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource with whose it was and is, or is and would be."""

    external_id: str
    source: str
    name: str
    type: str
    before: list[str]
    """Components. Empty: nobody."""
    after: list[str]
    verdict: str
    open: int
    """Open findings on it."""
    at: str | None
    """When it went over."""


class ChangedResources(msgspec.Struct, frozen=True, kw_only=True):
    """The resources that a number counts, those with most open findings first."""

    resources: int
    findings: int
    items: list[ChangedResource]
    next_skip: int | None
    """How many to skip for more. null: these are the last."""
