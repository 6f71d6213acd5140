"""A team's week on one screen, to be looked at together and printed: what is late, what came and went, what to do first."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.board import BundleRow, RollupPage
from callboard.domain.instant import DAY, Instant, to_datetime
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.flow import DueReport, Stretch
from callboard.domain.remediation.question import By, Question, read_period
from callboard.domain.remediation.times import Times
from callboard.errors import NotFoundError
from callboard.usecases import first_pages
from callboard.usecases.remediation import measure, measure_flow
from callboard.web import freshness, links, plots, plots_flow, render
from callboard.web.params import board as params
from callboard.web.view import Viewing

FIRST = 4
"""Rows of work."""
WEEKS = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: RollupPage
    team_url: str
    query: str
    """What all of it is about."""
    week: Stretch
    """The last whole week."""
    drawn: tuple[plots.Plot, ...]
    due: DueReport
    times: Times
    former: Times
    """The same, of the quarter before."""
    bundles: tuple[BundleRow, ...]
    banners: tuple[freshness.Banner, ...]


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The week of a group or a user."""
    params.nothing(view.query)
    if kind.lower() not in ("group", "user"):
        raise NotFoundError
    ref = params.component_ref(kind, namespace, name)
    page = first_pages.rollup(view.store, view.viewer, ref, now=view.now)
    query = Query((OneOf("owner", (ref,)),))
    today = view.now // DAY
    sunday = today - (today + 3) % 7
    # Weeks begin on Mondays; the last whole one ends where the present one begins.
    weeks = read_period(_day(sunday - 7 * WEEKS), _day(sunday - 1), now=view.now)
    quarter = read_period(None, None, now=view.now)
    before = read_period(None, _day(quarter.start // DAY - 1), now=view.now)
    flow = measure_flow.flow(view.store, view.viewer, query, weeks, now=view.now)
    asked = Question(period=quarter, query=query, by=By.SEVERITY)
    former = msgspec.structs.replace(asked, period=before)
    context = Context(
        page=page,
        team_url=links.team(ref),
        query=" ".join(map(str, query.terms)),
        week=flow.weeks[-1],
        drawn=tuple(plots_flow.flow(flow)),
        due=measure_flow.due(view.store, view.viewer, query, quarter, by=By.SEVERITY, now=view.now),
        times=measure.times(view.store, view.viewer, asked, now=view.now),
        former=measure.times(view.store, view.viewer, former, now=view.now),
        bundles=view.linked(page.bundles[:FIRST]),
        banners=freshness.banners(page.sources, view.now),
    )
    return render.answer("team_week.html", title=f"{page.title}: the week", here="progress", now=view.now, c=context)


def _day(day: int) -> str:
    return f"{to_datetime(Instant(day * DAY)):%Y-%m-%d}"
