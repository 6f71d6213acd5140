"""`/api/v1/board`: the whole in numbers."""

from __future__ import annotations

from litestar.response import Response

from callboard.usecases import browse
from callboard.web import answers, params, to_wire
from callboard.web.view import Viewing


def show(view: Viewing) -> Response[bytes]:
    """The whole board in numbers, of what the caller may see."""
    params.nothing(view.query)
    return answers.fresh(
        view, lambda: to_wire.whole(browse.board(view.store, view.visibility, now=view.now)), ticking=True
    )


def sources(view: Viewing) -> Response[bytes]:
    """How fresh and how whole each source is."""
    params.nothing(view.query)
    return answers.fresh(
        view, lambda: to_wire.sources(browse.sources(view.store, view.visibility, now=view.now)), ticking=True
    )
