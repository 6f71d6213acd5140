"""`/api/v1/seen`: a browser tells which rows were in sight. Who looked is not kept."""

from __future__ import annotations

from litestar.params import RawBody
from litestar.response import Response

from callboard.usecases.remediation.note_engagement import note_seen
from callboard.web import answers
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import Viewing, paces_of
from callboard.web.wire import work as wire_work


def note(view: Viewing, request: WebRequest, body: RawBody) -> Response[bytes]:
    """Count what was seen, as the look of whoever the caller is: of the team that owns it, of security, or of others."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = read_body(body, wire_work.SeenDraft)
    paces_of(request).looks.require(view.viewer.key, "You tell what you see more often than a page does.")
    counted = 0
    if view.is_tracked:
        counted = note_seen(view.store, view.viewer, draft.findings, view.door, now=view.now)
    return answers.json(wire_work.SeenDone(counted=counted))
