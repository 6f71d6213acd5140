"""What came and went, what was open on a day, and what was closed by its date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import msgspec

from callboard.domain.instant import DAY, Instant, from_datetime, to_datetime
from callboard.domain.remediation.question import By, Period
from callboard.domain.remediation.times import FEW, LeftOut

REOPENED_WITHIN = 30
"""Days after a fix within which coming back says that it was none."""


class Days(msgspec.Struct, frozen=True):
    """How many of one group were opened, fixed, and ended otherwise, by day since 1970."""

    opened: dict[int, int] = msgspec.field(default_factory=dict)
    fixed: dict[int, int] = msgspec.field(default_factory=dict)
    otherwise: dict[int, int] = msgspec.field(default_factory=dict)


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a week or a month, or in as much of one as lies in the period."""

    first: str
    last: str
    days: int
    opened: int
    fixed: int
    otherwise: int
    """Set aside, or gone with the resource."""
    open_before: int
    """When the first day began."""

    @property
    def open_after(self) -> int:
        """When the last day ended."""
        return self.open_before + self.net

    @property
    def net(self) -> int:
        """How many more (or, negative, fewer) are open than before."""
        return self.opened - self.fixed - self.otherwise

    @property
    def capacity(self) -> float | None:
        """Share that was fixed of all that could be: what was open before, and what was opened. None: there was nothing."""
        whole = self.open_before + self.opened
        return self.fixed / whole if whole else None


class Reopened(msgspec.Struct, frozen=True):
    """How many fixes held."""

    fixes: int
    """Those that are long enough ago to tell."""
    back: int
    """Of these, found again within thirty days."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """The report of what came and went."""

    period: Period
    query: str
    weeks: tuple[Stretch, ...]
    months: tuple[Stretch, ...]
    reopened: Reopened
    left_out: LeftOut


def stretches(days: Days, period: Period, *, by_month: bool) -> tuple[Stretch, ...]:
    """Weeks, which begin on Mondays, or months of the calendar in UTC; the first and last may be cut short."""
    first, end = period.start // DAY, period.end // DAY
    level = _before(days.opened, first) - _before(days.fixed, first) - _before(days.otherwise, first)
    found: list[Stretch] = []
    at = first
    while at < end:
        until = min(end, _next_month(at) if by_month else at + 7 - (at + 3) % 7)
        one = Stretch(
            first=_text(at), last=_text(until - 1), days=until - at, opened=_between(days.opened, at, until),
            fixed=_between(days.fixed, at, until), otherwise=_between(days.otherwise, at, until), open_before=level,
        )  # fmt: skip
        found.append(one)
        level = one.open_after
        at = until
    return tuple(found)


def _before(counts: Mapping[int, int], day: int) -> int:
    return sum(n for at, n in counts.items() if at < day)


def _between(counts: Mapping[int, int], start: int, end: int) -> int:
    return sum(counts.get(day, 0) for day in range(start, end))


def _next_month(day: int) -> int:
    at = to_datetime(Instant(day * DAY)).date()
    following = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return from_datetime(datetime.combine(following, time(), UTC)) // DAY


def _text(day: int) -> str:
    return f"{to_datetime(Instant(day * DAY)):%Y-%m-%d}"


class OpenRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was open at a time, for one group."""

    key: str
    title: str
    n: int
    median_age: int | None
    """In days: half are no older. None: too few to tell, or none."""
    ninth_age: int | None
    """Nine of ten are no older."""
    overdue: int
    overdue_days: int
    """Days past their dates, of all of them together."""
    query: str | None
    """Lists exactly these. None: no list tells of a past day."""

    @property
    def is_few(self) -> bool:
        """Too few for ages."""
        return self.n < FEW


class OpenReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was open at the end of a day, or is open now."""

    on: str | None
    """The day. None: now."""
    by: By
    query: str
    whole: OpenRow
    rows: tuple[OpenRow, ...]
    more: int


def open_row(
    key: str, title: str, ages: Mapping[int, int], late: Mapping[int, int], *, query: str | None = None
) -> OpenRow:  # fmt: skip
    """What was open, by age in days, and of it what was late, by days past the date."""
    n = sum(ages.values())
    return OpenRow(
        key=key, title=title, n=n, median_age=percentile(ages, 0.5) if n >= FEW else None,
        ninth_age=percentile(ages, 0.9) if n >= FEW else None, overdue=sum(late.values()),
        overdue_days=sum(days * many for days, many in late.items()), query=query,
    )  # fmt: skip


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value that so large a share does not exceed. None: there is none."""
    needed = share * sum(counts.values()) - 1e-9
    if not counts:
        return None
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= needed:
            return value
    return max(counts)


class Kept(msgspec.Struct, frozen=True):
    """What became of findings whose date fell into a period."""

    on_time: int = 0
    late: int = 0
    """Fixed after their date."""
    overdue: int = 0
    """Open when the period ended."""
    aside_on_time: int = 0
    """Set aside or gone, by their date."""
    aside_late: int = 0

    def plus(self, other: Kept) -> Kept:
        """Both together."""
        return Kept(
            self.on_time + other.on_time, self.late + other.late, self.overdue + other.overdue,
            self.aside_on_time + other.aside_on_time, self.aside_late + other.aside_late,
        )  # fmt: skip

    @property
    def judged(self) -> int:
        """Those that were fixed, or should have been."""
        return self.on_time + self.late + self.overdue

    @property
    def attainment(self) -> float | None:
        """Share fixed on time of those that were fixed, or should have been. None: under five, too few to tell."""
        return self.on_time / self.judged if self.judged >= FEW else None


class DueRow(msgspec.Struct, frozen=True, kw_only=True):
    """How dates were kept, for one group."""

    key: str
    title: str
    kept: Kept
    not_yet: int
    """Open when the period ended, with a date that had not come. They are judged when it has."""


class DueReport(msgspec.Struct, frozen=True, kw_only=True):
    """How dates were kept of what fell due in a period."""

    period: Period
    by: By
    query: str
    whole: DueRow
    rows: tuple[DueRow, ...]
    more: int
