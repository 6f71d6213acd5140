"""The JSON shapes of metrics. Numbers that are too few to be told are null, and `told` says why."""

from __future__ import annotations

import msgspec


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """An interval of 95 %. Null: not reached."""

    low: float | None
    high: float | None


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """From this age on, until the next point."""

    age: int
    """In whole days."""
    at_risk: int
    done: int
    open: float
    """Share that still waits."""
    low: float
    high: float


class TimesRow(msgspec.Struct, frozen=True, kw_only=True):
    """How long it takes for one severity, team, source, rule or kind."""

    key: str
    """Empty: all together, or by team those of no team."""
    title: str
    told: str
    """`all`; `counts`, where there are fewer than ten findings or five ends; `few`, where there are fewer than five."""
    findings: int | None
    """Watched on some day of the period. Null: fewer than five."""
    done: int | None
    aside: int | None
    """Ended otherwise."""
    waiting: int | None
    mean_days: float | None
    """Days that a finding waits within its first ninety, those that wait still counted (the restricted mean)."""
    mean_interval: Interval | None
    mean_until: int | None
    """How many days the mean looks at: ninety, or as many as anything was watched."""
    median_days: int | None
    """Null: less than half are done, or too few to tell."""
    median_interval: Interval | None
    within_30_days: float | None
    """Share, where others end otherwise (Aalen and Johansen)."""
    within_90_days: float | None
    open_now: int | None
    query: str | None
    """Lists exactly those that are open now."""
    curve: list[CurvePoint]


class NotWatched(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be watched."""

    transient: int
    """Closed within a day of their opening."""
    undated: int
    """Closed, and nobody tells when."""
    backwards: int
    """Closed before they were opened, by their source's dates."""


class MetricsTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long findings take."""

    measure: str
    """`remediate`: from the opening until it is fixed; `investigate`: until somebody acts on it."""
    by: str
    query: str
    first_day: str
    last_day: str
    all: TimesRow
    rows: list[TimesRow]
    more_rows: int
    left_out: NotWatched
