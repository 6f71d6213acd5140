"""The sources page: how fresh and how whole everything on the board is."""

from __future__ import annotations

from litestar.response import Response

from callboard.usecases import browse
from callboard.web import freshness, params, render
from callboard.web.view import Viewing


def show(view: Viewing) -> Response[str]:
    """Every source with its last runs."""
    params.nothing(view.query)
    sources = browse.sources(view.store, view.visibility, now=view.now)
    banners = freshness.banners(sources, view.now)
    return render.answer(
        "sources.html", title="Sources", here="sources", now=view.now, sources=sources, banners=banners
    )
