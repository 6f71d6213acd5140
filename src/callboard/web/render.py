"""Pages: one Jinja environment in which everything is escaped and nothing undefined passes in silence."""

from __future__ import annotations

import hashlib
import importlib.resources
import re
from contextvars import ContextVar
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar.response import Response
from markupsafe import Markup, escape

from callboard.domain.access import Viewer
from callboard.domain.bundle import image_words
from callboard.domain.component import short_name
from callboard.domain.finding import Severity
from callboard.web import chart, links, markdown, plots, words

ASSETS = {
    "look.css": "text/css",
    "keys.js": "text/javascript",
    "acts.js": "text/javascript",
    "live.js": "text/javascript",
    "own.css": "text/css",
    "pop.js": "text/javascript",
    "seen.js": "text/javascript",
    "mark.svg": "image/svg+xml",
}
"""The files of `static/`, all of them small enough to hold in memory."""


_TICKS = re.compile(r"`([^`]+)`")
_SEPARATOR = re.compile(r"([/:._-]+)(?=[^/:._-])")


@cache
def asset(name: str) -> tuple[bytes, str]:
    """One static file and a short hash of it. Raises KeyError for a name that is not ours."""
    if name not in ASSETS:
        raise KeyError(name)
    content = importlib.resources.files(__package__).joinpath("static", name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address under which this very content may be kept for ever."""
    return f"/static/{name}?v={asset(name)[1]}"


def page(template: str, **context: object) -> str:
    """A template with what it is given, as HTML."""
    return _environment().get_template(template).render(**context)


WHO: ContextVar[Viewer | None] = ContextVar("who", default=None)
"""Who looks, for the head of every page that this request is answered with."""


TRACKED: ContextVar[bool] = ContextVar("tracked", default=False)
"""Whether there is a tracker that tickets can be made in."""


def answer(template: str, *, status_code: int = 200, **context: object) -> Response[str]:
    """A page for a signed-in reader."""
    html = page(template, signed_in=True, who=WHO.get(), tracked=TRACKED.get(), **context)
    return Response(html, status_code=status_code, media_type="text/html")


def breaks(text: str) -> Markup:
    """A long name or address that may be broken after its own separators."""
    return Markup(_SEPARATOR.sub(r"\1<wbr>", str(escape(words.visible(text)))))  # noqa: S704 (escaped first)


def ticks(text: str) -> Markup:
    """A sentence in which `back-ticks` mark code."""
    return Markup(_TICKS.sub(r"<code>\1</code>", str(escape(words.visible(text)))))  # noqa: S704 (escaped first)


def said(text: str) -> Markup:
    """A sentence in which `back-ticks` mark code and long names may be broken."""
    return Markup(_TICKS.sub(r"<code>\1</code>", str(breaks(text))))  # noqa: S704 (escaped first)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("callboard.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        asset_url=asset_url,
        chart=chart,
        links=links,
        plots=plots,
        words=words,
        Severity=Severity,
        signed_in=False,
        who=None,
        tracked=False,
    )
    environment.filters.update(
        ago=words.ago,
        since=words.since,
        day=words.day,
        exact=words.exact,
        number=words.number,
        short=short_name,
        image=image_words,
        markdown=markdown.to_html,
        breaks=breaks,
        said=said,
        ticks=ticks,
    )
    return environment


def _finalize(value: object) -> object:
    """What every expression passes through before it is escaped: unknown is a word, and no text acts on its surroundings."""
    if value is None:
        return "unknown"
    if isinstance(value, str) and not isinstance(value, Markup):
        return words.visible(value, keep_lines=True)
    return value
