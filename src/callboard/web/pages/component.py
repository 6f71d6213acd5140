"""One component's page: what to do first, whether it gets better, and what ties findings to it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.board import BundleRow, ComponentPage, DoNow
from callboard.domain.finding import Kind, Severity
from callboard.domain.ownership.inherited import FromBase
from callboard.domain.query import OPEN, OneOf, Query
from callboard.usecases import browse, first_pages
from callboard.web import component_list, freshness, links, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: ComponentPage
    work: DoNow
    bundles: tuple[BundleRow, ...]
    state: str
    """work, apart, clean, unread, dangling or unmapped: which of the texts the page shows."""
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    """The sources that looked, in words."""
    severities: tuple[Severity, ...]
    kinds: tuple[tuple[str, str], ...]
    """Open findings by kind: words and the address of exactly these."""
    kept: tuple[tuple[str, str], ...]
    """Annotations that match something, or of which it is not told."""
    shared_url: str
    inherited: tuple[tuple[FromBase, str], ...]
    """What is for others to fix, with the address of exactly these findings."""
    on_others_url: str


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The page of one component."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)
    page = browse.component(view.store, view.visibility, ref, now=view.now)
    home = OneOf("component", (ref,))
    work = first_pages.do_now(view.store, view.viewer, str(home), now=view.now)
    hosts, rules = view.services.link_hosts, view.services.link_rules
    context = Context(
        page=page,
        work=work,
        bundles=browse.linked(view.store, view.visibility, work.bundles, link_hosts=hosts, link_rules=rules),
        state=_state(page, work),
        banners=freshness.banners(page.sources, view.now),
        seen=freshness.seen(page.sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in page.sources),
        severities=strip_severities(page.row.open.unknown, page.row.open.info),
        kinds=_kinds(page),
        kept=tuple(pair for pair in page.annotations if pair not in page.dangling),
        shared_url=links.query(Query((home, OPEN, OneOf("is", ("shared",))))),
        inherited=tuple((each, links.query(to_wire_work.inherited_query(page, each))) for each in page.inherited),
        on_others_url=links.query(Query((home, OPEN, OneOf("is", ("inherited",))))),
    )
    title = page.row.title or page.row.name
    return render.answer("component.html", title=title, here="components", now=view.now, c=context)


def _state(page: ComponentPage, work: DoNow) -> str:
    if not page.row.listed:
        return "counted"
    if page.row.open.total:
        return "work" if work.bundles else "apart"
    if component_list.unmapped(page.row):
        return "unmapped"
    if freshness.never_read(page.sources):
        return "unread"
    if page.dangling and not [pair for pair in page.annotations if pair not in page.dangling]:
        return "dangling"
    return "clean"


def _kinds(page: ComponentPage) -> tuple[tuple[str, str], ...]:
    by_word = {kind.word: kind for kind in Kind}
    found = []
    for word, count in page.by_kind.items():
        if word in by_word and count:
            told = words.count(count, *words.KIND[by_word[word]])
            found.append((told, links.findings(component=(page.row.ref,), kind=(word,))))
    return tuple(found)
