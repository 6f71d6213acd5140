"""Findings of one kind, kept as columns: a row number and a few bytes each, so that a million need 35 MB.

Everything else that a finding tells (names, texts, places) is worked out from its row when somebody asks.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final

from callboard.demo.company.ids import FindingIds

SEVERITIES: Final = ("NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL")
"""Severity codes are positions here. Issues call position 0 INFORMATIONAL (wiz-api.md sections 4 and 5)."""

OPEN, IN_PROGRESS, RESOLVED, REJECTED = range(4)
STATUSES: Final = ("OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED")
RESULTS: Final = ("FAIL", "PASS", "ERROR", "NOT_ASSESSED")

NO_REASON, FIXED, DELETED, FALSE_POSITIVE, EXCEPTION, WONT_FIX, SEVERITY_CHANGED, CONTROL_DISABLED = range(8)
ISSUE_REASONS: Final = (
    None,
    "ISSUE_FIXED",
    "OBJECT_DELETED",
    "FALSE_POSITIVE",
    "EXCEPTION",
    "WONT_FIX",
    "SEVERITY_CHANGED",
    "CONTROL_DISABLED",
)
FINDING_REASONS: Final = (
    None,
    "FINDING_FIXED",
    "OBJECT_DELETED",
    "FALSE_POSITIVE",
    "EXCEPTION",
    "RISK_ACCEPTED",
    "UNDER_REVIEW",
    "BY_DESIGN",
)
"""The same codes in the words of vulnerability and configuration findings."""


def _times() -> array[int]:
    return array("I")


@dataclass(kw_only=True)
class Ledger:
    """The rows of one kind. Times are epoch seconds; 0 means never."""

    ids: FindingIds
    cause: array[int] = field(default_factory=lambda: array("H"))
    """Index of the rule, or of the weakness for vulnerabilities."""

    resource: array[int] = field(default_factory=_times)
    severity: bytearray = field(default_factory=bytearray)
    status: bytearray = field(default_factory=bytearray)
    reason: bytearray = field(default_factory=bytearray)
    result: bytearray = field(default_factory=bytearray)
    """Configuration findings only: index into RESULTS."""

    created: array[int] = field(default_factory=_times)
    updated: array[int] = field(default_factory=_times)
    changed: array[int] = field(default_factory=_times)
    """When the status last changed."""

    resolved: array[int] = field(default_factory=_times)
    reopened: array[int] = field(default_factory=_times)
    seen: array[int] = field(default_factory=_times)
    """When a scan last confirmed it."""

    revision: int = 0
    """Goes up with every change, so that remembered answers can be thrown away."""

    def __len__(self) -> int:
        return len(self.cause)

    def append(self, cause: int, resource: int, severity: int, at: int) -> int:
        """A new open finding, first seen at `at`; answers its row."""
        self.cause.append(cause)
        self.resource.append(resource)
        self.severity.append(severity)
        self.status.append(OPEN)
        self.reason.append(NO_REASON)
        self.result.append(0)
        for column in (self.created, self.updated, self.changed, self.seen):
            column.append(at)
        self.resolved.append(0)
        self.reopened.append(0)
        return len(self.cause) - 1

    def resolve(self, row: int, at: int, reason: int = FIXED) -> None:
        """The source found it gone."""
        self.status[row] = RESOLVED
        self.reason[row] = reason
        self.result[row] = 1
        self.resolved[row] = self.changed[row] = self.updated[row] = at

    def reopen(self, row: int, at: int) -> None:
        """The source found it again."""
        self.status[row] = OPEN
        self.reason[row] = NO_REASON
        self.result[row] = 0
        self.resolved[row] = 0
        self.reopened[row] = self.changed[row] = self.updated[row] = self.seen[row] = at

    def reject(self, row: int, at: int, reason: int) -> None:
        """A person said that nothing will be done."""
        self.status[row] = REJECTED
        self.reason[row] = reason
        self.changed[row] = self.updated[row] = at
