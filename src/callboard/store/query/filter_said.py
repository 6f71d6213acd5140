"""What people said about findings, as conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from callboard.domain.decision import DecisionKind
from callboard.domain.standing import HANDS
from callboard.store import schema

d, said = schema.decided.c, schema.decision.c


def spoken(kinds: Collection[DecisionKind]) -> Select[tuple[int]]:
    """Findings about which a decision of one of these kinds stands."""
    return (
        select(d.finding_id)
        .join_from(schema.decided, schema.decision, said.id == d.decision_id)
        .where(d.ended_by.is_(None), said.kind.in_(sorted(map(int, kinds))))
    )


def taken(by: Sequence[str]) -> Select[tuple[int]]:
    """Findings on which one of these people or groups works."""
    return spoken(HANDS).where(said.about.in_(by))
