"""What a viewer may say, so that nobody is offered what would be refused. Pure.

It promises nothing: what others say meanwhile is judged when something is said (`domain.standing`).
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from callboard.domain.access import Right
from callboard.domain.decision import DecisionKind
from callboard.domain.standing import PERSONAL, Standing

ABOUT_OPEN = (
    DecisionKind.TAKE, DecisionKind.ASSIGN, DecisionKind.SNOOZE, DecisionKind.DISMISS, DecisionKind.ASK,
    DecisionKind.NOT_USEFUL,
)  # fmt: skip
"""What is said about open findings alone."""


class Sayable(msgspec.Struct, frozen=True):
    """What may be said."""

    acts: tuple[DecisionKind, ...] = ()
    undo: tuple[int, ...] = ()
    """The decisions that may be taken back, by their numbers."""


def about_many(rights: Collection[Right]) -> Sayable:
    """About those of a list that are the viewer's."""
    return Sayable((*ABOUT_OPEN, DecisionKind.COMMENT) if Right.DECIDE in rights else ())


def about_one(standing: Standing, *, actor: str, rights: Collection[Right], is_open: bool) -> Sayable:
    """About one finding that is the viewer's. `is_open`: at its source; what is closed there can only be commented on."""
    acts: list[DecisionKind] = []
    undo: list[int] = []
    if Right.DECIDE in rights:
        if is_open:
            acts += (kind for kind in ABOUT_OPEN if not _is_said(kind, standing, actor))
        acts.append(DecisionKind.COMMENT)
        undo += (each.id for each in standing.decisions if each.kind not in PERSONAL or each.actor == actor)
    asked = standing.asked
    if Right.ACCEPT in rights and is_open and asked is not None and asked.actor != actor:
        acts.append(DecisionKind.ACCEPT)
    return Sayable(tuple(acts), tuple(undo))


def _is_said(kind: DecisionKind, standing: Standing, actor: str) -> bool:
    """Whether it is so already, or in somebody else's hands."""
    if kind is DecisionKind.TAKE:
        return standing.taken_by is not None
    return kind is DecisionKind.NOT_USEFUL and any(
        each.kind is kind and each.actor == actor for each in standing.decisions
    )
