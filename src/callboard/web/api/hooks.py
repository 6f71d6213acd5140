"""`/api/v1/hooks/…`: sources tell that something has changed."""

from __future__ import annotations

from litestar.params import FromPath
from litestar.response import Response

from callboard.web import answers
from callboard.web.errors import RETRY_AFTER, Refusal, problem
from callboard.web.request import WebRequest
from callboard.web.view import request_id_of, services_of
from callboard.web.wire import board as wire

REFUSED = "There is no such hook, or its token is another one."


async def receive(request: WebRequest, source: FromPath[str]) -> Response[bytes]:
    """Pass the body to the source's hook. An unknown source and a wrong token look the same."""
    body = await request.body()
    handler = services_of(request).hooks.get(source)
    answer = await handler(request.headers.get("authorization"), body) if handler else None
    request_id = request_id_of(request)
    if answer is None or answer.status in (401, 403):
        refusal = Refusal(status=401, title="Sign in first.", detail=REFUSED)
        return problem(refusal, request_id, {"WWW-Authenticate": "Bearer"})
    if answer.status >= 400:
        headers = {"Retry-After": RETRY_AFTER[answer.status]} if answer.status in RETRY_AFTER else {}
        return problem(Refusal(status=answer.status, title=answer.message), request_id, headers)
    return answers.json(wire.HookDone(message=answer.message), status=answer.status)
