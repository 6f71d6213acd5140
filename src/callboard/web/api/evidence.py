"""`/api/v1/evidence`: compliance evidence for those who may read the log of who did what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from litestar.response import Response, Stream

from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.period import Period, period_of
from callboard.domain.compliance.report import Evidence
from callboard.errors import InvalidQueryError
from callboard.usecases.remediation import export_evidence
from callboard.web import answers, exports
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import evidence as to_wire_evidence
from callboard.web.view import View, Viewing, paces_of

DAYS = ("from", "to")
MOST_ROWS = 1_000
"""Rows behind one control on one page."""
USUAL_ROWS = 100


def show(view: Viewing, request: WebRequest) -> Response[bytes]:
    """A framework's controls over a period."""
    found, _ = _taken(view, request)
    return answers.json(to_wire_evidence.evidence(found, at=view.now, version=view.services.version))


def as_csv(view: Viewing, request: WebRequest) -> Stream:
    """The same as a table."""
    found, period = _taken(view, request)
    name = f"callboard-{found.framework.key}-{period.first_day}-{period.last_day}.csv"
    return _file(to_wire_evidence.lines(found), name)


def rows(view: Viewing) -> Response[bytes]:
    """Some of the rows behind one number."""
    asked = params.texts(view.query, ("number", *DAYS, "start", "limit"))
    start, limit = params.numbers(
        [(name, asked[name]) for name in ("start", "limit") if asked[name]],
        {"start": (0, 0, 2**31), "limit": (USUAL_ROWS, 1, MOST_ROWS)},
    )
    period = period_in(asked, view)
    found = export_evidence.behind(view.store, view.viewer, _number(asked), period, start=start, limit=limit)
    return answers.json(to_wire_evidence.rows(found, period, start=start, limit=limit))


def rows_csv(view: Viewing, request: WebRequest) -> Stream:
    """All rows behind one number, as a table."""
    asked = params.texts(view.query, ("number", *DAYS))
    _pace(view, request)
    period = period_in(asked, view)
    measure, rows = export_evidence.every_row(view.store, view.viewer, _number(asked), period)
    export_evidence.note(view.store, view.viewer, f"number:{measure.key}", period, at=view.now)
    name = f"callboard-{measure.key}-{period.first_day}-{period.last_day}.csv"
    return _file(to_wire_evidence.row_lines(measure.subject, rows), name)


def period_in(asked: Mapping[str, str], view: View) -> Period:
    """The days that are asked for. Raises InvalidQueryError."""
    return period_of(asked["from"] or None, asked["to"] or None, now=view.now)


def _taken(view: View, request: WebRequest) -> tuple[Evidence, Period]:
    """The evidence, with the log's word that it was taken: so many in an hour."""
    asked = params.texts(view.query, ("framework", *DAYS))
    if not asked["framework"]:
        raise InvalidQueryError("Say which framework.", field="framework", hint=f"One of {', '.join(FRAMEWORKS)}.")
    _pace(view, request)
    period = period_in(asked, view)
    found = export_evidence.evidence(view.store, view.viewer, asked["framework"], period)
    export_evidence.note(view.store, view.viewer, f"framework:{found.framework.key}", period, at=view.now)
    return found, period


def _pace(view: View, request: WebRequest) -> None:
    if view.viewer.roles:
        paces_of(request).exports.require(
            view.viewer.key, "You take more files than one person or program may in an hour."
        )


def _number(asked: Mapping[str, str]) -> str:
    if not asked["number"]:
        raise InvalidQueryError("Say which number.", field="number")
    return asked["number"]


def _file(lines: Iterator[list[object]], name: str) -> Stream:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(exports.streamed(lines), media_type="text/csv", headers=headers)
