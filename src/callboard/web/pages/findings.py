"""The list of findings: filters as chips, one row per finding, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.board import FindingRow
from callboard.domain.finding import OPEN_STATES, Kind, Severity, State
from callboard.domain.health import SourceHealth
from callboard.domain.ownership import Reason
from callboard.domain.query import FindingQuery, Page, Sort
from callboard.usecases import browse
from callboard.web import facets, freshness, links, params, render, words
from callboard.web.view import View, Viewing

PATH = "/findings"
FILTER_WORDS = {
    "q": "text",
    "state": "state",
    "severity": "severity",
    "kind": "kind",
    "mapped": "mapping",
    "reason": "because",
    "component": "component",
    "owner": "owner",
    "system": "system",
    "rule": "rule",
    "resource": "resource",
    "project": "project",
    "source": "source",
}
SORT_WORDS = {Sort.SEVERITY: "worst first", Sort.FIRST_DETECTED: "newest first"}
TOLD = {
    "state": {**{state.word: words.STATE[state] for state in State}, params.ANY: "any"},
    "kind": {kind.word: words.KIND[kind][1] for kind in Kind},
    "mapped": {"true": "with a component", "false": "without a component"},
    "reason": {reason.value: reason.words for reason in Reason},
}
"""Words for values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: Page[FindingRow]
    heading: str
    applied: tuple[facets.Applied, ...]
    menus: tuple[facets.Menu, ...]
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    unread: bool
    without_filters: int | None
    """Open findings without any filter; counted only when nothing matches."""
    first_url: str | None
    next_url: str | None
    api_url: str
    """The same list for programs."""


def show(view: Viewing) -> Response[str]:
    """The findings that pass every filter."""
    ask = params.findings(view.query)
    page = browse.findings(view.store, view.visibility, ask.query, sort=ask.sort, cursor=ask.cursor, limit=ask.limit)
    sources = browse.sources(view.store, view.visibility, now=view.now)
    values = params.finding_values(ask.query)
    kept = dict(values)
    if ask.sort != Sort.SEVERITY:
        kept["sort"] = (ask.sort.value,)
    if ask.limit != params.DEFAULT_LIMIT:
        kept["limit"] = (str(ask.limit),)
    context = Context(
        page=page,
        heading=_heading(ask.query, page.total),
        applied=facets.applied(PATH, kept, FILTER_WORDS, TOLD),
        menus=_menus(kept, sources),
        banners=freshness.banners(sources, view.now),
        seen=freshness.seen(sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in sources),
        unread=freshness.never_read(sources),
        without_filters=_without_filters(view) if values and not page.total else None,
        first_url=links.address(PATH, kept) if ask.cursor else None,
        next_url=links.address(PATH, {**kept, "cursor": page.cursor}) if page.cursor else None,
        api_url=links.address("/api/v1/findings", kept),
    )
    return render.answer(
        "findings.html", title=context.heading, here="findings", now=view.now, question=ask.query.text, c=context
    )


def _heading(query: FindingQuery, total: int) -> str:
    if set(query.states) == set(OPEN_STATES):
        return words.count(total, "open finding")
    if len(query.states) == 1:
        return f"{words.count(total, 'finding')}, {words.STATE[query.states[0]]}"
    return words.count(total, "finding")


def _menus(values: dict[str, tuple[str, ...]], sources: tuple[SourceHealth, ...]) -> tuple[facets.Menu, ...]:
    severities = [(severity.word, severity.word, None) for severity in sorted(Severity, reverse=True)]
    sorts = [(sort.value, SORT_WORDS[sort], None) for sort in Sort]
    menus = [
        facets.menu(PATH, values, "severity", "severity", severities),
        facets.menu(PATH, values, "kind", "kind", _choices("kind")),
        facets.menu(PATH, values, "state", "state", _choices("state"), many=False),
        facets.menu(PATH, values, "mapped", "mapping", _choices("mapped"), many=False),
        facets.menu(PATH, values, "sort", "order", sorts, many=False),
    ]
    if values.get("mapped") == ("false",) or values.get("reason"):
        menus.insert(4, facets.menu(PATH, values, "reason", "reason", _choices("reason")))
    if len(sources) > 1:
        names = [(source.name, words.source_title(source.kind, source.name), None) for source in sources]
        menus.insert(4, facets.menu(PATH, values, "source", "source", names))
    return tuple(menus)


def _choices(name: str) -> list[tuple[str, str, None]]:
    return [(value, label, None) for value, label in TOLD[name].items()]


def _without_filters(view: View) -> int:
    return browse.findings(view.store, view.visibility, FindingQuery(), limit=1).total
