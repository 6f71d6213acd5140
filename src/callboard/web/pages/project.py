"""The page of one project of a source: who answers for it, what it holds, and which components claim it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.finding import Severity
from callboard.domain.things import ProjectPage
from callboard.usecases import things
from callboard.web import freshness, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.view import Viewing

IMPACT = {"HBI": "high", "MBI": "medium", "LBI": "low"}
"""Wiz's words for business impact."""
LISTED = 20
"""Repositories and services that are named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: ProjectPage
    source: str
    """What people call the source."""
    impact: str | None
    severities: tuple[Severity, ...]
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    holds: tuple[tuple[str, tuple[str, ...], int], ...]
    """What the source links to it: words, the first few names, and how many more."""


def show(view: Viewing) -> Response[str]:
    """The page of one project."""
    named = params.named(view.query)
    page = things.project(view.store, view.viewer, named.id, named.source, now=view.now)
    counts, told = page.spread.by_severity, page.project.business_impact
    context = Context(
        page=page,
        source=words.source_title(page.source.kind, page.source.name),
        impact=None if told is None else IMPACT.get(told, words.risk(told)),
        severities=strip_severities(counts.unknown, counts.info),
        banners=freshness.banners((page.source,), view.now),
        seen=freshness.seen((page.source,)),
        holds=_holds(page),
    )
    return render.answer("project.html", title=page.project.name, here="components", now=view.now, c=context)


def _holds(page: ProjectPage) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    lists = (("repository", "repositories", page.repositories), ("service", "services", page.services))
    return tuple(
        (
            words.count(len(names), one, many),
            tuple(name.replace("##", "/") for name in names[:LISTED]),
            max(0, len(names) - LISTED),
        )
        for one, many, names in lists
        if names
    )
