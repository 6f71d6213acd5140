"""The way out of a mail: a link that asks once, and the one click of a mail program (RFC 8058). Nobody has to sign in."""

from __future__ import annotations

import asyncio

from litestar.response import Response

from callboard.errors import NotFoundError
from callboard.usecases.remediation import tell
from callboard.web import render
from callboard.web.request import WebRequest
from callboard.web.view import services_of

HTML = "text/html"
NOT_OURS = "This link is not one of ours."


async def show(request: WebRequest) -> Response[str]:
    """Ask whether it is meant: programs that look links up before a reader does must change nothing."""
    token = _token(request)
    # Not in a thread: nothing is looked up. Two handlers of one address cannot both be put into one by the framework.
    channel, _ = tell.read_token(services_of(request).store, token)
    return _page(token, channel, done=False)


async def leave(request: WebRequest) -> Response[str]:
    """No more mails to the address that the link was sent to."""
    services, token = services_of(request), _token(request)
    channel = await asyncio.to_thread(tell.leave, services.store, token, clock=services.clock)
    return _page(token, channel, done=True)


def _page(token: str, channel: str, *, done: bool) -> Response[str]:
    title = "No more mails" if done else "No more mails?"
    html = render.page("unsubscribe.html", title=title, token=token, channel=channel, done=done)
    return Response(html, media_type=HTML)


def _token(request: WebRequest) -> str:
    found = request.query_params.getall("token", [])
    if len(found) != 1:
        raise NotFoundError(NOT_OURS)
    return str(found[0])
