"""Policies that are laid down, as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain import policy
from callboard.domain.instant import to_text
from callboard.usecases.plan_policy import Applied, Standing
from callboard.web.to_wire.board import date
from callboard.web.wire import policy as wire_policy


def policies(found: Sequence[Standing]) -> wire_policy.Policies:
    """Every policy as it stands."""
    return wire_policy.Policies(items=[_laid(each) for each in found])


def _laid(each: Standing) -> wire_policy.LaidPolicy:
    return wire_policy.LaidPolicy(
        kind=each.kind.value,
        revision=each.laid.n if each.laid else 0,
        document=policy.write(each.body),
        history=[
            wire_policy.PolicyRevision(
                n=one.n, at=to_text(one.at), by=one.actor, reason=one.reason, removed=one.removed, origin=one.origin,
                document=policy.write(one.body),
            )
            for one in each.history
        ],
    )  # fmt: skip


def plan(found: policy.PolicyPlan) -> wire_policy.PolicyPlan:
    """What applying would do."""
    return wire_policy.PolicyPlan(
        kind=found.kind.value,
        revision=found.revision,
        changes=[wire_policy.PolicyChange(field=each.field, old=each.old, new=each.new) for each in found.changes],
        problems=[wire_policy.PolicyProblem(where=each.where, reason=each.reason) for each in found.problems],
        asks=list(found.asks),
        people=[
            wire_policy.RoleChange(
                person=each.person, gains=list(each.gains), loses=list(each.loses), sees_more=each.sees_more,
                sees_less=each.sees_less,
            )
            for each in found.people
        ],
        people_count=found.people_count,
        everybody=found.everybody,
        opened=found.opened,
        dates=None if found.dates is None else _dates(found.dates),
        patch=found.patch,
    )  # fmt: skip


def _dates(found: policy.DateChange) -> wire_policy.MovedDates:
    return wire_policy.MovedDates(
        open=found.open, moved=found.moved, earlier=found.earlier, later=found.later,
        newly_overdue=found.newly_overdue, no_longer_overdue=found.no_longer_overdue,
        examples=_moved(found.examples),
    )  # fmt: skip


def date_lines(found: policy.DateLines) -> wire_policy.DateLines:
    """The findings that a number counts."""
    return wire_policy.DateLines(findings=found.findings, items=_moved(found.lines), next_skip=found.next)


def _moved(found: Sequence[policy.DateExample]) -> list[wire_policy.MovedDate]:
    return [
        wire_policy.MovedDate(
            finding_id=each.id, title=each.title, severity=each.severity.word, old=date(each.old), new=date(each.new)
        )
        for each in found
    ]


def applied(done: Applied) -> wire_policy.PolicyApplied:
    """What applying did."""
    return wire_policy.PolicyApplied(state=done.state, revision=done.revision, plan=plan(done.plan))
