"""Facts that evidence is made of, as they were known at the end of a period. What findings are is in `life`."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Reason
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.verdict import Verdict
from callboard.domain.packages.bom import Stated
from callboard.domain.remediation.message import Sort
from callboard.domain.run import Mode, RunState


class SourceFact(msgspec.Struct, frozen=True, kw_only=True):
    """A source that had been read, or tried, by the end."""

    id: int
    name: str
    kind: str
    is_own: bool
    """What it knows is kept here (packages of components), so that no reading can miss anything."""
    whole: tuple[Instant, ...]
    """When whole readings began that were applied, up to the end, in order."""
    next_whole_at: Instant | None
    """When the first one after the end began."""

    def longest_gap(self, start: Instant, until: Instant) -> int | None:
        """Days in the period without a whole reading, at the longest. None: none was ever made."""
        if not self.whole:
            return None
        moments = [max(start, self.whole[0]), *(at for at in self.whole if at > start), until]
        return max((after - before) // DAY for before, after in pairwise(moments))


class RunFact(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of a source that began in the period."""

    id: int
    source: str
    mode: Mode
    state: RunState | None
    """None: it had not been applied by the end, or waited for a person."""
    started_at: Instant
    finished_at: Instant | None


class DecisionFact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said about findings in the period."""

    id: int
    kind: DecisionKind
    actor: str
    at: Instant
    findings: int
    reason: Reason | None
    until_at: Instant | None


class ComponentFact(msgspec.Struct, frozen=True, kw_only=True):
    """A component that the catalog held at the end."""

    ref: EntityRef
    owner: EntityRef | None
    can_act: bool
    """The owner is a user, or a group in which somebody is."""
    bill_at: Instant | None = None
    """The moment of which the newest bill of materials speaks that was known then. None: there was none."""
    packages: int = 0
    said: Stated | None = None
    """What these bills say of their parts; a manifest that is no bill names nobody. None: of some it was not counted when they
    were taken in."""


class ResourceFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A resource that was known at the end."""

    id: int
    name: str
    type: str
    verdict: Verdict
    tier: int | None
    since: Instant
    """Since when it is whose it is."""


class EntryFact(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log of who did what."""

    seq: int
    at: Instant
    actor: str
    action: str
    subject: str


class PolicyFact(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator had laid down and was in force at the end."""

    kind: str
    name: str
    n: int
    at: Instant
    actor: str


class FeedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A list of advisories or of what is exploited, as packages were last matched with it by the end."""

    name: str
    read_at: Instant
    """When it was fetched from its publisher."""
    matched_at: Instant
    """When packages were matched with it."""


class MessageFact(msgspec.Struct, frozen=True, kw_only=True):
    """A message that arrived in the period, or was made in it and had not arrived by its end."""

    id: int
    key: str
    sort: Sort
    team: EntityRef
    channel: str
    made_at: Instant
    at: Instant | None
    """When it arrived. None: it had not by the end, whether it was refused, was tried again, or nobody had tried."""
    findings: int
    """That it told at once. A digest is made anew when it leaves, and counts none."""


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """From when on something is kept, so that earlier days cannot be told. None: nothing is kept yet."""

    owners: Instant | None
    """Whose resources are."""
    components: Instant | None
    catalog_read_at: Instant | None
    """The last whole reading of the catalog by the end."""
    log: Instant | None = None
    """The log of who did what, of which older entries were dropped. None: all of it is there."""
    runs: Instant | None = None
    """The same of readings, but for the whole ones that were applied."""
    bills: Instant | None = None
    """The same of bills of materials: what held at the end of any later period is there."""
    messages: Instant | None = None
    """What was sent. None: nothing of it was forgotten."""
    failures: Instant | None = None
    """The same of what was to be sent and did not arrive."""
    feeds: Instant | None = None
    """By which lists packages were matched. None: it is not kept yet."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All but findings, which are looked at one after the other."""

    sources: tuple[SourceFact, ...]
    runs: tuple[RunFact, ...]
    decisions: tuple[DecisionFact, ...]
    components: tuple[ComponentFact, ...]
    resources: tuple[ResourceFact, ...]
    entries: tuple[EntryFact, ...]
    """Of the period."""
    policies: tuple[PolicyFact, ...]
    messages: tuple[MessageFact, ...]
    feeds: tuple[FeedFact, ...]
    since: Since
    log_breaks_at: int | None
    """The first entry up to the end at which the log does not hold. None: it holds."""
