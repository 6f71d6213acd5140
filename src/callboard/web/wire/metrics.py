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
    severities: str
    """`now`: how bad findings are is told as it is today."""
    left_out: NotWatched


class MetricsStretch(msgspec.Struct, frozen=True, kw_only=True):
    """A week or a month, or as much of one as lies in the period."""

    first_day: str
    last_day: str
    days: int
    opened: int
    fixed: int
    ended_otherwise: int
    """Set aside, or gone with the resource."""
    net: int
    """Opened less closed."""
    open_before: int
    """What somebody put off counts as open here."""
    open_after: int
    capacity: float | None
    """Share that was fixed, of what was open before and what was opened."""


class MetricsFlow(msgspec.Struct, frozen=True, kw_only=True):
    """What came and went."""

    query: str
    first_day: str
    last_day: str
    weeks: list[MetricsStretch]
    months: list[MetricsStretch]
    fixes_told: int
    """Fixes of the period that are thirty days ago."""
    fixes_back: int
    """Of these, found again within thirty days."""
    reopen_rate: float | None
    """Null: under five fixes, too few to tell."""
    left_out: NotWatched
    severities: str
    """`now`: what the query says of severities is asked of today's."""


class OpenRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was open at a time."""

    key: str
    title: str
    open: int
    median_age_days: int | None
    """Half are no older. Null: under five, too few to tell."""
    ninth_age_days: int | None
    """Nine of ten are no older."""
    overdue: int
    overdue_days: int
    """Days past their dates, of all of them together."""
    query: str | None
    """Lists exactly these. Null for a past day."""


class MetricsOpen(msgspec.Struct, frozen=True, kw_only=True):
    """What was open at the end of a day, or is open now."""

    on: str | None
    """Null: now."""
    by: str
    query: str
    all: OpenRow
    rows: list[OpenRow]
    more_rows: int
    severities: str
    """`then`: how bad findings are is told, and asked, as it was when the day ended; `now`, of what is open now."""


class DueRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what fell due in the period."""

    key: str
    title: str
    on_time: int
    late: int
    """Fixed after their date."""
    overdue: int
    """Open when the period ended."""
    ended_otherwise_on_time: int
    ended_otherwise_late: int
    attainment: float | None
    """Share fixed on time, of those fixed or past their date. Null: under five, too few to tell."""
    not_yet_due: int
    """Open when the period ended, with a date that had not come; in no other number."""


class MetricsDue(msgspec.Struct, frozen=True, kw_only=True):
    """How dates were kept."""

    query: str
    by: str
    first_day: str
    last_day: str
    all: DueRow
    rows: list[DueRow]
    more_rows: int
    severities: str
    """`then`: how bad findings are is told, and asked, as it was when their dates fell."""


class UseRow(msgspec.Struct, frozen=True, kw_only=True):
    """Findings with which something was done through one door."""

    what: str
    """`notified`; `seen` by the team that owns it, `seen-by-security`, `seen-by-others`; `opened`, `followed` or
    `acted`; `arrived` by a link in a message."""
    door: str
    """`page`, `api`, `plugin`, or `message` of what was notified; of who arrived `slack`, `email`, `portal` or `webhook`."""
    findings: int | None
    """Null: fewer than five."""


class MetricsUse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the board is of use: what people did with findings, and never who."""

    query: str
    first_day: str
    last_day: str
    teams_with_open: int
    teams_acting: int
    """Of these, teams of whose findings at least one was acted on, or followed to its source."""
    share: float | None
    """Null: fewer than five teams."""
    rows: list[UseRow]


class ChannelArm(msgspec.Struct, frozen=True, kw_only=True):
    """Findings to which the same had happened."""

    channel: str
    """`portal`, `ticket`, `both` or `neither`."""
    findings: int
    fixed: int


class ChannelMix(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared with what, within one stratum."""

    severity: str
    source: str
    is_owned: bool
    portal_findings: int | None
    """Null, here and below: fewer than five, and not none."""
    portal_fixed: int | None
    ticket_findings: int | None
    ticket_fixed: int | None


class ChannelComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison, or why there is none."""

    design: str
    """`landmark` or `time-dependent`."""
    sentence: str
    """What may be said of it."""
    refusal: str | None
    groups: list[ChannelArm]
    hazard_ratio: float | None
    """How many times as fast findings of the portal are fixed. Above 1: faster."""
    interval: Interval | None
    p: float | None
    log_rank_chi_square: float | None
    log_rank_p: float | None
    fixes: int
    smallest_ratio_seen: float | None
    """The smallest ratio above 1 that so many fixes show four times in five."""
    teams: int
    error_by_team: bool
    """The interval takes teams for independent, and not findings: from six teams on, where that is the wider of the two."""
    mix: list[ChannelMix]


class RolloutWave(msgspec.Struct, frozen=True, kw_only=True):
    """Teams that are given the portal on one day."""

    first_day: str | None
    """Null: not yet."""
    teams: int


class RolloutPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which teams are given the portal when, as it was planned."""

    planned_at: str
    by_lot: bool
    """A lot drew the order, from `seed`; else somebody chose."""
    seed: str | None
    audit_entry: int
    """Its number in the log of who did what, whose chain shows whether it was changed."""
    plans_made: int
    """This is the newest of so many."""
    waves: list[RolloutWave]


class RolloutArm(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison by a rollout."""

    arm: str
    """`given` or `not-yet`; of differences also `given-before` and `not-yet-before`."""
    teams: int
    findings: int | None
    """Watched. One that was watched before and after its team was given the portal is in both. Null: fewer than five."""
    fixed: int | None
    finding_days: int
    """Days that all of them together were watched."""


class RolloutComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What being given the portal does, or why that cannot be told."""

    design: str
    """`rollout` (by lot) or `did` (how teams changed that began, against how those did that waited)."""
    sentence: str
    refusal: str | None
    first_day: str | None
    """Of the days on which both sides were watched."""
    last_day: str | None
    before_first_day: str | None
    """Of differences: the days before."""
    before_last_day: str | None
    arms: list[RolloutArm]
    rate_ratio: float | None
    """How many times as fast findings are fixed by teams that were given the portal. Above 1: faster."""
    interval: Interval | None
    p: float | None
    orders: int
    """How many orders or choices of teams p was told from."""
    smallest_ratio_seen: float | None
    caveats: list[str]


class MetricsChannels(msgspec.Struct, frozen=True, kw_only=True):
    """What the portal does: by a rollout, and against tickets."""

    query: str
    first_day: str
    last_day: str
    rollout: RolloutPlan | None
    """The newest plan. Null: none was made."""
    rollouts: list[RolloutComparison]
    """The better designs, the best first."""
    landmark_days: int
    comparisons: list[ChannelComparison]
    ticket_time_unknown: int | None
    """With a ticket of which nobody tells when it was made: left out. Null, here and below: not asked for."""
    came_back: int | None
    """Opened more than once: left out."""
    stored_late: int | None
    """First stored here later than the landmark: left out of it."""
    assumptions: list[str]
