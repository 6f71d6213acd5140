"""What being given the portal does, as the API's JSON shape, as rows of a file and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from callboard.domain.instant import to_text
from callboard.domain.remediation.rolled import RollDesign, Rolled
from callboard.usecases.remediation.measure_channels import Effect
from callboard.web import words
from callboard.web.to_wire.channels import few
from callboard.web.wire import metrics as wire

TITLES: Final[Mapping[RollDesign, str]] = {
    RollDesign.ROLLOUT: "Given by lot, team after team",
    RollDesign.DIFFERENCES: "How teams changed that began first",
}
ARMS: Final = {
    "given": "given the portal", "not-yet": "not yet", "given-before": "given it later: the days before",
    "not-yet-before": "not yet: the days before",
}  # fmt: skip
_ALWAYS: Final = (
    "Compared is who had been given the portal, whoever used it; for those who use it an effect is larger.",
    "Teams that wait are taken not to change because others have begun.",
    "Where teams of one side differ much in speed, a ratio is told too near to 1.",
)
_CAVEATS: Final[Mapping[RollDesign, Sequence[str]]] = {
    RollDesign.ROLLOUT: (
        "A lot drew the order, so that any other was as likely: p is the share of other orders that look as different.",
        *_ALWAYS,
    ),
    RollDesign.DIFFERENCES: (
        "Without the portal both sides are taken to have changed alike; nothing here can show that.",
        "p is the share of other choices of as many teams that look as different.",
        *_ALWAYS,
    ),
}


def plan(found: Effect) -> wire.RolloutPlan | None:
    """The newest plan."""
    told = found.rollout
    if told is None:
        return None
    return wire.RolloutPlan(
        planned_at=to_text(told.planned_at), by_lot=told.is_by_lot, seed=told.seed or None, audit_entry=told.entry,
        plans_made=found.plans, waves=[wire.RolloutWave(first_day=wave.day, teams=len(wave.teams)) for wave in told.waves],
    )  # fmt: skip


def compared(each: Rolled, found: Effect) -> wire.RolloutComparison:
    """One comparison."""
    return wire.RolloutComparison(
        design=each.design.value,
        sentence=sentence(each),
        refusal=each.refusal,
        first_day=each.period.first if each.period else None,
        last_day=each.period.last if each.period else None,
        before_first_day=each.before.first if each.before else None,
        before_last_day=each.before.last if each.before else None,
        arms=[
            wire.RolloutArm(
                arm=arm.arm, teams=arm.teams, findings=few(arm.findings), fixed=few(arm.fixed), finding_days=arm.days
            )
            for arm in each.arms
        ],
        rate_ratio=_number(each.ratio),
        interval=None if each.ratio is None else wire.Interval(low=_number(each.low), high=_number(each.high)),
        p=_number(each.p),
        orders=each.lots,
        smallest_ratio_seen=_number(each.smallest),
        caveats=caveats(each, found),
    )


def caveats(each: Rolled, found: Effect) -> list[str]:
    """What is taken for granted, and what makes one wonder."""
    if found.rollout is None:
        return []
    told = list(_CAVEATS[each.design])
    if found.plans > 1:
        told.append(
            f"{words.count(found.plans, 'plan')} were made, of which this is the newest: an order can be drawn until it pleases."
        )
    if not found.rollout.is_in_time:
        told.append("It was planned after the first team had begun.")
    if each.design is RollDesign.ROLLOUT and each.period and each.period.end < found.period.end:
        told.append("Days on which all teams had been given the portal have nobody to compare with.")
    return told


def sentence(each: Rolled) -> str:
    """What may be said. Only a lot lets one say what causes what."""
    if each.refusal is not None:
        return each.refusal
    assert each.ratio is not None  # noqa: S101 - what is not refused has all of them
    assert each.low is not None  # noqa: S101
    assert each.high is not None  # noqa: S101
    assert each.p is not None  # noqa: S101
    span = f"{each.low:.2f} to {each.high:.2f}" if math.isfinite(each.high) else f"from {each.low:.2f}, not bounded"
    way = "faster" if each.ratio > 1 else "more slowly"
    if each.p > _CERTAIN:
        told = "No effect of being given the portal can be told"
    elif each.design is RollDesign.ROLLOUT:
        told = f"Being given the portal makes teams fix findings {way}"
    else:
        told = f"Being given the portal is associated with fixing findings {way}"
    sides = {arm.arm: arm for arm in each.arms}
    given, waiting = sides["given"], sides["not-yet"]
    return (
        f"{told}: ratio {each.ratio:.2f}, 95 % {span}, p = {each.p:.3f}; "
        f"{given.fixed:,} fixes of {given.teams:,} teams that had been given it, {waiting.fixed:,} of {waiting.teams:,} that had not."
    )


_CERTAIN: Final = 0.05


def rows(found: Effect) -> list[Sequence[object]]:
    """The rows of a file: both sides."""
    return [
        (each.design.value, arm.arm, None, None, None, arm.teams, few(arm.findings), few(arm.fixed), arm.days)
        for each in found.rolled
        for arm in each.arms
    ]


def _number(value: float | None) -> float | None:
    """What JSON can hold; an end that is not bounded is null."""
    return None if value is None or not math.isfinite(value) else round(value, 6)
