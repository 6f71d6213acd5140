"""JSON shapes of the API, second half: work put together, numbers, roll-ups, saved views, and the query language itself.

The same contract as `wire`: names are added to, never changed; null means not known.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from callboard.domain.remediation.engagement import MOST_SEEN
from callboard.web.wire.board import Annotation, Component, Counts, RuleGroup, Source
from callboard.web.wire.left_out import TeamLeftOut
from callboard.web.wire.tickets import FiledTicket


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work: findings that one action closes, or that have something else in common."""

    group: str
    """What they are put together by."""
    title: str
    fix: str | None
    """What to do; null: the rule's guidance says it, or this is no group by fix."""
    severity: str
    """The worst of them."""
    findings: int
    components: list[str]
    """Up to five of them."""
    component_count: int
    owners: list[str]
    """Up to five of them."""
    unmapped: bool
    """Some of them have no component."""
    oldest_at: str
    due_at: str | None
    """The earliest; null: none has a date."""
    overdue: bool
    known_exploited: bool
    epss: float | None
    exposed: bool | None
    band: int
    why: str
    """Why it stands here, in one sentence."""
    query: str
    """What lists exactly these findings."""
    example_id: int
    """The first of them."""
    link: str | None
    """The source's own page of that first one."""
    link_problem: str | None
    """Why there is no link, in words."""
    filed: list[FiledTicket]
    """Tickets of that first one, which were made or linked here."""
    url: str
    """The list of exactly these findings, as a path."""


class Bundles(msgspec.Struct, frozen=True, kw_only=True):
    """One page of bundles."""

    query: str
    bundles: list[Bundle]
    total: int
    next_cursor: str | None


class CodeNeighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who looks after a piece of code, or has worked on it lately."""

    entity: str
    near: str
    """`code owner` or `activity`."""
    evidence: str


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A repository, or a folder in it, that a component names."""

    repository: str
    folder: str
    branch: str
    read_at: str | None
    gone_at: str | None
    moved_to: str | None
    problem: str | None
    code_owners_path: str | None
    near: list[CodeNeighbour]
    manifests: list[str]
    """The first 20 paths."""
    manifest_count: int


class FromBase(msgspec.Struct, frozen=True, kw_only=True):
    """Open findings on what a component runs, which came with base images that another component builds."""

    builder: str | None
    """The component that has to fix them; null: one that the caller may not know of."""
    owner: str | None
    bases: list[str]
    """The base images."""
    open: int
    critical_high: int
    """Of these."""
    oldest_at: str
    query: str
    """What lists exactly these findings."""


class ComponentPage(msgspec.Struct, frozen=True, kw_only=True):
    """One component in full."""

    component: Component
    description: str | None
    location: str | None
    annotations: list[Annotation]
    bundles: list[Bundle]
    """What to do first here, up to three pieces of work."""
    bundle_count: int
    groups: list[RuleGroup]
    open_by_kind: dict[str, int]
    closed_30d: int
    shared: int
    inherited: list[FromBase]
    """Open findings on what it runs that are for others to fix; they are not among its own."""
    on_others: int
    """Of its own open findings: those on what others run, which was built on its base images."""
    sources: list[Source]
    code: list[Code] | None
    """What repositories told of its code; null where that is told to who owns the component."""


class FacetValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value that a list could be narrowed to."""

    value: str
    words: str
    findings: int
    query: str
    """The list narrowed to this value alone."""


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """What a list could be narrowed to by one key."""

    key: str
    values: list[FacetValue]
    too_many: bool
    """The list is too long to count by this key: narrow the query."""


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """All facets of a list."""

    query: str
    facets: list[Facet]


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The three numbers of a first page, and what stands apart."""

    open: int
    overdue: int
    due_soon: int
    """Due within seven days, today included."""
    new: int | None
    """First detected since the caller's last visit; null: this is the first."""
    new_since: str | None
    flapping: int
    transient: int
    transient_since: str
    suppressed: int
    queries: dict[str, str]
    """By name of a number, what lists exactly the findings that it counts. A number that is not here has no list."""


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to findings in one week."""

    starts_at: str
    opened: int
    closed: int
    transient: int
    open: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Whether we are getting better."""

    weeks: list[Week]
    half_life_days: int | None
    """Half of the critical and high findings were closed within so many days; null: less than half were."""
    half_life_n: int
    former_half_life_days: int | None
    former_half_life_n: int


class DoNow(msgspec.Struct, frozen=True, kw_only=True):
    """What to do now."""

    query: str
    numbers: Numbers
    bundles: list[Bundle]
    bundle_count: int
    progress: Progress
    components: list[Component]
    sources: list[Source]
    catalog_read_at: str | None
    unmapped_components: int
    revision: int
    left_out: TeamLeftOut | None
    """What the team leaves out of `bundles`; null: nothing."""


class Rollup(msgspec.Struct, frozen=True, kw_only=True):
    """A team, a person, a system or a domain: what it owns, and what to do there first."""

    ref: str
    kind: str
    title: str
    description: str | None
    above: str | None
    below: list[str]
    members: int | None
    """People directly in a group; null for what is no group."""
    query: str
    counted: Counts | None
    """All that is open, where the caller knows of more in numbers than in lists; null: `numbers` hold all of it."""
    numbers: Numbers
    bundles: list[Bundle]
    bundle_count: int
    progress: Progress
    components: list[Component]
    sources: list[Source]
    left_out: TeamLeftOut | None
    """What the team leaves out of `bundles`; null: nothing."""


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A query with a name."""

    id: int
    name: str
    query: str
    team: str | None
    mine: bool
    url: str
    """What it lists, as a path."""


class SavedViews(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's views, and those of the caller's teams."""

    views: list[SavedView]


class ViewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view to keep; one of the same name is replaced."""

    name: str
    query: str
    team: str | None = None
    """The team that is to see it as well."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """That a link is broken has been heard."""

    counted: bool
    """False: it was counted within the last day already."""


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """That a link was followed has been heard."""

    counted: bool
    """False: it was counted within this hour already."""


class SeenDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings whose rows were in sight: half of each for two seconds, in a list of at most fifty."""

    findings: Annotated[list[int], msgspec.Meta(min_length=1, max_length=MOST_SEEN)]


class SeenDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was in sight has been heard. Nothing about who looked is kept."""

    counted: int
    """Findings for which that was new within this hour. What the caller may not see is never counted."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One word that a key knows."""

    word: str
    meaning: str


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One key of the query language."""

    name: str
    takes: str
    help: str
    example: str
    words: list[Word]
    """Empty: any value."""


class QueryHelp(msgspec.Struct, frozen=True, kw_only=True):
    """The query language."""

    default: str
    """What is asked where no query is given."""
    max_characters: int
    max_terms: int
    max_values: int
    keys: list[Key]


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A query in plain words."""

    query: str
    """Its canonical text."""
    parts: list[str]
    """All of them hold."""
    sort: str
    group: str | None
    url: str
    """What it lists, as a path."""


class ExportedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in an export. The fields are the columns of the CSV file, in this order."""

    id: int
    external_id: str
    source: str
    kind: str
    state: str
    severity: str
    title: str
    rule_id: str
    rule_name: str
    resource_id: str
    resource_name: str
    resource_type: str
    components: list[str]
    """References; separated by a space in CSV."""
    ownership: str
    ownership_reason: str | None
    first_detected_at: str
    last_detected_at: str | None
    fixed_at: str | None
    due_at: str | None
    in_scope: bool
    reopened: int
    fix: str | None
    bundle: str
    band: int
    known_exploited: bool
    epss: float | None
    exposed: bool | None
    flapping: bool
    tickets: int
    ticket_keys: list[str]
    """Of tickets that were made or linked here."""
    ticket_states: list[str]
    """In the same order: making, open, done, gone or failed."""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of a query."""

    schema_version: int
    query: str
    asked_at: str
    total: int
    findings: list[ExportedFinding]


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What a live update tells."""

    revision: int
