"""Evidence that was wrong too often: what teams said is not theirs, by the evidence that gave it to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.drift import REVIEW_AFTER, News, SignalKind
from callboard.domain.ownership.verdict import Word
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.ownership import signals

REVIEW_DAYS = 30
"""What was said so long before the last word against the same evidence counts with it."""

d = schema.ownership_decision.c


def denied(conn: Connection, rule: str) -> set[int]:
    """Resources that were said not to be theirs against this evidence, in the 30 days up to the last time, and still are."""
    rows = conn.execute(
        select(d.resource_id, d.at).where(d.rule == rule, d.word == Word.NOT_OURS.value, d.ended_at.is_(None))
    ).all()
    last = max((row.at for row in rows), default=0)
    return {row.resource_id for row in rows if row.at > last - REVIEW_DAYS * DAY}


def follow(
    conn: Connection, dialect: Dialect, *, said: Iterable[int], unsaid: Iterable[int], now: Instant
) -> set[str]:  # fmt: skip
    """Open reviews of what was wrong too often, once more was said, and bring those that are open up to date.

    `said` and `unsaid` are decisions that stand from now on, and no longer. Returns what is under review by what was said.
    """
    fresh = _rules_of(conn, said)
    under_review = {rule for rule in fresh if len(denied(conn, rule)) >= REVIEW_AFTER}
    still_open = signals.open_among(conn, dialect, SignalKind.RULE_REVIEW, fresh | _rules_of(conn, unsaid))
    counts = {rule: len(denied(conn, rule)) for rule in under_review | still_open}
    news = [
        News(kind=SignalKind.RULE_REVIEW, about=rule, n=n) for rule, n in sorted(counts.items()) if n >= REVIEW_AFTER
    ]
    signals.note(conn, dialect, news, now=now)
    over = [rule for rule, n in counts.items() if n < REVIEW_AFTER]
    signals.over(conn, dialect, SignalKind.RULE_REVIEW, over, now=now)
    return under_review


def _rules_of(conn: Connection, decision_ids: Iterable[int]) -> set[str]:
    """The evidence that these words are against."""
    query = select(d.rule).where(d.id.in_(list(decision_ids)), d.word == Word.NOT_OURS.value)
    return {rule for rule in conn.execute(query).scalars() if rule is not None}
