"""What came and went, what is open and how dates were kept, as the API's JSON shapes and as rows of files."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.domain.remediation import flow as flows
from callboard.domain.remediation.engagement import CHANNELS, DOORS, Engagement
from callboard.domain.remediation.flow import DueReport, Flow, OpenReport, Stretch
from callboard.domain.remediation.times import FEW
from callboard.domain.remediation.use import Use
from callboard.web.to_wire.metrics import left_out
from callboard.web.wire import metrics as wire

FLOW_COLUMNS = ("stretch", *wire.MetricsStretch.__struct_fields__)
OPEN_COLUMNS = wire.OpenRow.__struct_fields__[:-1]
DUE_COLUMNS = wire.DueRow.__struct_fields__
USE_COLUMNS = wire.UseRow.__struct_fields__
WHATS = (
    Engagement.NOTIFIED, Engagement.SEEN, Engagement.SEEN_BY_SECURITY, Engagement.SEEN_BY_OTHERS, Engagement.OPENED,
    Engagement.FOLLOWED, Engagement.ACTED,
)  # fmt: skip
"""In the order in which people do them."""


NOW, THEN = "now", "then"
"""By which severities a report tells findings apart."""


def flow(found: Flow) -> wire.MetricsFlow:
    """What came and went."""
    held = found.reopened
    return wire.MetricsFlow(
        query=found.query,
        first_day=found.period.first,
        last_day=found.period.last,
        weeks=[_stretch(each) for each in found.weeks],
        months=[_stretch(each) for each in found.months],
        fixes_told=held.fixes,
        fixes_back=held.back,
        reopen_rate=round(held.back / held.fixes, 5) if held.fixes >= FEW else None,
        left_out=left_out(found.left_out),
        severities=NOW,
    )


def _stretch(each: Stretch) -> wire.MetricsStretch:
    return wire.MetricsStretch(
        first_day=each.first, last_day=each.last, days=each.days, opened=each.opened, fixed=each.fixed,
        ended_otherwise=each.otherwise, net=each.net, open_before=each.open_before, open_after=each.open_after,
        capacity=None if each.capacity is None else round(each.capacity, 5),
    )  # fmt: skip


def opened(found: OpenReport) -> wire.MetricsOpen:
    """What was open."""
    return wire.MetricsOpen(
        on=found.on, by=found.by.value, query=found.query, all=_open(found.whole), rows=[_open(row) for row in found.rows],
        more_rows=found.more, severities=NOW if found.on is None else THEN,
    )  # fmt: skip


def _open(row: flows.OpenRow) -> wire.OpenRow:
    return wire.OpenRow(
        key=row.key, title=row.title, open=row.n, median_age_days=row.median_age, ninth_age_days=row.ninth_age,
        overdue=row.overdue, overdue_days=row.overdue_days, query=row.query,
    )  # fmt: skip


def due(found: DueReport) -> wire.MetricsDue:
    """How dates were kept."""
    return wire.MetricsDue(
        query=found.query, by=found.by.value, first_day=found.period.first, last_day=found.period.last,
        all=_due(found.whole), rows=[_due(row) for row in found.rows], more_rows=found.more, severities=THEN,
    )  # fmt: skip


def _due(row: flows.DueRow) -> wire.DueRow:
    kept = row.kept
    return wire.DueRow(
        key=row.key, title=row.title, on_time=kept.on_time, late=kept.late, overdue=kept.overdue,
        ended_otherwise_on_time=kept.aside_on_time, ended_otherwise_late=kept.aside_late,
        attainment=None if kept.attainment is None else round(kept.attainment, 5), not_yet_due=row.not_yet,
    )  # fmt: skip


def use(found: Use) -> wire.MetricsUse:
    """Whether the board is of use."""
    return wire.MetricsUse(
        query=found.query, first_day=found.period.first, last_day=found.period.last, teams_with_open=found.teams_open,
        teams_acting=found.teams_acting, share=None if found.share is None else round(found.share, 5),
        rows=[
            wire.UseRow(what=what.word, door=door.word, findings=found.told(what, door))
            for whats, doors in ((WHATS, DOORS), ((Engagement.ARRIVED,), CHANNELS)) for what in whats for door in doors
        ],
    )  # fmt: skip


def use_rows(found: Use) -> list[Sequence[object]]:
    """The rows of a file."""
    return [msgspec.structs.astuple(row) for row in use(found).rows]


def flow_rows(found: Flow) -> list[Sequence[object]]:
    """The rows of a file, weeks and then months."""
    told = flow(found)
    parts = (("week", told.weeks), ("month", told.months))
    return [(word, *msgspec.structs.astuple(each)) for word, stretches in parts for each in stretches]


def open_rows(found: OpenReport) -> list[Sequence[object]]:
    """The rows of a file, all together first."""
    told = opened(found)
    return [msgspec.structs.astuple(row)[:-1] for row in (told.all, *told.rows)]


def due_rows(found: DueReport) -> list[Sequence[object]]:
    """The rows of a file, all together first."""
    told = due(found)
    return [msgspec.structs.astuple(row) for row in (told.all, *told.rows)]
