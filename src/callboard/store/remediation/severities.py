"""How bad findings were at a moment that is past, where their source has told otherwise since.

Few have ever changed. So a report counts everything by the severities of today, and then those few once more: less as they are,
more as they were. That costs what has changed, and nothing of what has not.

A severity is told from when it was read here: a source mostly gives no date of its own for it, so it may have been so since the
reading before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select

from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.reconcile import EventKind
from callboard.store import schema

f, e = schema.finding.c, schema.event.c

SEVERITIES = 8
"""More than there are."""

_IS_CHANGE = e.kind == literal_column(str(int(EventKind.SEVERITY)))
"""Spelled out, so that the index of these events is seen to hold it."""
_NUMBERS = {severity.word: int(severity) for severity in Severity}


def changed_since(at: Instant) -> Select[tuple[int]]:
    """Findings that are told to be of another severity since a moment."""
    return select(e.finding_id).where(_IS_CHANGE, e.recorded_at >= at)


def severity_at(moment: Any) -> ColumnElement[int]:  # noqa: ANN401 - a moment, or a column of them
    """Of a finding's row, the severity that it had just before a moment: what the first change since then was from."""
    before = (
        select(case(_NUMBERS, value=e.old))
        .where(e.finding_id == f.id, _IS_CHANGE, e.recorded_at >= moment)
        .order_by(e.seq)
        .limit(1)
        .correlate(schema.finding)
        .scalar_subquery()
    )
    return func.coalesce(before, f.severity)


def asks(query: Query) -> bool:
    """Whether a query asks how bad findings are."""
    return any(_is_severity(term) for term in query.terms)


def without(query: Query) -> Query:
    """The query without what it says of severities."""
    return Query(tuple(term for term in query.terms if not _is_severity(term)), query.sort, query.group)


def takes(query: Query, severity: int) -> bool:
    """Whether what a query says of severities lets this one pass."""
    word = Severity(severity).word
    return all(
        (word in term.values) is not term.is_negated
        for term in query.terms
        if isinstance(term, OneOf) and term.key == "severity"
    )


def _is_severity(term: object) -> bool:
    return isinstance(term, OneOf) and term.key == "severity"
