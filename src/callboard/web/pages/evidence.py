"""Compliance evidence as a page to read and to print, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.compliance.framework import OBJECTS, Framework
from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.period import Period
from callboard.domain.compliance.report import ControlFigures, Evidence
from callboard.domain.compliance.told import MOMENTS
from callboard.errors import InvalidQueryError
from callboard.usecases.remediation import export_evidence
from callboard.usecases.remediation.export_evidence import Behind
from callboard.web import links, render
from callboard.web.api.evidence import DAYS, period_in
from callboard.web.params import board as params
from callboard.web.to_wire import evidence as to_wire_evidence
from callboard.web.view import View, Viewing

PATH = "/evidence"
ROWS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A control, with its doubts as they are told."""

    each: ControlFigures
    own: tuple[str, ...]
    """What nobody here can tell of this control."""
    shared: tuple[int, ...]
    """Numbers of what was not known of the data, which is said once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    found: Evidence
    lines: tuple[Line, ...]
    unknown: tuple[str, ...]
    """What was not known of the data."""
    frameworks: Sequence[Framework]
    objects: Mapping[str, str]
    days: Mapping[str, str]
    """The period as the address tells it."""
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RowsContext:
    """What the template of one number is given."""

    behind: Behind
    period: Period
    back: str
    first_url: str | None
    next_url: str | None
    file_url: str
    start: int
    moments: frozenset[str]
    """Facts of which a reader wants the day alone."""


def show(view: Viewing) -> Response[str]:
    """A framework's controls over a period: the first framework and the last 13 weeks, where nobody says otherwise."""
    asked = params.texts(view.query, ("framework", *DAYS))
    period = period_in(asked, view)
    found = export_evidence.evidence(view.store, view.viewer, asked["framework"] or next(iter(FRAMEWORKS)), period)
    unknown = tuple(dict.fromkeys(why for figure in found.figures for why in figure.why_not))
    told = to_wire_evidence.evidence(found, at=view.now, version=view.services.version)
    context = Context(
        found=found,
        lines=tuple(_line(each, unknown) for each in found.controls),
        unknown=unknown,
        frameworks=tuple(FRAMEWORKS.values()),
        objects=OBJECTS,
        days={"from": period.first_day, "to": period.last_day},
        sha256=told.sha256,
    )
    return render.answer("evidence.html", title="Evidence", here="evidence", now=view.now, c=context)


def _line(each: ControlFigures, unknown: Sequence[str]) -> Line:
    shared = {unknown.index(why) + 1 for figure in each.figures for why in figure.why_not}
    return Line(each=each, own=each.control.missing, shared=tuple(sorted(shared)))


def rows(view: Viewing) -> Response[str]:
    """The rows behind one number."""
    asked = params.texts(view.query, ("number", "framework", *DAYS, "start"))
    if not asked["number"]:
        raise InvalidQueryError("Say which number.", field="number")
    (start,) = params.numbers([("start", asked["start"])] if asked["start"] else [], {"start": (0, 0, 2**31)})
    period = period_in(asked, view)
    behind = export_evidence.behind(view.store, view.viewer, asked["number"], period, start=start, limit=ROWS)
    return render.answer(
        "evidence_rows.html", title=behind.figure.words, here="evidence", now=view.now,
        c=_rows(view, asked, behind, period, start),
    )  # fmt: skip


def _rows(view: View, asked: Mapping[str, str], behind: Behind, period: Period, start: int) -> RowsContext:
    days = {"from": period.first_day, "to": period.last_day}
    here = {**days, "number": asked["number"], "framework": asked["framework"]}
    is_more = start + len(behind.rows) < behind.figure.rows - behind.withheld
    return RowsContext(
        behind=behind,
        period=period,
        back=links.address(PATH, {**days, "framework": asked["framework"]}),
        first_url=links.address(view.path, here) if start else None,
        next_url=links.address(view.path, {**here, "start": str(start + ROWS)}) if is_more else None,
        file_url=links.address("/api/v1/evidence/rows.csv", {**days, "number": asked["number"]}),
        start=start,
        moments=MOMENTS,
    )
