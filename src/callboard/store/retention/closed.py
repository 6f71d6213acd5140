"""Findings that are over: what of their history is detail may be dropped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from callboard.domain.instant import Instant
from callboard.store import schema

f = schema.finding.c


def is_over(finding_id: Any, before: Instant) -> ColumnElement[bool]:  # noqa: ANN401 - a column or a number
    """The finding is closed by its source, and nothing at all has happened to it since that moment.

    What people here set aside is open at its source, and counts as open.
    """
    since = schema.event.alias("since").c
    lately = exists().where(since.finding_id == finding_id, since.recorded_at >= before)
    closed = exists().where(f.id == finding_id, f.closed == 1, f.beneath.is_(None), f.imported_at < before)
    return and_(closed, ~lately)
