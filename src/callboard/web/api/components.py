"""`/api/v1/components`: components and their open findings."""

from __future__ import annotations

from litestar.params import FromPath
from litestar.response import Response

from callboard.usecases import browse
from callboard.web import answers, component_list, params, to_wire
from callboard.web.view import Viewing


def list_all(view: Viewing) -> Response[bytes]:
    """Components, worst first."""
    ask = params.components(view.query)

    def read() -> object:
        board = browse.board(view.store, view.visibility, now=view.now)
        return to_wire.components(component_list.cut(board.components, ask))

    return answers.fresh(view, read, ticking=False)


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One component in full."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)
    return answers.fresh(
        view,
        lambda: to_wire.component_page(browse.component(view.store, view.visibility, ref, now=view.now)),
        ticking=True,
    )
