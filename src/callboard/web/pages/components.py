"""The components page: every component with its open findings, worst first."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from litestar.response import Response

from callboard.domain.board import Board, ComponentRow, Totals
from callboard.domain.finding import Severity
from callboard.domain.query import Page
from callboard.usecases import first_pages
from callboard.web import component_list, facets, freshness, links, render, words
from callboard.web.params import board as params
from callboard.web.view import Viewing

PATH = "/components"
FILTER_WORDS = {"severity": "severity", "owner": "owner", "system": "system", "mapped": "mapping"}
MAPPED_WORDS = {"true": "names something at a source", "false": "names nothing"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How much of what is open has a component, each number with the rows it counts."""

    all: str
    """Share of the open findings."""
    worst: str | None
    """Share of critical and high; None when there are none."""
    unmapped: int
    components: int
    oldest: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    board: Board
    page: Page[ComponentRow]
    highest: int
    """The edge that all sparklines of the table share."""
    unmapped: frozenset[str]
    """References of components that nobody can map."""
    coverage: Coverage | None
    applied: tuple[facets.Applied, ...]
    menus: tuple[facets.Menu, ...]
    sorts: facets.Menu
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    unread: bool
    """No source was ever read completely: a zero is not a zero."""
    severities: tuple[Severity, ...]
    first_url: str | None
    next_url: str | None


def show(view: Viewing) -> Response[str]:
    """The list of components."""
    ask = params.components(view.query)
    board = first_pages.board(view.store, view.viewer, now=view.now)
    page = component_list.cut(board.components, ask)
    shown = first_pages.enriched(view.store, view.viewer, page.rows, now=view.now)
    values: dict[str, tuple[str, ...]] = {
        "severity": tuple(severity.word for severity in ask.severities),
        "owner": ask.owners,
        "system": ask.systems,
        "mapped": () if ask.mapped is None else (str(ask.mapped).lower(),),
        "sort": (ask.sort,) if ask.sort != "worst" else (),
    }
    context = Context(
        board=board,
        page=msgspec.structs.replace(page, rows=shown),
        highest=max((week for row in shown for week in row.weeks), default=0),
        unmapped=frozenset(row.ref for row in shown if component_list.unmapped(row)),
        coverage=_coverage(board.totals, view.now),
        applied=facets.applied(PATH, values, FILTER_WORDS, _told(board)),
        menus=_menus(board, values),
        sorts=facets.menu(PATH, values, "sort", "order", [(s, s, None) for s in params.COMPONENT_SORTS], many=False),
        banners=freshness.banners(board.sources, view.now),
        seen=freshness.seen(board.sources),
        unread=freshness.never_read(board.sources),
        severities=strip_severities(board.totals.open.unknown, board.totals.open.info),
        first_url=links.address(PATH, values) if ask.cursor else None,
        next_url=links.address(PATH, {**values, "cursor": page.cursor}) if page.cursor else None,
    )
    return render.answer("components.html", title="Components", here="components", now=view.now, c=context)


def strip_severities(unknown: int, info: int) -> tuple[Severity, ...]:
    """The columns of the strips on one page: unknown and info only where there are any."""
    hidden = {Severity.UNKNOWN: not unknown, Severity.INFO: not info}
    return tuple(severity for severity in sorted(Severity, reverse=True) if not hidden.get(severity))


def _coverage(totals: Totals, now: int) -> Coverage | None:
    everything = words.share(totals.mapped.total, totals.open.total)
    if everything is None:
        return None
    oldest = totals.oldest_unmapped_at
    return Coverage(
        all=everything,
        worst=words.share(totals.mapped.critical + totals.mapped.high, totals.open.critical + totals.open.high),
        unmapped=totals.open.total - totals.mapped.total,
        components=totals.components_without_claims,
        oldest=None if oldest is None else words.age(now - oldest),
    )


def _told(board: Board) -> dict[str, dict[str, str]]:
    return {
        "owner": {ref: title for ref, title, _ in component_list.owners(board.components)},
        "mapped": MAPPED_WORDS,
    }


def _menus(board: Board, values: dict[str, tuple[str, ...]]) -> tuple[facets.Menu, ...]:
    rows = board.components
    severities = [
        (severity.word, severity.word, sum(1 for row in rows if component_list.counts_of(row, severity)))
        for severity in sorted(Severity, reverse=True)
    ]
    without = board.totals.components_without_claims
    mapped = (("true", board.totals.components + board.totals.others - without), ("false", without))
    menus = (
        facets.menu(PATH, values, "severity", "severity", [choice for choice in severities if choice[2]]),
        facets.menu(PATH, values, "owner", "owner", component_list.owners(rows)),
        facets.menu(PATH, values, "system", "system", component_list.systems(rows)),
        facets.menu(PATH, values, "mapped", "mapping", [(v, MAPPED_WORDS[v], n) for v, n in mapped if n], many=False),
    )
    return tuple(menu for menu in menus if menu.options)
