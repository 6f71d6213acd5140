"""The JSON shapes of what waits for an owner, of conflicts, of alignment, of trees and of drafts."""

from __future__ import annotations

from typing import Any

import msgspec

from callboard.web.wire.ownership import Spoken


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """One component that may own a resource. Nothing applies it."""

    component: str
    owner: str | None
    sentence: str
    """Why."""
    is_clerical: bool
    """For a person to look at; false: suggested."""


class Waiter(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that nobody owns."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    suggestions: list[Suggested]
    said: list[Spoken]
    """Who said, the newest first, that it is not a component's, and has not taken it back."""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A component that resources of one place are like."""

    component: str
    owner: str | None
    resources: int
    sentence: str
    is_clerical: bool


class Heap(msgspec.Struct, frozen=True, kw_only=True):
    """What one action would map."""

    kind: str
    """project or account."""
    value: str
    title: str
    findings: int
    resources: int
    query: str
    """Lists exactly these findings."""
    proposed: list[Proposed]
    examples: list[Waiter]


class UnmappedQueue(msgspec.Struct, frozen=True, kw_only=True):
    """What nobody owns."""

    resources: int
    findings: int
    suggested: int
    """Resources with a suggestion."""
    said: int
    """Resources of which somebody said that they are not theirs."""
    heaps: list[Heap]
    """By what one action would map, the most first; one resource may be in several."""
    heap_count: int
    single: list[Waiter]
    """Those that were given back first, then those with a suggestion and with most open findings."""


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """One component that claims a resource, with its strongest evidence."""

    component: str
    owner: str | None
    tier: int
    tier_words: str
    text: str


class Contested(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that components of different owners claim."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    rivals: list[Rival]


class Conflicts(msgspec.Struct, frozen=True, kw_only=True):
    """Resources in conflict, those with most open findings first."""

    total: int
    items: list[Contested]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the catalog and Wiz do not say the same."""

    kind: str
    component: str | None
    project: str | None
    sentence: str
    catalog: str | None
    """What could be written in the catalog's file."""
    file: str | None
    wiz: str | None
    """What could be changed in Wiz, in words."""
    mutation: str | None


class AlignmentCheck(msgspec.Struct, frozen=True, kw_only=True):
    """How often one question was asked, and what came of it."""

    kind: str
    asked: int
    differ: int
    unknown: int


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """Both pictures side by side."""

    checked: list[AlignmentCheck]
    differences: list[Difference]


class TreeNode(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a tree of open findings; what several children share counts once."""

    kind: str
    key: str
    title: str
    total: int
    by_severity: dict[str, int]
    query: str | None
    """Lists exactly what is counted. null: no query can."""
    shared: int
    children: list[TreeNode]


class ProposalDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An owner that somebody proposes for a resource, or for everything in a project or an account."""

    component: str
    resource: str | None = None
    project: str | None = None
    account: str | None = None
    reason: str = ""
    source: str | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A draft of a rule. Nothing is written."""

    document: dict[str, Any]
    """As it can be planned and applied."""
    revision: int
    """Of the set that it was made from. 0: a new one, or one that the caller may not read."""
    may_apply: bool
