"""How much has an owner: coverage in one sentence and as a table, what would map most, and what drifts."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Redirect, Response

from callboard.domain.access import Right
from callboard.domain.ownership.coverage import Cut, Report, Row, Shares, percent
from callboard.domain.ownership.drift import Signal, SignalKind
from callboard.usecases.ownership import report_ownership, watch_ownership
from callboard.web import forms, links, render, words
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import Viewing

CUTS = {Cut.ACCOUNT: "account", Cut.SOURCE: "source", Cut.PROJECT: "project", Cut.SEVERITY: "severity"}
"""What the table may be cut by: what the query language can ask for."""
MOST_ROWS = 60
MOST_TOLD = 20
WAITING = (SignalKind.HELD_BACK, SignalKind.MASS_CHANGE)
"""What goes on only when somebody decides: told first."""
"""Signals of one kind on the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A count with the list of what it counts."""

    n: int | None
    url: str | None
    """None: no query can list it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of the table."""

    label: str
    all: Cell
    share: str | None
    resources_share: str | None
    tiers: tuple[Cell, ...]
    conflict: Cell
    disputed: Cell
    suggested: Cell
    unmapped: Cell
    ages: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """Signals of one kind."""

    kind: SignalKind
    title: str
    signals: tuple[Signal, ...]
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    report: Report | None
    """None: the viewer may not read it."""
    by: Cut
    cuts: dict[Cut, str]
    tiers: tuple[int, ...]
    """Tiers by which anything is mapped."""
    whole: Line | None
    lines: tuple[Line, ...]
    line_count: int
    bar: tuple[tuple[str, str, int, str | None], ...]
    """Shares of the whole: what, how it is drawn, how many, and its list."""
    reviews: tuple[Signal, ...]
    review_count: int
    drifts: tuple[Drift, ...]
    may_close: bool
    listable: frozenset[SignalKind]
    """Kinds of signals whose resources can be listed."""


def show(view: Viewing) -> Response[str]:
    """The page. Who may not map sees what concerns their own components, and why not more."""
    asked = params_ownership.coverage(view.query)
    by = asked.by if asked.by in CUTS else Cut.ACCOUNT
    may = Right.MAP in view.viewer.rights
    report = (
        report_ownership.report(view.store, view.viewer, clock=view.services.clock, on=asked.on, by=by) if may else None
    )
    counts = watch_ownership.counts(view.store, view.viewer)
    newest = {
        kind: watch_ownership.listed(view.store, view.viewer, kind=kind, limit=MOST_TOLD)
        for kind in sorted(SignalKind, key=lambda kind: kind not in WAITING)
        if kind in counts
    }
    tiers = () if report is None else tuple(n for n, used in enumerate(report.whole.findings.by_tier, 1) if used)
    whole = None if report is None else _line(report.whole, tiers)
    rows = () if report is None else report.rows
    context = Context(
        report=report,
        by=by,
        cuts=CUTS,
        tiers=tiers,
        whole=whole,
        lines=tuple(_line(row, tiers) for row in rows[:MOST_ROWS]),
        line_count=len(rows),
        bar=() if whole is None else _bar(whole, tiers),
        reviews=newest.pop(SignalKind.RULE_REVIEW, ()),
        review_count=counts.get(SignalKind.RULE_REVIEW, 0),
        drifts=tuple(
            Drift(kind=kind, title=words.reason(kind.value).capitalize(), signals=many, count=counts[kind])
            for kind, many in newest.items()
        ),
        may_close=may,
        listable=watch_ownership.listable(view.viewer),
    )
    return render.answer("ownership.html", title="Ownership", here="ownership", now=view.now, tab="coverage", c=context)


def looked(view: Viewing, body: RawBody) -> Redirect:
    """Somebody has looked at a signal."""
    params.nothing(view.query)
    fields = forms.read(body, ("signal",))
    watch_ownership.close(
        view.store, view.viewer, params.finding_id(forms.needed(fields, "signal")), clock=view.services.clock
    )
    return Redirect("/ownership#drift", status_code=303)


def let_go(view: Viewing, body: RawBody) -> Redirect:
    """Somebody lets go what is held back."""
    params.nothing(view.query)
    fields = forms.read(body, ("signal",))
    watch_ownership.let_go(
        view.store, view.viewer, params.finding_id(forms.needed(fields, "signal")), clock=view.services.clock
    )
    return Redirect("/ownership#drift", status_code=303)


def _line(row: Row, tiers: tuple[int, ...]) -> Line:
    shares = row.findings

    def cell(n: int | None, extra: str) -> Cell:
        return Cell(n=n, url=links.within(row.query, extra) if row.query and n else None)

    return Line(
        label=row.label,
        all=cell(shares.all, "is:open"),
        share=_share(shares),
        resources_share=_share(row.resources),
        tiers=tuple(cell(shares.by_tier[tier - 1], f"tier:{tier}") for tier in tiers),
        conflict=cell(shares.conflict, "is:conflict"),
        disputed=cell(shares.disputed, "is:disputed"),
        suggested=cell(shares.suggested, "is:suggested"),
        unmapped=cell(shares.unmapped, "is:unmapped"),
        ages=_ages(row),
    )


def _share(shares: Shares) -> str | None:
    return percent(shares) if shares.all else None


def _ages(row: Row) -> str:
    if row.unmapped_age_p50 is None or row.unmapped_age_p90 is None:
        return "–"
    return f"{row.unmapped_age_p50} / {row.unmapped_age_p90} d"


def _bar(whole: Line, tiers: tuple[int, ...]) -> tuple[tuple[str, str, int, str | None], ...]:
    parts = [(words.TIER[tier], f"t{tier}", cell) for tier, cell in zip(tiers, whole.tiers, strict=True)]
    parts += [("conflict", "x", whole.conflict), ("unmapped", "u", whole.unmapped)]
    return tuple((told, drawn, cell.n, cell.url) for told, drawn, cell in parts if cell.n)
