"""Coming in by the one-time link, and leaving."""

from __future__ import annotations

from litestar.datastructures import Cookie
from litestar.response import Response

from callboard.web import params, render
from callboard.web.gate import SESSION_HOURS
from callboard.web.view import WebRequest, services_of

HTML = "text/html"


def show(request: WebRequest) -> Response[str]:
    """Trade an unused key for a session. A used or unknown one meets the signed-out page.

    The answer is a small page and not a redirect: after a click in another program the browser would not send a strict
    cookie along the redirect, and the reader would meet the signed-out page after signing in.
    """
    gate = services_of(request).gate
    session = gate.enter(request.query_params.get("key") or "")
    if session is None:
        return Response(
            render.page("signed_out.html", title="Signed out", spent=True), status_code=401, media_type=HTML
        )
    cookie = Cookie(
        key=gate.cookie, value=session, path="/", max_age=SESSION_HOURS * 3600, httponly=True, samesite="strict"
    )
    return Response(render.page("entered.html", title="Welcome"), media_type=HTML, cookies=[cookie])


def leave(request: WebRequest) -> Response[str]:
    """End this browser's session."""
    params.nothing(tuple(request.query_params.multi_items()))
    gate = services_of(request).gate
    gate.leave(request.cookies.get(gate.cookie) or "")
    gone = Cookie(key=gate.cookie, value="", path="/", max_age=0, httponly=True, samesite="strict")
    return Response(render.page("signed_out.html", title="Signed out"), media_type=HTML, cookies=[gone])
