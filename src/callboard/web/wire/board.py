"""JSON shapes of the API. Names here are a contract: they are added to, never changed.

Enumerations are words, references are full (`kind:namespace/name`), dates are RFC 3339 in UTC. What is not known is null, and where a
reader could take null for "none", a field beside it says in words why.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from callboard.web.wire.decisions import Decision
from callboard.web.wire.guidance import Guidance
from callboard.web.wire.tickets import FiledTicket
from callboard.web.wire.write_back import WriteBack

T = TypeVar("T")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings by severity. `unknown` is a severity the source did not tell, not "low"."""

    critical: int
    high: int
    medium: int
    unknown: int
    low: int
    info: int
    total: int


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh and how whole a source's findings are."""

    name: str
    kind: str
    last_full_at: str | None
    last_run_at: str | None
    last_run_state: str | None
    reason: str | None
    held_run: int | None
    """The run that waits for a person; null when none does."""
    stale: bool
    syncing: bool
    rejected: int
    out_of_scope: int
    findings: int


class LinkTally(msgspec.Struct, frozen=True, kw_only=True):
    """What the last check found about a source's links of one kind and shape."""

    kind: str
    shape: str
    checked: int
    counts: dict[str, int]
    """By verdict."""
    example_id: int | None
    """A finding whose link is broken."""


class LinkCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The last check of a source's links."""

    source: str
    checked_at: str
    tallies: list[LinkTally]


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """All sources."""

    sources: list[Source]
    link_checks: list[LinkCheck]
    """A source that is not here was never checked, or the caller does not see everything."""
    broken_links_30d: dict[str, int]
    """By source, findings whose link somebody called broken in the last 30 days. A source that is not here has none."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one process does for a sync that is being read."""

    source: str
    leads: bool
    """It decides about the sync and applies it; the others read for it."""
    parts: list[str]
    """The parts that it reads right now."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A process that does what is due."""

    process: str
    """Its machine and number."""
    role: str
    """The command: worker, or serve."""
    version: str
    started_at: str
    seen_at: str
    """When it said last that it lives."""
    lost: bool
    """It was not heard of for the time of a lease, or is known to be no more."""
    doing: str
    """The jobs that it does right now, in words; empty: none."""
    readings: list[Reading]


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """All processes that do what is due, the oldest first."""

    workers: list[Worker]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The whole board in numbers, of what the caller may see."""

    revision: int
    catalog_read_at: str | None
    findings: int
    by_state: dict[str, int]
    open: Counts
    open_by_kind: dict[str, int]
    open_mapped: Counts
    open_unmapped: dict[str, int]
    """By reason."""
    open_conflicts: int
    oldest_unmapped_at: str | None
    components: int
    components_without_claims: int
    sources: list[Source]


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One component and its open findings."""

    ref: str
    name: str
    title: str | None
    type: str | None
    lifecycle: str | None
    owner: str | None
    owner_title: str | None
    owner_problem: str | None
    """Why the owner cannot act, in words; null when it can."""
    system: str | None
    mapping: str
    """"claimed": an annotation names something at a source; "evidence": findings belong here without one; "none": nobody can tell
    which findings belong here, so its zero is not a zero."""
    open: Counts
    oldest_open_at: str | None
    gone_at: str | None
    overdue: int | None
    """Open ones whose day has passed; null: not counted in this answer."""
    weeks: list[int]
    """Open findings at the end of each of the last eight weeks, the present one last; empty: not counted in this answer."""
    checked_at: str | None
    """When its least fresh source was last read; null: nobody can tell which findings are its own, or not asked."""
    listed: bool
    """False: the caller is told how many open findings it has, and not which; no list holds them."""
    url: str
    """Its page, as a path."""


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """One page of components."""

    components: list[Component]
    total: int
    next_cursor: str | None


class RuleGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings of one component under one rule."""

    rule_id: str
    rule_name: str
    severity: str
    count: int
    oldest_at: str
    fix: str | None
    example_id: int
    url: str
    """The list of exactly these findings, as a path."""


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """One annotation that ownership reads."""

    key: str
    value: str
    dangling: bool | None
    """True: it matches nothing at any source; null: that is told to who owns the component."""


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a finding is."""

    verdict: str
    """mapped, conflict or unmapped."""
    reason: str | None
    components: list[str]


class RuleName(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as a list shows it."""

    id: str
    name: str


class ResourceName(msgspec.Struct, frozen=True, kw_only=True):
    """A resource as a list shows it."""

    id: str
    name: str
    type: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in a list."""

    id: int
    external_id: str
    source: str
    kind: str
    state: str
    severity: str
    title: str
    rule: RuleName
    resource: ResourceName
    ownership: Ownership
    first_detected_at: str
    last_detected_at: str | None
    fixed_at: str | None
    due_at: str | None
    in_scope: bool
    reopened: int
    fix: str | None
    bundle: str
    """The key of what one action closes; `bundle:` asks for it."""
    band: int
    """Remediation band; 0 is what was made to harm, 1 the most urgent of the rest."""
    known_exploited: bool
    epss: float | None
    exposed: bool | None
    flapping: bool
    tickets: int
    """Tickets that the source links, and those made or linked here."""
    filed: list[FiledTicket]
    """Those made or linked here."""
    inherited: bool
    """It came with a base image, and is for the owner of that to fix instead of whoever runs it."""
    taken_by: str | None
    """Who works on it: the reference of a user or a group, a token, or "laptop"; null: nobody said so."""
    set_aside: Decision | None
    """Why it is no work now, as somebody said here; it stands while its source has closed it, too."""
    acceptance_asked: Decision | None
    """Somebody asks that its risk be accepted; null: nobody does."""
    url: str
    """Its page, as a path."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """One page of findings."""

    query: str
    """What was asked, in its canonical text."""
    findings: list[Finding]
    total: int
    is_more: bool
    """There are more than `total`: counting stopped there."""
    next_cursor: str | None
    may: list[str]
    """What the caller may say about those of them that are the caller's: acts of `/api/v1/decisions`."""
    seen: int
    """The newest decision of all when this was read; 0: none."""


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a rule in a compliance framework."""

    framework: str
    category: str
    title: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What was violated."""

    id: str
    name: str
    kind: str
    description: str | None
    """Markdown, untrusted."""
    remediation: str | None
    """Markdown, untrusted."""
    url: str | None
    frameworks: list[Framework]
    risks: list[str]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """The thing affected."""

    id: str
    name: str
    type: str
    native_type: str | None
    platform: str | None
    region: str | None
    account_id: str | None
    account_name: str | None
    provider_id: str | None
    repository: str | None
    status: str | None
    tags: dict[str, str]


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project at the source."""

    id: str
    name: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note that somebody left at the source."""

    text: str
    at: str | None
    author: str | None


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that the source links."""

    id: str
    name: str
    url: str | None


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """What the source told beyond the list. null: it does not know, or was not asked; never "no"."""

    description: str | None
    remediation: str | None
    package: str | None
    version: str | None
    fixed_version: str | None
    location: str | None
    detection: str | None
    advisory_url: str | None
    score: float | None
    epss: float | None
    has_exploit: bool | None
    known_exploited: bool | None
    exposed: bool | None
    validated_in_runtime: bool | None
    resolution: str | None
    evidence: list[tuple[str, str]]
    notes: list[Note]
    tickets: list[Ticket]
    assignee: str | None
    source_status: str | None
    source_severity: str | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate for the ownership of a finding."""

    component: str
    tier: int
    text: str
    won: bool


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a finding."""

    kind: str
    at: str
    recorded_at: str
    actor: str
    old: str | None
    new: str | None
    decision: Decision | None
    """What somebody said; null: nobody said it."""


class BaseImage(msgspec.Struct, frozen=True, kw_only=True):
    """What a resource was built on, and whose that is which came with it."""

    image: str
    """The image that the resource is or runs."""
    base: str | None
    """The image that it was built on; null where nobody knows."""
    inherited: bool
    """What came with the base is for its owner to fix."""
    builders: list[str]
    """The components that build the base, where it is inherited, as far as the caller may know."""
    runners: list[str]
    """The components that run the resource, as far as the caller may know."""
    why_not: str | None
    """Why it stays with who runs it, as a word; null where it does not, and where the base is not known."""


class FindingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in full."""

    finding: Finding
    rule: Rule
    resource: Resource
    projects: list[Project]
    detail: Detail
    link: str | None
    """The source's own page."""
    link_problem: str | None
    """Why there is no link, in words."""
    candidates: list[Candidate]
    history: list[Event]
    flapping: bool
    same_rule: int
    """Open findings of the same rule that the caller may see, this one included."""
    withheld: list[str]
    """What of the detail is not told to this caller, in words; empty when all of it is."""
    base: BaseImage | None
    """The base image that it came with; null where it is in no base layer."""
    writes: list[WriteBack]
    """What of that is written at its source, or is to be, the newest first."""
    said: list[Decision]
    """What people said and still holds, the oldest first."""
    seen: int
    """The newest decision about it, whether it holds or not; 0: none."""
    may: list[str]
    """What the caller may say about it: acts of `/api/v1/decisions`."""
    may_undo: list[int]
    """Which of `said` the caller may take back."""
    guidance: Guidance
    source: Source


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the process answers."""

    status: str
    parts: dict[str, str]


class HookDone(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook's sender is told."""

    message: str
