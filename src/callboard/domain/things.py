"""What the pages of one rule, advisory, resource or project show: of what is in the viewer's sight, and nothing else."""

from __future__ import annotations

import msgspec

from callboard.domain.board import BundleRow, Counts, Evidence
from callboard.domain.component import EntityRef
from callboard.domain.finding import Project, Resource, Rule, Severity
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.query import Page
from callboard.domain.run import Mode, RunState


class Count(msgspec.Struct, frozen=True):
    """A number, and the query that lists exactly what it counts."""

    n: int
    query: str


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The findings about one thing, in numbers."""

    about: str
    """The query for all of them, whatever their state."""
    oldest: str
    """The query for the open ones, the oldest first."""
    open: Count
    by_severity: Counts
    """Open ones."""
    overdue: Count
    flapping: Count
    """Open ones that come and go; they are among the open ones."""
    transient: Count
    """Closed within a day of their first detection; they are among those that are not open any more."""
    fixed: Count
    gone: Count
    suppressed: Count
    oldest_open_at: Instant | None
    """First detection of the oldest open one. None: none is open."""
    first_at: Instant | None
    """First detection of the very first one, open or not. None: there is none at all."""
    latest_at: Instant | None
    """First detection of the latest one."""

    @property
    def total(self) -> int:
        """All of them, whatever their state."""
        return self.open.n + self.fixed.n + self.gone.n + self.suppressed.n


class Place(msgspec.Struct, frozen=True):
    """Where a thing is told: the id at a source."""

    external_id: str
    source: str


class RulePage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that fails one rule."""

    rule: Rule
    source: SourceHealth
    others: tuple[Place, ...]
    """Rules of the same id at other sources."""
    spread: Spread
    components: Page[BundleRow] | None
    """Open ones by component, in the order of work. None: too many to put together."""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says about an advisory. None everywhere: it does not tell."""

    source: str
    kind: str
    """Of the source."""
    rule_id: str
    description: str | None
    link: str | None
    """The advisory's page, untrusted."""
    score: float | None
    """CVSS base score, the highest told."""
    epss: float | None
    """The highest told."""
    known_exploited: bool | None
    has_exploit: bool | None
    open: Count


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """One component that has the advisory in one package."""

    component: EntityRef | None
    """None: findings without a component."""
    package: str | None
    fixed_in: str | None
    """The version to go to. None: none is known."""
    resources: int
    oldest_at: Instant
    open: Count


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that has an advisory."""

    place: Place
    name: str
    type: str
    severity: Severity
    open: Count


class CvePage(msgspec.Struct, frozen=True, kw_only=True):
    """Which of ours have an advisory."""

    cve: str
    spread: Spread
    tellings: tuple[Telling, ...]
    affected: tuple[Affected, ...]
    """Most findings first, 200 at most."""
    affected_count: int
    component_count: int
    is_shared: bool
    """Some findings are listed at several components."""
    resources: tuple[Touched, ...]
    """Worst first, 50 at most."""
    resource_count: int
    sources: tuple[SourceHealth, ...]


class ResourcePage(msgspec.Struct, frozen=True, kw_only=True):
    """One resource: its names, whose it is, and what is wrong with it."""

    resource: Resource
    source: SourceHealth
    others: tuple[Place, ...]
    spread: Spread
    bundles: Page[BundleRow]
    """What to do there, in the order of work."""
    verdict: str
    reason: str | None
    components: tuple[EntityRef, ...]
    owners: tuple[EntityRef, ...]
    evidence: tuple[Evidence, ...]
    """Of components that the viewer may see."""
    withheld: bool
    """Components are named that the viewer may not see."""
    projects: tuple[Project, ...]


class ProjectPage(msgspec.Struct, frozen=True, kw_only=True):
    """One project of a source."""

    project: Project
    source: SourceHealth
    others: tuple[Place, ...]
    archived: bool
    listed: bool
    """False: only findings mention it, the source's own list does not tell of it."""
    path: tuple[Project, ...]
    """The folders around it, the outermost first."""
    owners: tuple[str, ...]
    champions: tuple[str, ...]
    repositories: tuple[str, ...] | None
    """None: only told to who sees everything."""
    services: tuple[str, ...] | None
    claimed_by: tuple[EntityRef, ...]
    """Components in sight whose annotation names it."""
    spread: Spread
    components: Page[BundleRow] | None
    """Open ones by component. None: too many to put together."""


class LastRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a source, however it ended."""

    id: int
    mode: Mode
    state: RunState
    started_at: Instant
    finished_at: Instant | None


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One source on the page of sources."""

    health: SourceHealth
    open: Count
    outside: Count
    """Of the open ones those that the present scope does not ask about."""
    last_run: LastRun | None
