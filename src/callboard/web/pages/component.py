"""One component's page: what to do first, and what ties findings to it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.board import ComponentPage
from callboard.domain.finding import Kind, Severity
from callboard.usecases import browse
from callboard.web import component_list, freshness, links, params, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.view import Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: ComponentPage
    state: str
    """work, clean, unread, dangling or unmapped: which of the texts the page shows."""
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    """The sources that looked, in words."""
    severities: tuple[Severity, ...]
    kinds: tuple[tuple[str, str], ...]
    """Open findings by kind: words and the address of exactly these."""
    kept: tuple[tuple[str, str], ...]
    """Annotations that match something."""
    all_url: str
    in_groups: int
    """Findings in the groups shown; the rest is behind `all_url`."""


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The page of one component."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)
    page = browse.component(view.store, view.visibility, ref, now=view.now)
    context = Context(
        page=page,
        state=_state(page),
        banners=freshness.banners(page.sources, view.now),
        seen=freshness.seen(page.sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in page.sources),
        severities=strip_severities(page.row.open.unknown, page.row.open.info),
        kinds=_kinds(page),
        kept=tuple(pair for pair in page.annotations if pair not in page.dangling),
        all_url=links.findings(component=(ref,)),
        in_groups=sum(group.count for group in page.groups),
    )
    title = page.row.title or page.row.name
    return render.answer("component.html", title=title, here="components", now=view.now, c=context)


def _state(page: ComponentPage) -> str:
    if page.row.open.total:
        return "work"
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
