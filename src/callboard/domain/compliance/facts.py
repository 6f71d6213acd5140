"""Facts that evidence is made of, as they were known at the end of a period. What findings are is in `life`."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Reason
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.verdict import Verdict
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


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """From when on something is kept, so that earlier days cannot be told. None: nothing is kept yet."""

    owners: Instant | None
    """Whose resources are."""
    components: Instant | None
    catalog_read_at: Instant | None
    """The last whole reading of the catalog by the end."""


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
    since: Since
    log_breaks_at: int | None
    """The first entry up to the end at which the log does not hold. None: it holds."""
