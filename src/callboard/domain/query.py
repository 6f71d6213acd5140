"""What a reader may ask about findings: one filter, one order, one cursor, for the API, the pages and the command line."""

from __future__ import annotations

import base64
import binascii
import enum
from typing import Generic, TypeVar

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.finding import OPEN_STATES, Kind, Severity, State
from callboard.domain.instant import Instant
from callboard.errors import InvalidQueryError

MAX_LIMIT = 500
"""Rows on one page at most."""


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
    """Where a page ended: the sort key of its last row. Opaque to callers."""

    sort: Sort
    key: tuple[int, ...]

    def encode(self) -> str:
        """As text for a URL."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, *, sort: Sort) -> Cursor:
        """The cursor in `text`. Raises InvalidQueryError when it is damaged or of another order."""
        try:
            cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=cls)
        except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
            raise InvalidQueryError(
                "The cursor is damaged.", field="cursor", hint="Start from the first page."
            ) from error
        if cursor.sort != sort:
            raise InvalidQueryError(
                f"The cursor belongs to the order {cursor.sort.value!r}.",
                field="cursor",
                hint="Start from the first page.",
            )
        return cursor


T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some rows of a longer list."""

    rows: tuple[T, ...]
    total: int
    """Rows in the whole list that the viewer may see."""
    cursor: str | None
    """Where the next page starts. None: this is the last one."""


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
