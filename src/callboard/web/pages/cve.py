"""The page of one advisory: which of ours have it."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath
from litestar.response import Response

from callboard.domain.finding import Severity
from callboard.domain.things import CvePage
from callboard.usecases import things
from callboard.web import freshness, links, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.view import Viewing

NOT_TOLD = "not told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one source says, in words."""

    title: str
    name: str
    rule_url: str
    known_exploited: str
    exploit: str
    epss: str
    cvss: str
    link: str | None
    open: int
    open_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: CvePage
    severities: tuple[Severity, ...]
    told: tuple[Told, ...]
    worse: tuple[str, ...]
    """What speaks for hurry."""
    description: str | None
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    unread: bool


def show(view: Viewing, cve: FromPath[str]) -> Response[str]:
    """The page of one advisory."""
    params.nothing(view.query)
    page = things.cve(view.store, view.viewer, cve, now=view.now)
    counts = page.spread.by_severity
    context = Context(
        page=page,
        severities=strip_severities(counts.unknown, counts.info),
        told=_told(page),
        worse=_worse(page),
        description=next((each.description for each in page.tellings if each.description), None),
        banners=freshness.banners(page.sources, view.now),
        seen=freshness.seen(page.sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in page.sources),
        unread=freshness.never_read(page.sources),
    )
    return render.answer("cve.html", title=page.cve, here="findings", now=view.now, c=context)


def _told(page: CvePage) -> tuple[Told, ...]:
    listed = {True: "yes, listed by CISA", False: "not listed by CISA", None: NOT_TOLD}
    exploit = {True: "a public one", False: "none public", None: NOT_TOLD}
    return tuple(
        Told(
            title=words.source_title(each.kind, each.source),
            name=each.source,
            rule_url=links.rule(each.rule_id, each.source),
            known_exploited=listed[each.known_exploited],
            exploit=exploit[each.has_exploit],
            epss=NOT_TOLD if each.epss is None else f"{each.epss:.3f}",
            cvss=NOT_TOLD if each.score is None else f"{each.score:.1f}",
            link=links.safe_link(each.link),
            open=each.open.n,
            open_url=links.query(each.open.query),
        )
        for each in page.tellings
    )


def _worse(page: CvePage) -> tuple[str, ...]:
    found = []
    if any(each.known_exploited for each in page.tellings):
        found.append("known exploited")
    elif any(each.has_exploit for each in page.tellings):
        found.append("a public exploit")
    highest = max((each.epss for each in page.tellings if each.epss is not None), default=0)
    if highest >= 0.1:
        found.append(f"EPSS {highest:.2f}")
    return tuple(found)
