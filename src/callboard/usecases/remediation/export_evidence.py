"""Evidence of a framework for a period, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from callboard.domain.access import EVIDENCE, Depth, Right, Viewer, reaching
from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.measure import AnyMeasure, Figure
from callboard.domain.compliance.measures import BY_KEY
from callboard.domain.compliance.period import Period
from callboard.domain.compliance.report import Evidence, evidence_of, figures_of, rows_of
from callboard.domain.compliance.told import Row, row_of
from callboard.domain.instant import Instant
from callboard.errors import NotFoundError
from callboard.store import Connection, Store
from callboard.store.people import audit
from callboard.store.remediation import compliance


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What one number counts."""

    measure: AnyMeasure
    figure: Figure
    rows: tuple[Row, ...]
    """As many as were asked for, of those in sight."""
    withheld: int
    """Rows that were counted, and are not in this viewer's sight."""


def evidence(store: Store, viewer: Viewer, framework: str, period: Period) -> Evidence:
    """Every control of a framework. Raises NotAllowedError, NotFoundError."""
    viewer.require(Right.AUDIT)
    found = FRAMEWORKS.get(framework)
    if found is None:
        raise NotFoundError(
            f"There is no framework {framework[:60]!r} here.", hint=f"One of {', '.join(FRAMEWORKS)}."
        )  # fmt: skip
    with store.read() as conn:
        facts = compliance.facts(conn, EVIDENCE, period)
        return evidence_of(found, facts, partial(compliance.lives, conn, EVIDENCE, period), period)


def behind(store: Store, viewer: Viewer, key: str, period: Period, *, start: int = 0, limit: int) -> Behind:
    """Some rows of one number, from one on. Raises NotAllowedError, NotFoundError.

    The number is the same for everybody who may see evidence; its rows are those in the viewer's sight.
    """
    measure = _measure(viewer, key)
    with store.read() as conn:
        facts = compliance.facts(conn, EVIDENCE, period)
        figure = figures_of({key: measure}, facts, partial(compliance.lives, conn, EVIDENCE, period), period)[key]
        rows: list[Row] = []
        seen = 0
        for seen, row in enumerate(_rows(conn, viewer, measure, period), start=1):
            if start < seen <= start + limit:
                rows.append(row)
    return Behind(measure=measure, figure=figure, rows=tuple(rows), withheld=figure.rows - seen)


def every_row(store: Store, viewer: Viewer, key: str, period: Period) -> tuple[AnyMeasure, Iterator[Row]]:
    """All rows of one number in sight, one after the other. Raises NotAllowedError, NotFoundError."""
    measure = _measure(viewer, key)
    return measure, _every(store, viewer, measure, period)


def _every(store: Store, viewer: Viewer, measure: AnyMeasure, period: Period) -> Iterator[Row]:
    with store.read() as conn:
        yield from _rows(conn, viewer, measure, period)


def _measure(viewer: Viewer, key: str) -> AnyMeasure:
    viewer.require(Right.AUDIT)
    measure = BY_KEY.get(key)
    if measure is None:
        raise NotFoundError(
            f"There is no number {key[:60]!r} in the evidence.",
            hint="The evidence names the key of each of its numbers.",
        )
    return measure


def _rows(conn: Connection, viewer: Viewer, measure: AnyMeasure, period: Period) -> Iterator[Row]:
    sight = reaching(viewer.visibility, Depth.WORK)
    facts = compliance.facts(conn, sight, period)
    names = {each.id: each.name for each in facts.sources}
    for item in rows_of(measure, facts, partial(compliance.lives, conn, sight, period), period):
        yield row_of(item, names)


def note(store: Store, viewer: Viewer, subject: str, period: Period, *, at: Instant) -> None:
    """Keep in the log that evidence was taken: of which framework, or which number's rows."""
    viewer.require(Right.AUDIT)
    with store.write() as conn:
        audit.note(
            conn, at=at, actor=viewer.named, action="evidence.export", subject=subject,
            detail={"from": period.first_day, "to": period.last_day},
        )  # fmt: skip
