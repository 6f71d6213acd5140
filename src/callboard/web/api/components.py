"""`/api/v1/components`: components and their open findings."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath
from litestar.response import Response

from callboard.usecases import ask, browse, first_pages
from callboard.web import answers, component_list
from callboard.web.params import board as params
from callboard.web.to_wire import board as to_wire
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing


def list_all(view: Viewing) -> Response[bytes]:
    """Components, worst first."""
    asked = params.components(view.query)

    def read() -> object:
        board = first_pages.board(view.store, view.viewer, now=view.now)
        page = component_list.cut(board.components, asked)
        rows = first_pages.enriched(view.store, view.viewer, page.rows, now=view.now)
        return to_wire.components(msgspec.structs.replace(page, rows=rows))

    return answers.fresh(view, read)


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One component in full."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)

    def read() -> object:
        page = browse.component(view.store, view.visibility, ref, now=view.now)
        (row,) = first_pages.enriched(view.store, view.viewer, (page.row,), now=view.now)
        first = ask.first_work(view.store, view.viewer, ref, now=view.now)
        first = msgspec.structs.replace(first, rows=view.linked(first.rows))
        return to_wire_work.component_page(msgspec.structs.replace(page, row=row), first)

    return answers.fresh(view, read, holds=answers.TICK)
