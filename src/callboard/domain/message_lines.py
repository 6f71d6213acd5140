"""How findings stand in a message: one by one, by the list that holds them all, and as what is new."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.domain.board import FindingRow
from callboard.domain.instant import Instant, to_text
from callboard.domain.query import OneOf, Query, Term, parse
from callboard.domain.remediation.message import MOST_LINKED, URGENT_BAND, Line, Why, list_path


def line_of(row: FindingRow) -> Line:
    """One of them."""
    return Line(
        finding=row.id, severity=row.severity.word, title=row.rule_name, components=row.components, due_at=row.due_at,
        path=f"/findings/{row.id}",
    )  # fmt: skip


def path_of(ids: Iterable[int]) -> str | None:
    """The list of just these. None: they are too many for an address."""
    told = tuple(map(str, sorted(ids)))
    return list_path(Query((OneOf("id", told),)).canonical) if len(told) <= MOST_LINKED else None


def fresh(since: Instant) -> tuple[str, tuple[Term, ...]]:
    """What cannot wait and is new since a day (UTC): its title, and how the board is asked for it."""
    day = to_text(since)[:10]
    return f"{Why.NEW.words}, since {day}", parse(f"band:<={URGENT_BAND} first:>={day}").terms
