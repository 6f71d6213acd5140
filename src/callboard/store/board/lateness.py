"""What comes before all other work: what is late, and what nobody may wait a day for. The only place that says so in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from callboard.domain.due import today
from callboard.domain.instant import Instant
from callboard.domain.priority import BAND_STEP, is_at_once


def comes_first(due_at: ColumnElement[Any], priority: ColumnElement[Any], now: Instant) -> ColumnElement[bool]:
    """A clause: overdue, or of a kind that is done at once."""
    return or_(due_at < today(now), priority < BAND_STEP)


def can_wait(due_at: ColumnElement[Any], priority: ColumnElement[Any], now: Instant) -> ColumnElement[bool]:
    """A clause: neither."""
    return and_(due_at >= today(now), priority >= BAND_STEP)


def stage(due_at: int, priority: int, now: Instant) -> int:
    """0: it comes first; 1: it can wait."""
    return 0 if due_at < today(now) or is_at_once(priority) else 1
