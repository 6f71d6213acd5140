"""JSON shapes of the API about policies that are laid down. As `wire`: names here are added to, never changed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec


class PolicyRevision(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a policy."""

    n: int
    at: str
    by: str
    reason: str
    removed: bool
    """Taken back with this revision."""
    origin: str | None
    """The file that it is kept in."""
    document: dict[str, Any]


class LaidPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it stands."""

    kind: str
    """roles or due."""
    revision: int
    """0: the configuration holds."""
    document: dict[str, Any]
    """As it can be written in a file."""
    history: list[PolicyRevision]
    """The newest first."""


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """Every policy."""

    items: list[LaidPolicy]


class PolicyDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy to plan or to apply."""

    document: dict[str, Any]
    """The policy as it is written in a file."""
    reason: str = ""
    """Why, for the log."""
    agreed: bool = False
    """Apply it although it opens much, or makes much overdue."""
    expected: int | None = None
    """The revision that the draft was made from: a newer one is a conflict."""
    remove: bool = False
    """Take it back instead: the configuration holds again."""


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One value that would change."""

    field: str
    old: str
    new: str


class PolicyProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has to be put right first."""

    where: str
    reason: str


class RoleChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one person would become and cease to be."""

    person: str
    gains: list[str]
    loses: list[str]
    sees_more: int
    """Open findings."""
    sees_less: int


class MovedDate(msgspec.Struct, frozen=True, kw_only=True):
    """One finding whose date would move."""

    finding_id: int
    title: str
    severity: str
    old: str | None
    new: str | None


class MovedDates(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen to due dates, in open findings."""

    open: int
    moved: int
    earlier: int
    later: int
    newly_overdue: int
    no_longer_overdue: int
    examples: list[MovedDate]


class DatesDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of a plan, whose findings are asked for."""

    document: dict[str, Any]
    """The policy that is planned."""
    of: Annotated[str, msgspec.Meta(max_length=400)]
    """moved, earlier, later, newly-overdue, no-longer-overdue; or sees-more: or sees-less: and the person, whose findings
    are told as they are due."""
    skip: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0


class DateLines(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that a number counts."""

    findings: int
    items: list[MovedDate]
    next_skip: int | None
    """How many to skip for more. null: these are the last."""


class PolicyPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a policy would do."""

    kind: str
    revision: int
    """What it was compared with; 0: the configuration."""
    changes: list[PolicyChange]
    problems: list[PolicyProblem]
    asks: list[str]
    """Why a person has to agree by name."""
    people: list[RoleChange]
    people_count: int
    everybody: int
    """People in the catalog, where what is open to all of them would change."""
    opened: int
    """Open findings that this is about."""
    dates: MovedDates | None
    patch: str | None


class PolicyApplied(msgspec.Struct, frozen=True, kw_only=True):
    """What applying did."""

    state: str
    """applied, unchanged, held or patch."""
    revision: int
    plan: PolicyPlan
