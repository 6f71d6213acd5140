"""What the board shows: rows and pages, the same for JSON, HTML and the command line."""

from __future__ import annotations

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.finding import Detail, Kind, Project, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.query import SourceHealth


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings by severity."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    unknown: int = 0
    low: int = 0
    info: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.critical + self.high + self.medium + self.unknown + self.low + self.info


class ComponentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One component in the list of components."""

    ref: EntityRef
    name: str
    title: str | None
    type: str | None
    lifecycle: str | None
    owner: EntityRef | None
    """As the catalog says; it may not exist."""
    owner_title: str | None
    owner_problem: str | None
    """None, or why the owner cannot act, in words ("no owner in catalog", "group has no members", …)."""
    system: EntityRef | None
    open: Counts
    oldest_open_at: Instant | None
    """First detection of the oldest open finding; None when there is none."""
    claims: int
    """Annotations on it that name something at a source. 0: nobody can tell which findings belong here."""
    gone_at: Instant | None
    """When a complete catalog reading no longer held it."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The whole board in numbers, of what the viewer may see."""

    findings: int
    by_state: dict[str, int]
    by_kind: dict[str, int]
    """Open ones."""
    open: Counts
    mapped: Counts
    """Open and with a component."""
    unmapped: dict[str, int]
    """Open and without a component, by reason."""
    conflicts: int
    """Open and claimed by components that contradict each other; also in `mapped`."""
    components: int
    others: int
    """Catalog entities of other kinds (systems, APIs, resources) that own open findings and are listed for it."""
    components_without_claims: int
    oldest_unmapped_at: Instant | None


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The components page."""

    totals: Totals
    components: tuple[ComponentRow, ...]
    sources: tuple[SourceHealth, ...]
    catalog_read_at: Instant | None
    """The last complete reading of the catalog."""
    revision: int
    """Grows with every change; for ETags."""


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in a list."""

    id: int
    external_id: str
    source: str
    kind: Kind
    state: State
    severity: Severity
    title: str
    rule_id: str
    """The rule's id at the source; for a vulnerability the CVE."""
    rule_name: str
    resource_id: str
    """The resource's id at the source."""
    resource_name: str
    resource_type: str
    components: tuple[EntityRef, ...]
    verdict: str
    """mapped, conflict or unmapped."""
    reason: str | None
    """For unmapped: why."""
    first_detected_at: Instant
    last_detected_at: Instant | None
    fixed_at: Instant | None
    due_at: Instant | None
    in_scope: bool
    """False: the source's configured scope does not ask about it any more, so nothing below is kept up to date."""
    reopened: int
    """How many times it came back."""
    fix: str | None
    """What closes it, in one line."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate for the ownership of a finding, winner or not."""

    component: EntityRef
    tier: int
    text: str
    """For example `wiz.io/project-id: 7f2c…` on component:default/checkout-api"""
    won: bool


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a finding."""

    kind: str
    """opened, state, severity, reopened, owner, …"""
    at: Instant
    """When it happened, by the source's clock where it tells."""
    recorded_at: Instant
    """When Callboard stored it."""
    actor: str
    """source, person, rule."""
    old: str | None
    new: str | None


class FindingPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one finding."""

    row: FindingRow
    rule: Rule
    resource: Resource
    projects: tuple[Project, ...]
    detail: Detail
    link: str | None
    """The source's own page, checked against the hosts of that source. None: not safe or not given."""
    evidence: tuple[Evidence, ...]
    history: tuple[HistoryLine, ...]
    flapping: bool
    """It came back three times or more within 30 days."""
    source: SourceHealth
    siblings: int
    """Open findings of the same rule that the viewer may see, this one included."""
    no_link: str | None = None
    """Why there is no link, in words."""


class RuleGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings of one component under one rule."""

    rule_id: str
    rule_name: str
    severity: Severity
    """The worst of them."""
    count: int
    oldest_at: Instant
    fix: str | None
    example_id: int
    """One finding of the group: the page to open."""


class ComponentPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one component."""

    row: ComponentRow
    description: str | None
    location: str | None
    annotations: tuple[tuple[str, str], ...]
    """Those that ownership reads."""
    dangling: tuple[tuple[str, str], ...]
    """Annotations that match nothing at any source."""
    groups: tuple[RuleGroup, ...]
    """Worst first, then the most findings; 50 at most."""
    by_kind: dict[str, int]
    """Open ones."""
    closed_30d: int
    shared: int
    """Open ones that other components share."""
    sources: tuple[SourceHealth, ...]
