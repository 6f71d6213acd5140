"""`/api/v1/query/…`: the query language told by itself."""

from __future__ import annotations

from litestar.response import Response

from callboard.domain.query import FOR_ANYBODY
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing


def show_help(view: Viewing) -> Response[bytes]:
    """Every key with the words it knows."""
    params.nothing(view.query)
    return answers.fresh(view, to_wire_work.query_help)


def explain(view: Viewing) -> Response[bytes]:
    """What a query asks for, in plain words."""
    query = params.query(view.query, FOR_ANYBODY)
    return answers.fresh(view, lambda: to_wire_work.explained(query))
