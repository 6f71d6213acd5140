"""Evidence of one framework for one period, worked out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never

import msgspec

from callboard.domain.compliance.facts import Facts, SourceFact
from callboard.domain.compliance.framework import Control, Framework
from callboard.domain.compliance.life import Life
from callboard.domain.compliance.measure import AnyMeasure, Figure, Need, Subject, Tally
from callboard.domain.compliance.measures.kept import FRESH_DAYS
from callboard.domain.compliance.period import Period
from callboard.domain.instant import DAY, Instant, to_text

RULES = 1
"""Grows when a number means something else: the same period under another number may tell others."""


class ControlFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One control with its numbers."""

    control: Control
    figures: tuple[Figure, ...]
    why_not: tuple[str, ...]
    """Why it cannot be told whether this is everything. Empty: it is complete."""

    @property
    def complete(self) -> bool:
        """Whether all that it asks for was known."""
        return not self.why_not


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A framework's controls over a period."""

    framework: Framework
    period: Period
    controls: tuple[ControlFigures, ...]
    figures: tuple[Figure, ...]
    """Each number once."""
    doubts: tuple[str, ...]
    """Everything that was missing, each once."""

    @property
    def complete(self) -> int:
        """Controls for which everything was known."""
        return sum(each.complete for each in self.controls)


def evidence_of(
    framework: Framework, facts: Facts, lives: Callable[[], Iterable[Life]], period: Period
) -> Evidence:  # fmt: skip
    """Every control of a framework, looking at each finding once."""
    wanted = {measure.key: measure for control in framework.controls for measure in control.measures}
    figures = figures_of(wanted, facts, lives, period)
    controls = tuple(_control(each, figures) for each in framework.controls)
    return Evidence(
        framework=framework, period=period, controls=controls, figures=tuple(figures.values()),
        doubts=tuple(dict.fromkeys(why for each in controls for why in each.why_not)),
    )  # fmt: skip


def figures_of(
    wanted: Mapping[str, AnyMeasure], facts: Facts, lives: Callable[[], Iterable[Life]], period: Period
) -> dict[str, Figure]:
    """These measures, worked out."""
    tallies = {key: Tally(measure, period) for key, measure in wanted.items()}
    by_subject: dict[Subject, list[Tally]] = {}
    for key, measure in wanted.items():
        by_subject.setdefault(measure.subject, []).append(tallies[key])
    for subject, some in by_subject.items():
        for item in _items(subject, facts, lives):
            for tally in some:
                tally.take(item)
    doubts = {need: why_not(need, facts, period) for need in Need}
    return {
        key: tallies[key].figure(tuple(dict.fromkeys(why for need in measure.needs for why in doubts[need])))
        for key, measure in wanted.items()
    }


def rows_of(measure: AnyMeasure, facts: Facts, lives: Callable[[], Iterable[Life]], period: Period) -> Iterator[Any]:
    """Exactly what a measure counts; what it is, its subject says."""
    return (item for item in _items(measure.subject, facts, lives) if measure.is_row(item, period))


def _items(subject: Subject, facts: Facts, lives: Callable[[], Iterable[Life]]) -> Iterable[Any]:
    match subject:
        case Subject.FINDING:
            return lives()
        case Subject.SOURCE:
            return facts.sources
        case Subject.RUN:
            return facts.runs
        case Subject.DECISION:
            return facts.decisions
        case Subject.COMPONENT:
            return facts.components
        case Subject.RESOURCE:
            return facts.resources
        case Subject.ENTRY:
            return facts.entries
        case Subject.POLICY:
            return facts.policies
        case Subject.MESSAGE:
            return facts.messages
        case Subject.FEED:
            return facts.feeds
        case _:
            assert_never(subject)


def _control(control: Control, figures: Mapping[str, Figure]) -> ControlFigures:
    own = tuple(figures[measure.key] for measure in control.measures)
    doubts = [*control.missing, *(why for figure in own for why in figure.why_not)]
    return ControlFigures(control=control, figures=own, why_not=tuple(dict.fromkeys(doubts)))


def why_not(need: Need, facts: Facts, period: Period) -> tuple[str, ...]:
    """Why this is not known for the period, in sentences. Empty: it is."""
    match need:
        case Need.STATE:
            return tuple(_unread(facts.sources, period))
        case Need.FLOW:
            return (*_unread(facts.sources, period), *_read_late(facts.sources, period))
        case Need.OWNERS:
            return tuple(_not_yet("Whose resources are", facts.since.owners, period.until))
        case Need.CATALOG:
            return tuple(_unread_catalog(facts, period))
        case Need.PARTS:
            return tuple(_uncounted(facts))
        case Need.FEEDS:
            return tuple(_not_yet("By which lists packages were matched", facts.since.feeds, period.until))
        case Need.LOG:
            at = facts.log_breaks_at
            broken = () if at is None else (f"The log of who did what does not hold at entry {at}.",)
            return (*broken, *_dropped("The log of who did what", facts.since.log, period.start))
        case Need.RUNS | Need.BILLS | Need.NOTICES | Need.FAILURES:
            what, since, asked = {
                Need.RUNS: ("How readings went", facts.since.runs, period.start),
                Need.BILLS: ("What components consisted of", facts.since.bills, period.until),
                Need.NOTICES: ("What was sent", facts.since.messages, period.start),
                Need.FAILURES: ("What did not arrive", facts.since.failures, period.start),
            }[need]
            return tuple(_dropped(what, since, asked))
        case Need.POLICY:
            is_laid_down = any(each.kind == "due" for each in facts.policies)
            return () if is_laid_down else ("Due dates were those of the configuration, which has no history.",)
        case _:
            assert_never(need)


def _unread(sources: Sequence[SourceFact], period: Period) -> Iterator[str]:
    if not sources:
        yield "No source had been read."
    for each in sources:
        if not each.whole and each.next_whole_at is None:
            yield f"{each.name} was never read whole."
        elif each.is_own and each.whole:
            continue
        elif not each.whole or period.until - each.whole[-1] > FRESH_DAYS * DAY:
            after = each.next_whole_at
            if after is None or after - period.until > FRESH_DAYS * DAY:
                last = _day(each.whole[-1]) if each.whole else None
                told = f"since {last}" if last else "before the period ended"
                yield f"{each.name} was not read whole {told}, nor within {FRESH_DAYS} days after the end."
        elif period.is_over and each.next_whole_at is None:
            yield f"{each.name} has not been read whole since the period ended: the last days may tell more then."


def _read_late(sources: Sequence[SourceFact], period: Period) -> Iterator[str]:
    for each in sources:
        first = each.whole[0] if each.whole else each.next_whole_at
        if first is not None and first > period.start and not each.is_own:
            yield (
                f"{each.name} was first read on {_day(first)}, after the period began: earlier days are told by its own "
                "dates, without what it had forgotten by then."
            )


def _unread_catalog(facts: Facts, period: Period) -> Iterator[str]:
    since, read_at = facts.since.components, facts.since.catalog_read_at
    if since is None or since > period.until:
        yield _kept_since("Which components there were", None if since is None else _day(since))
    elif read_at is None or period.until - read_at > FRESH_DAYS * DAY:
        last = "" if read_at is None else f" since {_day(read_at)}"
        yield f"The catalog was not read whole{last}."


def _uncounted(facts: Facts) -> Iterator[str]:
    count = sum(each.bill_at is not None and each.said is None for each in facts.components)
    if count:
        yield (
            f"What bills say of their parts was not counted yet when those of {count:,} "
            f"{'component was' if count == 1 else 'components were'} taken in: it is once they are handed in again."
        )


def _dropped(what: str, since: Instant | None, asked: Instant) -> Iterator[str]:
    if since is not None and since > asked:
        yield f"{what} is kept since {_day(since)} only: what is older was dropped."


def _not_yet(what: str, since: Instant | None, until: Instant) -> Iterator[str]:
    if since is None or since > until:
        yield _kept_since(what, None if since is None else _day(since))


def _kept_since(what: str, day: str | None) -> str:
    return f"{what} is not kept yet." if day is None else f"{what} is kept since {day} only."


def _day(at: int) -> str:
    return to_text(at)[:10]  # type: ignore[arg-type] # an instant
