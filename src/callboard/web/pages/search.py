"""The search box of every page: an exact id goes straight to its page, anything else to the list."""

from __future__ import annotations

from litestar.response import Redirect

from callboard.domain.query import OneOf, Query
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.usecases import browse, things
from callboard.web import links
from callboard.web.params import board as params
from callboard.web.view import View, Viewing

ADVISORIES = ("CVE-", "GHSA-")
"""How ids begin that nothing else is called."""


def show(view: Viewing) -> Redirect:
    """Where the words in the box lead."""
    text = params.text(view.query) or ""
    return Redirect(_page(view, text) or links.address("/findings", {"q": text}), status_code=303)


def _page(view: View, text: str) -> str | None:
    """The page of the one thing that is called exactly so. None: there is none, or the text is a query."""
    if not text or any(char.isspace() for char in text):
        return None
    number = _finding(view, text)
    if number is not None:
        return links.finding(number)
    if text.upper().startswith(ADVISORIES) and _query("cve", text) is not None:
        return links.cve(text.upper())
    resource = _query("resource", text)
    if resource is not None and things.count(view.store, view.viewer, resource, now=view.now).n:
        return links.resource(text)
    return None


def _finding(view: View, text: str) -> int | None:
    """The finding with this number, or with this id at its source, that the caller may see."""
    try:
        number = params.finding_id(text)
        return browse.finding(view.store, view.visibility, number, now=view.now).row.id
    except NotFoundError:
        pass
    try:
        return browse.finding_by_external_id(view.store, view.visibility, text)
    except NotFoundError:
        return None


def _query(key: str, text: str) -> Query | None:
    """The query for what a key calls exactly so. None: nothing can be called so."""
    try:
        return Query((OneOf(key, (text,)),))
    except InvalidQueryError:
        return None
