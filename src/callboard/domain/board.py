"""What the board shows: rows and pages, the same for JSON, HTML and the command line."""

from __future__ import annotations

import msgspec

from callboard.domain.code_facts import CodeFacts
from callboard.domain.component import EntityRef
from callboard.domain.decision import Decision
from callboard.domain.finding import Detail, Kind, Project, Resource, Rule, Severity, State
from callboard.domain.guidance import Change, Runbook
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.left_out import Told
from callboard.domain.ownership.inherited import BaseImage, FromBase
from callboard.domain.remediation.ticket import LinkedTicket
from callboard.domain.remediation.write_back import Shown
from callboard.domain.standing import Standing


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings by severity."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    unknown: int = 0
    low: int = 0
    info: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            critical=self.critical + other.critical,
            high=self.high + other.high,
            medium=self.medium + other.medium,
            unknown=self.unknown + other.unknown,
            low=self.low + other.low,
            info=self.info + other.info,
        )

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
    overdue: int | None = None
    """Open ones whose day has passed. None: not asked for."""
    weeks: tuple[int, ...] = ()
    """Open findings at the end of each of the last eight weeks, the present one last. Empty: not asked for."""
    listed: bool = True
    """False: this viewer is told how many findings there are, and not which: nothing lists them."""
    checked_at: Instant | None = None
    """When its least fresh source was last read. None: nobody can tell which findings are its own, or not asked for."""


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


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to findings in one week."""

    starts_at: Instant
    opened: int
    """Opened or reopened."""
    closed: int
    transient: int
    """Of the closed ones those that lived less than a day: noise, not work."""
    open: int
    """Open at the end of the week, or now in the present week."""


class BundleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work: findings that one action closes, of what the viewer may see and the query asks for."""

    id: int
    """Of the bundle; 0 for a group by something else than the fix."""
    group: str
    """What findings are put together by: a word of `domain.query.Grouping`."""
    title: str
    """In plain words; what is wrong, or what the group is."""
    fix: str | None
    """What to do, as a sentence; None: the rule's guidance says it."""
    severity: Severity
    """The worst of them."""
    findings: int
    """How many the action closes."""
    components: tuple[EntityRef, ...]
    """Up to five of the components they are in, by reference."""
    component_count: int
    owners: tuple[EntityRef, ...]
    """The groups or users who own those components, up to five."""
    unmapped: bool
    """Some of them have no component."""
    oldest_at: Instant
    """First detection of the oldest."""
    due_at: Instant | None
    """The earliest date; None: none has one."""
    overdue: bool
    known_exploited: bool
    epss: float | None
    """The highest, in thousandths rounded up; None: none told, or none."""
    exposed: bool | None
    """Some are reachable from the internet; None: nobody told."""
    band: int
    why: str
    """Why it stands here, in one sentence."""
    query: str
    """The canonical query that lists exactly these findings."""
    finding_id: int
    """The first of them: the page to open."""
    link: str | None
    """The source's own page of that finding, checked; None: there is none that may be shown."""
    no_link: str | None = None
    """Why there is none, in words."""
    source: str = ""
    """The source of that finding; empty: not asked for."""
    source_kind: str = ""
    tier: int | None = None
    """Of the evidence by which that finding is mapped."""
    filed: tuple[LinkedTicket, ...] = ()
    """Tickets of that finding, which were made or linked here."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Whether we are getting better."""

    weeks: tuple[Week, ...]
    """Oldest first; the last one is the present week and not over yet."""
    half_life_days: int | None
    """Half of the critical and high findings were closed within so many days (Kaplan-Meier median over the last 91 days).
    None: less than half were."""
    half_life_n: int
    """How many findings this says something about."""
    former_half_life_days: int | None
    """The same for the 91 days before."""
    former_half_life_n: int


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The three numbers of the first page, and what stands apart. Each is a link to the query with its name."""

    open: int
    overdue: int
    due_soon: int
    """Due within seven days, today included."""
    new: int | None
    """First detected since the last visit. None: this is the first visit."""
    new_since: Instant | None
    flapping: int
    """Open ones that come and go; they are not among the work."""
    transient: int
    """First detected since `transient_since` and closed within a day: noise, not work."""
    transient_since: Instant
    """The beginning of a day, four weeks ago."""
    suppressed: int
    """Set aside by a person, here or at the source."""


class DoNow(msgspec.Struct, frozen=True, kw_only=True):
    """The first page: what to do now."""

    query: str
    """What it answers, in the query language."""
    numbers: Numbers
    bundles: tuple[BundleRow, ...]
    """Ten at most, in the order of work."""
    bundle_count: int
    """All of them."""
    progress: Progress
    components: tuple[ComponentRow, ...]
    """The worst of them, eight at most."""
    sources: tuple[SourceHealth, ...]
    catalog_read_at: Instant | None
    unmapped_components: int
    """Components of which nobody can tell which findings are theirs."""
    revision: int
    left_out: Told | None = None
    """What the team leaves out of `bundles`, by its own word. None: nothing."""


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A query with a name. Access still applies to whoever opens it."""

    id: int
    name: str
    query: str
    team: EntityRef | None
    """The team that sees it as well."""
    mine: bool


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """What a list could be narrowed to by one key."""

    key: str
    values: tuple[tuple[str, str, int], ...]
    """Value, words for it, and findings; the most first, or in the words' own order. Empty with `too_many`."""
    too_many: bool = False
    """The list is too long to count by this key: narrow the filter."""


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
    bundle: str
    """The key of its bundle: what one action closes."""
    band: int
    known_exploited: bool
    epss: float | None
    exposed: bool | None
    flapping: bool
    tickets: int
    """Tickets that the source links, and those made or linked here."""
    inherited: bool
    """It came with a base image, and is for its owner to fix instead of whoever runs it."""
    taken_by: str | None = None
    """Who works on it: the reference of a user or a group, a token, or "laptop"."""
    aside: Decision | None = None
    """Why it is no work now, as somebody said here; it stands while its source has closed it, too."""
    asked: Decision | None = None
    """Somebody asks that its risk be accepted."""
    filed: tuple[LinkedTicket, ...] = ()
    """Tickets that were made or linked here."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate for the ownership of a finding, winner or not."""

    component: EntityRef
    tier: int
    text: str
    """For example `wiz.io/project-id: 7f2c…` on component:default/checkout-api"""
    won: bool


SHORTENED = "shortened"
"""A line of a history that stands for details which were dropped as old: `domain.retention.DETAIL`."""


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a finding."""

    kind: str
    """opened, state, severity, reopened, owner, …; or that details were dropped: shortened."""
    at: Instant
    """When it happened, by the source's clock where it tells."""
    recorded_at: Instant
    """When Callboard stored it."""
    actor: str
    """source, person, rule."""
    old: str | None
    new: str | None
    decision: Decision | None = None
    """What a person said, or what of it has ended."""


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
    standing: Standing = Standing()
    """What people said about it and still holds."""
    withheld: tuple[str, ...] = ()
    """What of the detail is not told to this viewer, in words."""
    base: BaseImage | None = None
    """The base image that it came with. None: it is in no base layer, or nobody knows."""
    changes: tuple[Change, ...] = ()
    """What to change where, as far as it can be worked out."""
    runbooks: tuple[Runbook, ...] = ()
    writes: tuple[Shown, ...] = ()
    """What of all that was said is written at its source, or is to be, the newest first."""


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
    dangling_told: bool = True
    """False: whether an annotation matches anything is told to who owns the component, and not to this viewer."""
    groups: tuple[RuleGroup, ...]
    """Worst first, then the most findings; 50 at most."""
    by_kind: dict[str, int]
    """Open ones."""
    closed_30d: int
    shared: int
    """Open ones that other components share."""
    inherited: tuple[FromBase, ...]
    """Open ones on what it runs that are for others to fix; not among its own."""
    on_others: int
    """Of its own open ones: those on what others run, which was built on its base images."""
    sources: tuple[SourceHealth, ...]
    code: tuple[CodeFacts, ...] | None = None
    """What repositories told of its code. None: told to who owns the component, and not to this viewer."""


class RollupPage(msgspec.Struct, frozen=True, kw_only=True):
    """A team, a system or a domain: what it owns, and what to do there first."""

    ref: EntityRef
    kind: str
    """group, user, system or domain."""
    title: str
    description: str | None
    above: EntityRef | None
    """The group above it, or for a system its domain."""
    below: tuple[EntityRef, ...]
    """Groups below it, or the systems of a domain."""
    members: int | None
    """People directly in a group; None for what is no group."""
    in_catalog: bool = True
    """False: the catalog does not hold it, and components name it all the same."""
    query: str
    """What the bundles answer: open findings of what it owns itself."""
    counted: Counts | None = None
    """All that is open, where the viewer knows of more in numbers than in lists. None: the lists hold all of it."""
    numbers: Numbers
    bundles: tuple[BundleRow, ...]
    bundle_count: int
    progress: Progress
    components: tuple[ComponentRow, ...]
    """Worst first."""
    sources: tuple[SourceHealth, ...]
    left_out: Told | None = None
    """What the team leaves out of `bundles`, by its own word. None: nothing."""
