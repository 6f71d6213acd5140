"""The first page: what to do now, in ten rows at most."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from litestar.response import Response

from callboard.domain.board import Board, BundleRow, DoNow
from callboard.domain.component import EntityRef, short_name
from callboard.domain.finding import Severity
from callboard.domain.query import Grouping, OneOf, Query, parse
from callboard.usecases import first_pages
from callboard.web import chart, component_list, facets, freshness, links, render, words
from callboard.web.params import board as params
from callboard.web.view import Viewing

PATH = "/do-now"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: DoNow
    rows: tuple[BundleRow, ...]
    heading: str
    team: EntityRef | None
    """Whose work it is, when it is that of one team."""
    narrowed: bool
    """Some of what is in sight is not asked for."""
    teams: facets.Menu
    all_url: str
    """All pieces of work."""
    banners: tuple[freshness.Banner, ...]
    unread: bool
    """No source was ever read completely: nothing here means that there is nothing."""
    seen: freshness.Seen | None
    severities: tuple[Severity, ...]
    unmapped: frozenset[str]
    top: int
    """The upper edge of all sparklines."""


def show(view: Viewing) -> Response[str]:
    """The first page, of everything in sight or of what `q` says by owner, system, domain or component."""
    text = params.text(view.query)
    page = first_pages.do_now(view.store, view.viewer, text, now=view.now)
    board = first_pages.board(view.store, view.viewer, now=view.now)
    query = parse(page.query)
    owners = query.values("owner")
    team = EntityRef(owners[0]) if len(owners) == 1 and not owners[0].startswith("@") else None
    context = Context(
        page=page,
        rows=view.linked(page.bundles),
        heading=_heading(board, query, team),
        team=team,
        narrowed=bool(_homes(query)),
        teams=_teams(board, query),
        all_url=links.query(query.grouped_by(Grouping.FIX)),
        banners=freshness.banners(page.sources, view.now),
        unread=freshness.never_read(page.sources),
        seen=freshness.seen(page.sources),
        severities=_severities(page),
        unmapped=frozenset(row.ref for row in page.components if component_list.unmapped(row)),
        top=chart.top(row.weeks for row in page.components),
    )
    answer = render.answer(
        "do_now.html", title=context.heading, here="do-now", now=view.now, question=page.query, c=context
    )
    # A page that keeps itself up to date is no visit: what is new since the last one stays new.
    if not view.by_itself:
        first_pages.note_visit(view.store, view.viewer, now=view.now)
    return answer


def _homes(query: Query) -> tuple[OneOf, ...]:
    return tuple(term for term in query.terms if isinstance(term, OneOf) and term.key in words.HOMES)


def _heading(board: Board, query: Query, team: EntityRef | None) -> str:
    if team is not None and len(_homes(query)) == 1:
        titles = {ref: title for ref, title, _ in component_list.owners(board.components)}
        return titles.get(team, short_name(team))
    return "Do now"


def _teams(board: Board, query: Query) -> facets.Menu:
    """Every owner of a component, and everybody: nobody is signed in by name, so the reader chooses."""
    chosen = query.values("owner")
    options = [facets.Option(words="everybody", url="/", on=not _homes(query))]
    for ref, title, _ in component_list.owners(board.components):
        asked = Query((OneOf("owner", (ref,)),))
        options.append(facets.Option(words=title, url=links.query(asked, PATH), on=chosen == (ref,)))
    return facets.Menu(name="team", options=tuple(options))


def _severities(page: DoNow) -> tuple[Severity, ...]:
    """The columns of the strips: unknown and info only where there are any."""
    total = dict.fromkeys(Severity, 0)
    for row in page.components:
        counts = msgspec.structs.asdict(row.open)
        for severity in Severity:
            total[severity] += counts[severity.word]
    optional = (Severity.UNKNOWN, Severity.INFO)
    return tuple(each for each in sorted(Severity, reverse=True) if each not in optional or total[each])
