"""`/api/v1/rollups`: teams, people, systems and domains with what they own."""

from __future__ import annotations

import msgspec
from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.usecases import first_pages
from callboard.usecases import leave_out as leaving
from callboard.web import answers
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing
from callboard.web.wire import left_out as wire_left_out


def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One of them: group, user, system or domain."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)

    def read() -> object:
        page = first_pages.rollup(view.store, view.viewer, ref, now=view.now)
        return to_wire_work.rollup(msgspec.structs.replace(page, bundles=view.linked(page.bundles)), view.now)

    return answers.fresh(view, read, holds=answers.TICK)


def leave_out(
    view: Viewing,
    request: WebRequest,
    *,
    body: RawBody,
    kind: FromPath[str],
    namespace: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    """Say what a team leaves out of its own work list."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = read_body(body, wire_left_out.TeamLeftOutDraft)
    ref = params.component_ref(kind, namespace, name)
    leaving.leave_out(view.store, view.viewer, ref, draft.terms, now=view.now)
    page = first_pages.rollup(view.store, view.viewer, ref, now=view.now)
    return answers.json(to_wire_work.rollup(page, view.now))
