"""Coverage: how much of what is open has an owner, by which evidence, and what is missing. Pure.

Every finding and every resource is in exactly one of mapped, conflict and unmapped, so that the shares by tier, conflict
and unmapped add up to one. Findings and resources are told side by side, since one noisy resource can hide a hundred.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant, from_datetime
from callboard.domain.ownership.evaluation import Interval, wilson
from callboard.domain.ownership.verdict import LAST_ROUTED_TIER, Tier, Verdict
from callboard.domain.survival import Lives, curve


@enum.unique
class Cut(enum.StrEnum):
    """What the lines of a report are cut by."""

    SOURCE = "source"
    ACCOUNT = "account"
    PROJECT = "project"
    TYPE = "type"
    SEVERITY = "severity"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A resource with its open findings; those that it inherits stand on a line of their own."""

    resource_id: int
    is_inherited: bool = False
    """What came with its base image and is for the owner of that: mapped by that image's evidence, and no resource more."""
    verdict: str
    tier: int | None
    findings: int
    urgent: int
    """Of the findings, those due within 15 days of their opening."""
    critical_high: int
    oldest_at: Instant | None
    suggested: bool | None = None
    """Unmapped, and weak evidence names somebody. None: nobody can tell for that day."""
    disputed: bool | None = None
    dropped: bool | None = None
    """Evidence was taken out because people said that it is wrong."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Findings or resources by whose they are."""

    all: int
    mapped: int
    by_tier: tuple[int, ...]
    """Mapped by tiers 1 to 6."""
    conflict: int
    unmapped: int
    suggested: int | None
    """Of the unmapped. None: nobody can tell for a past day."""
    disputed: int | None
    """Of the mapped."""
    dropped: int | None
    """For which people took evidence out."""

    @property
    def coverage(self) -> float | None:
        """Share that is mapped. None: there is nothing."""
        return self.mapped / self.all if self.all else None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report."""

    label: str
    """Of the cut; empty for the whole."""
    query: str | None
    """Lists exactly the open findings of this line. None: no query can, as for a past day."""
    findings: Shares
    resources: Shares
    urgent: Shares
    """Findings due within 15 days of their opening: what may not wait for an owner."""
    critical_high: Shares
    unmapped_age_p50: int | None
    """Days since the oldest open finding of each unmapped resource: half of them are younger. None: none is unmapped."""
    unmapped_age_p90: int | None
    oldest_unmapped_at: Instant | None


class SaidOf(msgspec.Struct, frozen=True, kw_only=True):
    """What people said about what one tier gave them: labels, as far as they go."""

    tier: int
    right: int
    wrong: int

    @property
    def interval(self) -> Interval | None:
        """How right it is, as far as so few can tell."""
        return wilson(self.right, self.right + self.wrong)


NEW_DAYS = 90
"""How soon a resource has an owner is told of those that were first seen so many days before."""


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long new resources wait for an owner, those that wait still counted as far as they have (Kaplan and Meier)."""

    resources: int
    """First seen in the 90 days before."""
    within_a_day: float
    """Share that had an owner within a day."""
    within_a_week: float | None
    """None: none has been known for so long."""
    median: int | None
    """Whole days until half of them had one. None: half of them never did."""

    @property
    def words(self) -> str:
        """In a sentence."""
        week = "" if self.within_a_week is None else f" and {_percent(self.within_a_week)} within a week"
        half = {None: "; half of them wait still", 0: ""}.get(self.median, f"; half of them after {self.median} d")
        return (
            f"Of the resources that were first seen in the last {NEW_DAYS} days, {_percent(self.within_a_day)} had an owner "
            f"within a day{week}{half}."
        )


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def waits(lives: Sequence[Lives]) -> Waits | None:
    """From days that resources waited; `fixed` are those that got an owner. None: none has been new for a day."""
    found = curve(lives)
    if found.last < 1:
        return None
    week = 1 - found.open_at(6) if found.last > 6 else None
    return Waits(resources=found.n, within_a_day=1 - found.open_at(0), within_a_week=week, median=found.median)


class Dangling(msgspec.Struct, frozen=True, kw_only=True):
    """An annotation that names nothing at any source."""

    component: EntityRef
    annotation: str
    value: str


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a catalog file, and what it would map."""

    annotation: str
    value: str
    """The project's id."""
    project: str
    """Its name."""
    component: EntityRef | None
    """None: nobody can say which one; the project itself is what to ask about."""
    why: str
    """Why this component, in a sentence."""
    findings: int
    """Open ones that it would map."""
    resources: int
    location: str | None
    """Where the catalog read the component from."""
    patch: str
    """The annotation as it should stand in the catalog file."""


PERIOD_DAYS = 30
"""What changed hands is counted so far back."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How much has an owner."""

    on: Instant
    """The moment it is about."""
    is_past: bool
    sentence: str
    whole: Row
    cut: str | None
    rows: tuple[Row, ...]
    changed_in_period: int
    """Resources that went from one owner to another in the 30 days before."""
    waits: Waits | None
    """None: no resource has been new for a day, or not all of them are in sight."""
    said: tuple[SaidOf, ...]
    components: int
    components_with_identifier: int
    """Components with an annotation by which something can be found."""
    without_owner: tuple[EntityRef, ...]
    """Components that have findings and no owner who can act."""
    empty_groups: tuple[EntityRef, ...]
    dangling: tuple[Dangling, ...]
    best: tuple[Action, ...]
    """What would map most, the most first."""


def row(label: str, lines: Sequence[Line], *, on: Instant, query: str | None = None) -> Row:
    """One line of a report."""
    ages = sorted(
        (on - each.oldest_at) // DAY
        for each in lines
        if each.verdict == Verdict.UNMAPPED and each.findings and each.oldest_at is not None
    )
    oldest = [each.oldest_at for each in lines if each.verdict == Verdict.UNMAPPED and each.oldest_at is not None]
    return Row(
        label=label,
        query=query,
        findings=_shares(lines, [each.findings for each in lines]),
        resources=_shares(lines, [int(not each.is_inherited) for each in lines]),
        urgent=_shares(lines, [each.urgent for each in lines]),
        critical_high=_shares(lines, [each.critical_high for each in lines]),
        unmapped_age_p50=_quantile(ages, 50),
        unmapped_age_p90=_quantile(ages, 90),
        oldest_unmapped_at=min(oldest, default=None),
    )


def _shares(lines: Sequence[Line], weights: Sequence[int]) -> Shares:
    counts: Counter[str] = Counter()
    tiers: Counter[int] = Counter()
    can_tell = all(each.suggested is not None for each in lines)
    for each, weight in zip(lines, weights, strict=True):
        counts[each.verdict] += weight
        if each.verdict == Verdict.MAPPED and each.tier is not None:
            tiers[each.tier] += weight
        counts["suggested"] += weight * bool(each.suggested)
        counts["disputed"] += weight * bool(each.disputed)
        counts["dropped"] += weight * bool(each.dropped)
    return Shares(
        all=sum(weights),
        mapped=counts[Verdict.MAPPED],
        by_tier=tuple(tiers[tier] for tier in range(1, LAST_ROUTED_TIER + 1)),
        conflict=counts[Verdict.CONFLICT],
        unmapped=counts[Verdict.UNMAPPED],
        suggested=counts["suggested"] if can_tell else None,
        disputed=counts["disputed"] if can_tell else None,
        dropped=counts["dropped"] if can_tell else None,
    )


def _quantile(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many percent of all are not above."""
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None


def sentence(whole: Row, *, on: Instant) -> str:
    """The report in one sentence."""
    if not whole.findings.all:
        return "No finding is open."
    told = f"{percent(whole.findings)} of open findings"
    if whole.critical_high.all:
        told += f" and {percent(whole.critical_high)} of critical and high"
    told += " have an owner"
    left = whole.findings.unmapped
    if not left:
        return f"{told}; none is unmapped."
    oldest = whole.oldest_unmapped_at
    age = "" if oldest is None else f", oldest {(on - oldest) // DAY} d"
    return f"{told}; {left:,} unmapped{age}."


def percent(shares: Shares) -> str:
    """How much is mapped, of something: rounded, but never to 0 or 100 where it is not."""
    share = shares.mapped / shares.all
    shown = round(share * 100)
    if shown == 100 and shares.mapped < shares.all:
        return "over 99 %"
    return "under 1 %" if shown == 0 and shares.mapped else f"{shown} %"


def annotation_patch(component: EntityRef, annotation: str, former: str | None, value: str) -> str:
    """The lines of a catalog file that would claim one more name."""
    values = [each.strip() for each in (former or "").split(",") if each.strip()]
    whole = ",".join([*values, value])
    kind, _, rest = component.partition(":")
    namespace, _, name = rest.partition("/")
    lines = [f" kind: {kind.capitalize()}", " metadata:", f"   name: {name}"]
    if namespace != "default":
        lines.append(f"   namespace: {namespace}")
    lines.append("   annotations:")
    if values:
        lines.append(f"-    {annotation}: {','.join(values)}")
    lines.append(f"+    {annotation}: {whole}")
    return "\n".join(lines) + "\n"


def tiers_said(pairs: Iterable[tuple[int, bool]]) -> tuple[SaidOf, ...]:
    """Labels by tier: each is (tier, whether the tier was right)."""
    right: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    for tier, is_right in pairs:
        (right if is_right else wrong)[tier] += 1
    return tuple(SaidOf(tier=tier, right=right[tier], wrong=wrong[tier]) for tier in Tier if right[tier] or wrong[tier])


def end_of_day(text: str) -> Instant:
    """The last microsecond of a calendar day, in UTC. Raises ValueError for what is no day."""
    return Instant(from_datetime(datetime.combine(date.fromisoformat(text), time(), UTC)) + DAY - 1)
