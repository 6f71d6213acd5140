"""Metrics as the API's JSON shapes, and as the rows of a file."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.remediation.times import LeftOut, Times
from callboard.domain.remediation.times import TimesRow as Row
from callboard.domain.survival.curve import Mean
from callboard.web.wire import metrics as wire

TIMES_COLUMNS = (
    "key", "title", "told", "findings", "done", "aside", "waiting", "mean_days", "mean_low", "mean_high", "mean_until",
    "median_days", "median_low", "median_high", "within_30_days", "within_90_days", "open_now",
)  # fmt: skip


def times(found: Times) -> wire.MetricsTimes:
    """How long findings take, as JSON."""
    asked = found.question
    return wire.MetricsTimes(
        measure=asked.measure.value,
        by=asked.by.value,
        query=" ".join(map(str, asked.query.terms)),
        first_day=asked.period.first,
        last_day=asked.period.last,
        all=_row(found.whole),
        rows=[_row(row) for row in found.rows],
        more_rows=found.more,
        left_out=left_out(found.left_out),
        severities="now",
    )


def left_out(found: LeftOut) -> wire.NotWatched:
    """What could not be watched."""
    return wire.NotWatched(transient=found.transient, undated=found.undated, backwards=found.backwards)


def _row(row: Row) -> wire.TimesRow:
    is_told = not row.is_few
    return wire.TimesRow(
        key=row.key,
        title=row.title,
        told="all" if row.is_enough else "counts" if is_told else "few",
        findings=row.n if is_told else None,
        done=row.done if is_told else None,
        aside=row.aside if is_told else None,
        waiting=row.waiting if is_told else None,
        mean_days=None if row.mean is None else round(row.mean.days, 3),
        mean_interval=None if row.mean is None else _mean_band(row.mean),
        mean_until=None if row.mean is None else row.mean.until,
        median_days=row.median,
        median_interval=wire.Interval(low=row.median_band[0], high=row.median_band[1]) if row.is_enough else None,
        within_30_days=_rounded(row.within_30),
        within_90_days=_rounded(row.within_90),
        open_now=row.open_now,
        query=row.query,
        curve=[
            wire.CurvePoint(
                age=step.age, at_risk=step.at_risk, done=step.fixed, open=round(step.open, 5), low=round(step.low, 5),
                high=round(step.high, 5),
            )
            for step in row.steps
        ],
    )  # fmt: skip


def times_rows(found: Times) -> list[Sequence[object]]:
    """The rows of a file, all together first; their columns are `TIMES_COLUMNS`."""
    told = times(found)
    return [
        (
            row.key, row.title, row.told, row.findings, row.done, row.aside, row.waiting, row.mean_days,
            *_ends(row.mean_interval), row.mean_until, row.median_days, *_ends(row.median_interval),
            row.within_30_days, row.within_90_days, row.open_now,
        )
        for row in (told.all, *told.rows)
    ]  # fmt: skip


def _ends(interval: wire.Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _mean_band(mean: Mean) -> wire.Interval:
    low, high = mean.band
    return wire.Interval(low=round(low, 3), high=round(high, 3))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 5)
