"""Reports that callers asked for, and their runs: queued, then in progress, then there, and gone again some day."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal["ISSUES", "VULNERABILITIES", "GRAPH_QUERY"]
KINDS: Final[tuple[Kind, ...]] = ("ISSUES", "VULNERABILITIES", "GRAPH_QUERY")
Status = Literal["QUEUED", "IN_PROGRESS", "COMPLETED", "EXPIRED"]

_QUEUED_SHARE: Final = 0.25
"""The part of a run's time that it waits."""

_LINK_SECONDS: Final = 6 * 3_600
"""How long a finished run can be fetched."""


@dataclass(kw_only=True, eq=False)
class Run:
    """One run of a report."""

    id: str
    report: Report
    at: int
    """The world's time when it was asked for."""

    began: float
    """The same moment on the clock of this process."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """What makes its link hard to guess."""


@dataclass(kw_only=True, eq=False)
class Report:
    """One report."""

    id: str
    name: str
    kind: Kind
    project_id: str | None
    parameters: dict[str, Any]
    columns: list[str] | None
    delimiter: str | None
    interval_hours: int | None
    starts_at: str | None
    created_at: int
    updated_at: int
    runs: list[Run] = field(default_factory=list)


@dataclass(kw_only=True)
class Reports:
    """The reports of one tenant. Time passes for a run both when the world's clock is moved and by itself."""

    seconds: float = 2.0
    """How long a run takes."""

    clock: Callable[[], float] = time.monotonic
    by_id: dict[str, Report] = field(default_factory=dict)

    def add_run(self, report: Report, id_: str, now: int) -> Run:
        """Start a run."""
        run = Run(id=id_, report=report, at=now, began=self.clock())
        report.runs.append(run)
        return run

    def age(self, run: Run, now: int) -> float:
        """Seconds since the run was asked for."""
        return max(0.0, now - run.at) + max(0.0, self.clock() - run.began)

    def status(self, run: Run, now: int) -> Status:
        """How far a run is."""
        age = self.age(run, now)
        if age < self.seconds * _QUEUED_SHARE:
            return "QUEUED"
        if age < self.seconds:
            return "IN_PROGRESS"
        return "COMPLETED" if age < self.seconds + _LINK_SECONDS else "EXPIRED"

    def progress(self, run: Run, now: int) -> int:
        """How far a run is, in percent."""
        if self.status(run, now) == "QUEUED":
            return 0
        return 100 if not self.seconds else min(100, int(100 * self.age(run, now) / self.seconds))

    def find_run(self, id_: str) -> Run | None:
        """The run with that id."""
        return next((run for report in self.by_id.values() for run in report.runs if run.id == id_), None)
