"""Measures: one number each, the rows that it counts, and what has to be known for it to be whole. Pure."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from callboard.domain import survival
from callboard.domain.compliance.life import Life, Outcome, Spell
from callboard.domain.compliance.period import Period
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, Instant
from callboard.domain.survival import Lives


@enum.unique
class Subject(enum.StrEnum):
    """What a measure counts."""

    FINDING = "findings"
    SOURCE = "sources"
    RUN = "runs"
    DECISION = "decisions"
    COMPONENT = "components"
    RESOURCE = "resources"
    ENTRY = "entries"
    POLICY = "policies"
    MESSAGE = "messages"
    FEED = "feeds"


@enum.unique
class Need(enum.StrEnum):
    """What has to be known for a number to be whole."""

    STATE = "state"
    """Every source was read whole close to the end."""
    FLOW = "flow"
    """The same, and since before the beginning."""
    OWNERS = "owners"
    """Whose resources were is kept for the end of the period."""
    CATALOG = "catalog"
    """The same of components, and the catalog had been read."""
    LOG = "log"
    """The log of who did what holds, and is kept since before the beginning."""
    RUNS = "runs"
    """How readings went is kept since before the beginning."""
    BILLS = "bills"
    """What components consisted of is kept for the end of the period."""
    PARTS = "parts"
    """What bills say of their parts was counted when they were taken in."""
    FEEDS = "feeds"
    """By which lists packages were matched is kept for the end of the period."""
    NOTICES = "notices"
    """What was sent is kept since before the beginning."""
    FAILURES = "failures"
    """What was to be sent and did not arrive is kept since before the beginning."""
    POLICY = "policy"
    """Due dates were laid down, so that it is known by whom and when."""


Judge = Callable[[Any, Period], bool]
"""Whether a measure counts this. What it is given is what its subject says."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A number of rows, alone or out of others."""

    key: str
    """In addresses and files. Never give one another meaning."""
    words: str
    """What it counts, for readers."""
    subject: Subject
    counts: Judge
    among: Judge | None = None
    """Out of which it counts. None: it is no share of anything."""
    needs: tuple[Need, ...] = ()
    proves: str
    """What it says, and what it does not."""

    def is_row(self, item: Any, period: Period) -> bool:  # noqa: ANN401 - what the subject says
        """Whether this is one of the rows behind the number."""
        return (self.among is None or self.among(item, period)) and self.counts(item, period)


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """Days until something is done to findings, by Kaplan and Meier: those to which it was not done count too."""

    key: str
    words: str
    watch: Callable[[Life, Period], Iterator[Lives]]
    share_by: int | None = None
    """The share done within so many days is told instead of the median."""
    needs: tuple[Need, ...] = ()
    proves: str
    subject: Subject = Subject.FINDING

    def is_row(self, item: Life, period: Period) -> bool:
        """Whether it was watched."""
        return any(True for _ in self.watch(item, period))


AnyMeasure = Measure | Duration

FEWEST = 10
"""Findings below which no median is told …"""
FEWEST_FIXES = 5
"""… and of which so many have to have ended."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure, worked out."""

    key: str
    words: str
    subject: Subject
    unit: str
    """What the value counts: the subject, "days", or "% in N days"."""
    value: int | None
    """None: nothing to tell; `remark` says why."""
    of: int | None = None
    """Out of so many. None: it is no share."""
    rows: int
    """How many rows its list has."""
    remark: str = ""
    why_not: tuple[str, ...] = ()
    """Why it cannot be told whether it is whole. Empty: it is."""

    @property
    def complete(self) -> bool:
        """Whether everything was known that it needs."""
        return not self.why_not

    @property
    def percent(self) -> int | None:
        """Of a share: rounded, but never to 0 or 100 where it is not."""
        if self.of is None or self.value is None or not self.of:
            return None
        shown = round(self.value * 100 / self.of)
        if shown == 0 and self.value:
            return 1
        return 99 if shown == 100 and self.value < self.of else shown


class Tally:
    """Works out one measure over a stream of what it counts. How is chosen once: there may be a million of them."""

    def __init__(self, measure: AnyMeasure, period: Period) -> None:
        self._measure = measure
        self._period = period
        self._n = 0
        self._of = 0
        self._lives: Counter[Lives] = Counter()
        self.take: Callable[[Any], None] = self._taking(measure)
        """Look at one more."""

    def _taking(self, measure: AnyMeasure) -> Callable[[Any], None]:
        period = self._period
        if isinstance(measure, Duration):
            watch, lives = measure.watch, self._lives

            def watched(item: Life) -> None:
                found = list(watch(item, period))
                if found:
                    self._n += 1
                    for each in found:
                        lives[each] += 1

            return watched
        counts, among = measure.counts, measure.among

        def counted(item: object) -> None:
            if among is None or among(item, period):
                self._of += 1
                if counts(item, period):
                    self._n += 1

        return counted

    def figure(self, why_not: tuple[str, ...]) -> Figure:
        """The number."""
        measure = self._measure
        if isinstance(measure, Duration):
            return _duration(measure, self._lives, self._n, why_not)
        return Figure(
            key=measure.key, words=measure.words, subject=measure.subject, unit=measure.subject.value, value=self._n,
            of=None if measure.among is None else self._of, rows=self._n,
            remark="" if measure.among is None or self._of else "there was nothing to count", why_not=why_not,
        )  # fmt: skip


def _duration(measure: Duration, watched: Counter[Lives], rows: int, why_not: tuple[str, ...]) -> Figure:
    lives = [msgspec.structs.replace(each, n=n) for each, n in watched.items()]
    curve = survival.curve(lives)
    value: int | None = None
    unit = "days" if measure.share_by is None else f"% in {measure.share_by} days"
    if curve.n < FEWEST or curve.fixed < FEWEST_FIXES:
        remark = f"too few to tell: {curve.fixed} of {curve.n}"
    elif measure.share_by is None:
        value = curve.median
        remark = f"{curve.fixed} of {curve.n}" if value is not None else f"not reached: {curve.fixed} of {curve.n}"
    elif curve.last < measure.share_by:
        remark = f"nothing was watched for {measure.share_by} days"
    else:
        value = round((1 - curve.open_at(measure.share_by)) * 100)
        remark = f"{curve.fixed} of {curve.n}"
    return Figure(
        key=measure.key, words=measure.words, subject=measure.subject, unit=unit, value=value, rows=rows, remark=remark,
        why_not=why_not,
    )  # fmt: skip


def until_fixed(life: Life, period: Period) -> Iterator[Lives]:
    """Its times of being open that lie in the period, watched from its beginning to its end."""
    for spell in life.spells:
        if spell.entered_at > period.until or life.is_brief(spell):
            continue
        if spell.ended_at is not None and spell.ended_at < period.start:
            continue
        begin = max(spell.entered_at, period.start)
        end = period.until if spell.ended_at is None else min(spell.ended_at, period.until)
        yield Lives(
            _age(spell, begin), _age(spell, end), 1, fixed=spell.outcome is Outcome.FIXED,
            set_aside=spell.outcome in (Outcome.ASIDE, Outcome.GONE),
        )  # fmt: skip


def until_answered(life: Life, period: Period) -> Iterator[Lives]:
    """From its opening in the period to the first word of a person, or to its end."""
    yield from _until(life.answered_at, life, period)


def until_told(life: Life, period: Period) -> Iterator[Lives]:
    """From its opening in the period to the first message that told of it at once, or to its end; of severe ones."""
    if life.severity >= Severity.HIGH:
        yield from _until(life.notice.at, life, period)


def _until(at: Instant | None, life: Life, period: Period) -> Iterator[Lives]:
    spell = life.spells[0]
    if not period.holds(spell.opened_at) or life.is_brief(spell):
        return
    ended_at = period.until if spell.ended_at is None else spell.ended_at
    is_first = at is not None and at <= ended_at
    left = at if at is not None and is_first else ended_at
    yield Lives(0, max(0, _age(spell, left)), 1, fixed=is_first)


def _age(spell: Spell, at: Instant) -> int:
    return (at - spell.opened_at) // DAY
