"""The page of a team, a person, a system or a domain: what it owns, what to do there first, and whether it gets better."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import FromPath, RawBody
from litestar.response import Redirect, Response

from callboard.domain.board import BundleRow, RollupPage
from callboard.domain.component import EntityRef, kind_of
from callboard.domain.finding import Severity
from callboard.domain.query import OPEN, OneOf, Query, parse
from callboard.domain.things import Count
from callboard.errors import NotFoundError
from callboard.usecases import browse, first_pages, things
from callboard.usecases import leave_out as leaving
from callboard.web import component_list, forms, freshness, links, render, words
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.view import Viewing

KIND = {"group": "team", "user": "person", "system": "system", "domain": "domain"}
"""What people call each."""
BELOW = {"group": "Teams below", "domain": "Systems in it"}
ABOVE = {"group": "Part of", "system": "In the domain", "domain": "Part of"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """An entity above or below, with its page."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    page: RollupPage
    kind: str
    above_words: str
    above: Near | None
    below_words: str
    below: tuple[Near, ...]
    below_url: str | None
    """What the teams below have to do, all together."""
    bundles: tuple[BundleRow, ...]
    shared: Count
    """Open findings that several components share."""
    state: str
    """work, apart, counted (numbers alone), clean, unread, empty (no component) or unmapped (nothing tells what belongs here)."""
    unmapped: frozenset[str]
    """References of components that nobody can map."""
    highest: int
    """The edge that all sparklines of the table share."""
    severities: tuple[Severity, ...]
    banners: tuple[freshness.Banner, ...]
    seen: freshness.Seen | None
    checked_by: str
    unread: bool
    open_url: str
    may_leave_out: bool


def leave_out(view: Viewing, body: RawBody) -> Redirect:
    """What the team leaves out of this page's list, as its form says; then the page again."""
    params.nothing(view.query)
    fields = forms.read(body, ("team", "terms"))
    kind, _, rest = forms.needed(fields, "team").partition(":")
    namespace, _, name = rest.partition("/")
    ref = params.component_ref(kind, namespace, name)
    leaving.leave_out(view.store, view.viewer, ref, fields["terms"], now=view.now)
    return Redirect(links.team(ref), status_code=303)


def team(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The page of a group or a user."""
    if kind.lower() not in ("group", "user"):
        raise NotFoundError
    return show(view, kind, namespace, name)


def system(view: Viewing, namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The page of a system."""
    return show(view, "system", namespace, name)


def domain(view: Viewing, namespace: FromPath[str], name: FromPath[str]) -> Response[str]:
    """The page of a domain."""
    return show(view, "domain", namespace, name)


def show(view: Viewing, kind: str, namespace: str, name: str) -> Response[str]:
    """The page of any of them."""
    params.nothing(view.query)
    page = first_pages.rollup(view.store, view.viewer, params.component_ref(kind, namespace, name), now=view.now)
    owned = tuple(term for term in parse(page.query).terms if isinstance(term, OneOf) and term.key in words.HOMES)
    shared = Query((*owned, OPEN, OneOf("is", ("shared",))))
    hosts, rules = view.services.link_hosts, view.services.link_rules
    unmapped = frozenset(row.ref for row in page.components if component_list.unmapped(row))
    opened = [row.open for row in page.components]
    context = Context(
        page=page,
        kind=KIND[page.kind],
        above_words=ABOVE.get(page.kind, "Part of"),
        above=None if page.above is None else _near(page.above),
        below_words=BELOW.get(page.kind, "Below"),
        below=tuple(_near(ref) for ref in page.below),
        below_url=links.query(Query((OneOf("owner", page.below),)), "/do-now")
        if page.kind == "group" and page.below
        else None,
        bundles=browse.linked(view.store, view.visibility, page.bundles, link_hosts=hosts, link_rules=rules),
        shared=things.count(view.store, view.viewer, shared, now=view.now),
        state=_state(page, unmapped),
        unmapped=unmapped,
        highest=max((week for row in page.components for week in row.weeks), default=0),
        severities=strip_severities(sum(each.unknown for each in opened), sum(each.info for each in opened)),
        banners=freshness.banners(page.sources, view.now),
        seen=freshness.seen(page.sources),
        checked_by=" and ".join(words.source_title(source.kind, source.name) for source in page.sources),
        unread=freshness.never_read(page.sources),
        open_url=links.query(Query((*owned, OPEN))),
        may_leave_out=page.kind == "group" and leaving.may_leave_out(view.viewer, page.ref),
    )
    return render.answer("rollup.html", title=page.title, here="components", now=view.now, c=context)


def _near(ref: EntityRef) -> Near:
    address = {"group": links.team, "user": links.team, "system": links.system, "domain": links.domain}
    return Near(name=ref.partition("/")[2], url=address.get(kind_of(ref), links.component)(ref))


def _state(page: RollupPage, unmapped: frozenset[str]) -> str:
    if page.numbers.open:
        return "work" if page.bundles else "apart"
    if page.counted is not None:
        return "counted"
    if not page.components:
        return "empty"
    if len(unmapped) == len(page.components):
        return "unmapped"
    if freshness.never_read(page.sources):
        return "unread"
    return "clean"
