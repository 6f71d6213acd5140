"""`/api/v1/live`: the board's revision as it changes, as server-sent events."""

from __future__ import annotations

from typing import Any

from litestar.response import Response, ServerSentEvent

from callboard.errors import CallboardError
from callboard.web.errors import Refusal, problem
from callboard.web.live import MOST_LISTENERS, live_of
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import identify, request_id_of, services_of


async def listen(request: WebRequest) -> Response[Any]:
    """Stay on the line until the session ends. A page that hears of a new revision asks for what it shows."""
    params.nothing(tuple(request.query_params.multi_items()))
    live = live_of(request.app.state, services_of(request))
    if live.is_full:
        told = f"{MOST_LISTENERS} pages listen already."
        return problem(Refusal(status=429, title="Too many requests.", detail=told), request_id_of(request))

    async def may_stay() -> bool:
        try:
            return await identify(request) is not None
        except CallboardError:
            return False

    events = live.events(may_stay)
    return ServerSentEvent(events, headers={"Cache-Control": "private, no-store", "Vary": "Cookie, Authorization"})
