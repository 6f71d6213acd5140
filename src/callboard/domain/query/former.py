"""The filter of before the query language: what pages, API and command line still ask with. It goes when they moved."""

from __future__ import annotations

import enum
from typing import cast

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.finding import OPEN_STATES, Kind, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.query import paging


@enum.unique
class Sort(enum.StrEnum):
    """The orders of a list. Each ends with the finding's id, so that it is total and paging is stable."""

    SEVERITY = "severity"
    """Worst first, then the earliest due, then the oldest id."""
    FIRST_DETECTED = "first"
    """Newest first."""


class FindingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which findings. Fields are ANDed, the values of one field are ORed; an empty field does not filter."""

    states: tuple[State, ...] = OPEN_STATES
    severities: tuple[Severity, ...] = ()
    kinds: tuple[Kind, ...] = ()
    components: tuple[EntityRef, ...] = ()
    owners: tuple[EntityRef, ...] = ()
    systems: tuple[EntityRef, ...] = ()
    rules: tuple[str, ...] = ()
    """Rule ids at the source (a CVE is one), exact."""
    resources: tuple[str, ...] = ()
    """Resource ids of any form (source id, provider id, repository), exact."""
    projects: tuple[str, ...] = ()
    """Project ids at the source."""
    sources: tuple[str, ...] = ()
    text: str = ""
    """Part of a rule's or resource's name or id, any letter case. Empty: any."""
    mapped: bool | None = None
    """True: has a component; False: has none; None: both."""
    reasons: tuple[str, ...] = ()
    """Values of `domain.ownership.Reason`: why it is unmapped or in conflict."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended, by one of the orders above: `paging.Cursor` with a key of numbers."""

    sort: Sort
    key: tuple[int, ...]

    def encode(self) -> str:
        """As text for a URL."""
        return paging.Cursor(self.sort.value, self.key).encode()

    @classmethod
    def decode(cls, text: str, *, sort: Sort) -> Cursor:
        """The cursor in `text`. Raises InvalidQueryError when it is damaged or of another order."""
        key = paging.Cursor.read(text, order=sort.value).key
        if not all(isinstance(part, int) for part in key):
            raise paging.damaged()
        return cls(sort, cast("tuple[int, ...]", key))


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh and how whole a source's findings are."""

    name: str
    kind: str
    last_full_at: Instant | None
    """Start of the last complete full run that was applied."""
    last_run_at: Instant | None
    """Start of the last run of any mode that was applied, whole or in part."""
    last_run_state: str | None
    """The last run's state word; None before the first run."""
    reason: str | None
    """Why the last run was held or is partial, in words."""
    held_run: int | None
    """The run that waits for a person; None when none does."""
    stale: bool
    """Older than the operator promised."""
    syncing: bool
    rejected: int
    """Records that could not be read and still cannot."""
    out_of_scope: int
    """Open findings that the present scope does not ask about any more."""
    findings: int
