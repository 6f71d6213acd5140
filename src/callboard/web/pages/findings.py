"""The list of findings: one query that is always visible, as rows or put together, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.board import BundleRow, FindingRow, SavedView
from callboard.domain.query import (
    DEFAULT_LIMIT,
    FOR_A_PERSON,
    FOR_ANYBODY,
    KEYS,
    Grouping,
    KeyHelp,
    OneOf,
    Page,
    Query,
    explain,
)
from callboard.errors import InvalidQueryError
from callboard.usecases import ask, browse, saved_views, source_health
from callboard.usecases.browse import DeepLink
from callboard.web import arrived, facets, freshness, links, render, suggestion, words
from callboard.web.params import board as params
from callboard.web.params.board import Asked
from callboard.web.view import View, Viewing

PATH = "/findings"
GROUPS = {
    Grouping.FIX: ("piece of work", "pieces of work"),
    Grouping.RULE: ("rule", "rules"),
    Grouping.RESOURCE: ("resource", "resources"),
    Grouping.CVE: ("CVE", "CVEs"),
    Grouping.COMPONENT: ("component", "components"),
    Grouping.OWNER: ("owner", "owners"),
}
FEW = 10_000
"""Lists up to this length are asked how many of theirs stand apart."""
OPEN = OneOf("is", ("open",))
APART = {
    "flapping": ("comes and goes", "come and go"),
    "transient": ("was closed within a day", "were closed within a day"),
}
"""What stands apart from the work, in words for one and for several: among open findings, and among the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Findings of the list that are no work: they come and go, or were closed within a day."""

    words: str
    hidden: bool
    """The query leaves them out."""
    count: int
    url: str
    """Only these."""
    without_url: str | None
    """The list without them, where it holds them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    query: Query
    heading: str
    explained: str
    """The query in words."""
    rows: tuple[FindingRow, ...]
    doors: dict[int, DeepLink]
    """Where each row is at its source."""
    groups: tuple[BundleRow, ...]
    shown: str
    """How many of how many are on this page."""
    applied: tuple[facets.Applied, ...]
    menus: tuple[facets.Menu, ...]
    apart: Apart | None
    views: tuple[SavedView, ...]
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    unread: bool
    open_in_all: int | None
    """Open findings without any filter; counted only when nothing matches."""
    first_url: str | None
    next_url: str | None
    json_url: str
    csv_url: str
    keys: tuple[KeyHelp, ...] = KEYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """A query that cannot be answered, and what was probably meant."""

    message: str
    hint: str | None
    suggestion: str | None
    """A query in canonical text."""
    keys: tuple[KeyHelp, ...] = KEYS


def show(view: Viewing) -> Response[str]:
    """The findings that the query asks for. A query that cannot be answered is told in place, without any list."""
    default = FOR_ANYBODY if view.viewer.owners is None else FOR_A_PERSON
    if came := arrived.by_message(view, lambda rest: _first(view, rest, default)):
        return came
    try:
        asked = params.asked(view.query, default)
        context = _context(view, asked)
    except InvalidQueryError as error:
        if error.field != "q":
            raise
        return _refused(view, error)
    return render.answer(
        "findings.html" if asked.query.group is None else "groups.html",
        title=context.heading,
        here="findings",
        now=view.now,
        question=asked.query.canonical,
        c=context,
    )


def _first(view: View, pairs: tuple[tuple[str, str], ...], default: str) -> tuple[int, ...]:
    """The findings of the first page of a list. Raises InvalidQueryError."""
    query = params.asked(pairs, default).query.grouped_by(None)
    page = ask.list_findings(view.store, view.viewer, query, now=view.now, limit=DEFAULT_LIMIT)
    return tuple(row.id for row in page.rows)


def _refused(view: View, error: InvalidQueryError) -> Response[str]:
    text = " ".join(value for name, value in view.query if name == "q").strip()
    wrong = Wrong(message=error.message, hint=error.hint, suggestion=suggestion.meant(text, error))
    return render.answer(
        "error_query.html",
        status_code=400,
        title="No such question",
        here="findings",
        now=view.now,
        question=text,
        c=wrong,
    )


def _context(view: View, asked: Asked) -> Context:
    query, services = asked.query, view.services
    rows: tuple[FindingRow, ...] = ()
    groups: tuple[BundleRow, ...] = ()
    page: Page[FindingRow] | Page[BundleRow]
    if query.group is None:
        page = listed = ask.list_findings(
            view.store, view.viewer, query, now=view.now, cursor=asked.cursor, limit=asked.limit
        )
        rows = listed.rows
    else:
        page = grouped = ask.list_bundles(
            view.store, view.viewer, query, now=view.now, cursor=asked.cursor, limit=asked.limit
        )
        groups = view.linked(grouped.rows)
    counted = ask.list_facets(view.store, view.viewer, query, now=view.now)
    sources = source_health.of_sources(view.store, view.visibility, now=view.now)
    menus = facets.of_query(query, counted)
    ordering = () if query.group is not None else (facets.orders(query),)
    return Context(
        query=query,
        heading=_heading(query, page),
        explained="; ".join(explain(query)) or "everything in sight",
        rows=rows,
        doors=browse.deep_links(
            view.store,
            view.visibility,
            [row.id for row in rows],
            link_hosts=services.link_hosts,
            link_rules=services.link_rules,
        ),
        groups=groups,
        shown=f"{words.number(len(page.rows))} of {_total(page)} shown",
        applied=facets.terms(query),
        menus=(*menus, facets.groupings(query), *ordering),
        apart=_apart(view, query, page),
        views=saved_views.views(view.store, view.viewer),
        banners=freshness.banners(sources, view.now),
        seen=freshness.seen(sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in sources),
        unread=freshness.never_read(sources),
        open_in_all=ask.count_open(view.store, view.viewer, now=view.now) if not page.total else None,
        first_url=_paged(query, asked, None) if asked.cursor else None,
        next_url=_paged(query, asked, page.cursor) if page.cursor else None,
        json_url=links.query(query.grouped_by(None), "/api/v1/findings.json"),
        csv_url=links.query(query.grouped_by(None), "/api/v1/findings.csv"),
    )


def _paged(query: Query, asked: Asked, cursor: str | None) -> str:
    """Another page of the same list."""
    more = "" if asked.limit == DEFAULT_LIMIT else f"&limit={asked.limit}"
    return links.query(query) + more + ("" if cursor is None else f"&cursor={cursor}")


def _heading(query: Query, page: Page[FindingRow] | Page[BundleRow]) -> str:
    if query.group is not None:
        one, many = GROUPS[query.group]
        return words.count(page.total, one, many)
    unit = "open finding" if _asks_open(query) else "finding"
    total = _total(page)
    return f"{total[:1].upper()}{total[1:]} {unit if page.total == 1 and not page.is_more else unit + 's'}"


def _asks_open(query: Query) -> bool:
    return OPEN in query.terms


def _total(page: Page[FindingRow] | Page[BundleRow]) -> str:
    return f"more than {words.number(page.total)}" if page.is_more else words.number(page.total)


def _apart(view: View, query: Query, page: Page[FindingRow] | Page[BundleRow]) -> Apart | None:
    """What stands apart in a list, hidden or not. None: nothing, or the list is too long to ask."""
    word = "flapping" if _asks_open(query) else "transient"
    if word in query.values("is") or page.is_more or page.total > FEW:
        return None
    kept = tuple(term for term in query.terms if term != _without(word))
    only = Query((*kept, OneOf("is", (word,))), query.sort)
    count = ask.list_findings(view.store, view.viewer, only, now=view.now, limit=1).total
    if not count:
        return None
    hidden = len(kept) < len(query.terms)
    without = None if hidden else links.query(Query((*kept, _without(word)), query.sort, query.group))
    return Apart(words=APART[word][count > 1], hidden=hidden, count=count, url=links.query(only), without_url=without)


def _without(word: str) -> OneOf:
    return OneOf("is", (word,), is_negated=True)
