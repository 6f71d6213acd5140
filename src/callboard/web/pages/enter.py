"""Coming in: by the one-time link, or by name with a provider. And leaving."""

from __future__ import annotations

from urllib.parse import quote, unquote

from litestar.datastructures import Cookie
from litestar.response import Redirect, Response

from callboard.errors import CallboardError, NotFoundError, SignInRefusedError
from callboard.identity.provider import Attempt, Provider
from callboard.web import render
from callboard.web.errors import answer_error, signed_out
from callboard.web.gate import SESSION_HOURS
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import callers_of, services_of, trail_of

HTML = "text/html"
ATTEMPT_SECONDS = 600
"""How long a sign-in may take."""
MAX_RETURN = 1_500
"""Characters of the address to go back to."""


def show(request: WebRequest) -> Response[str]:
    """Trade an unused key for a session. A used or unknown one meets the signed-out page.

    The answer is a small page and not a redirect: after a click in another program the browser would not send a strict
    cookie along the redirect, and the reader would meet the signed-out page after signing in.
    """
    gate = services_of(request).gate
    session = gate.enter(request.query_params.get("key") or "")
    if session is None:
        return Response(signed_out(request, spent=True), status_code=401, media_type=HTML)
    cookie = Cookie(
        key=gate.cookie, value=session, path="/", max_age=SESSION_HOURS * 3600, httponly=True, samesite="strict"
    )
    return _entered("/", [cookie])


def offer(request: WebRequest) -> Response[str]:
    """The ways to sign in."""
    return Response(signed_out(request), media_type=HTML)


async def begin(request: WebRequest) -> Response[str]:
    """Send the browser to the provider."""
    provider = _provider(request)
    gate = services_of(request).gate
    attempt = Attempt.begin()
    address = await provider.address(attempt)
    back = safe_return(request.query_params.get("to"))
    cookie = Cookie(
        key=gate.attempt_cookie,
        value=f"{attempt.secret}.{quote(back, safe='')}",
        path="/",
        max_age=ATTEMPT_SECONDS,
        httponly=True,
        secure=gate.is_secure,
        samesite="lax",  # the provider sends the browser back from another site
    )
    return Redirect(address, status_code=303, cookies=[cookie])


async def done(request: WebRequest) -> Response[str]:
    """The browser comes back from the provider: a session, or the reason why there is none."""
    provider = _provider(request)
    gate = services_of(request).gate
    secret, _, back = request.cookies.get(gate.attempt_cookie, "").partition(".")
    spent = Cookie(
        key=gate.attempt_cookie, value="", path="/", max_age=0, httponly=True, secure=gate.is_secure, samesite="lax"
    )
    try:
        session = await _signed_in(request, provider, secret)
    except CallboardError as error:
        trail_of(request).denied(f"client:{request.scope['state']['client']}", route="sign-in", reason=error.message)
        answer = answer_error(request, error)
        answer.set_cookie(spent)
        return answer
    former = request.cookies.get(gate.named_cookie)
    if former:
        await callers_of(request).sign_out(former)
    limits = services_of(request).identity
    cookie = Cookie(
        key=gate.named_cookie,
        value=session,
        path="/",
        max_age=limits.limits.whole // 1_000_000 if limits is not None else None,
        httponly=True,
        secure=gate.is_secure,
        samesite="strict",
    )
    return _entered(safe_return(unquote(back)), [cookie, spent])


async def leave(request: WebRequest) -> Response[str]:
    """End this browser's session."""
    params.nothing(tuple(request.query_params.multi_items()))
    gate = services_of(request).gate
    gate.leave(request.cookies.get(gate.cookie) or "")
    if named := request.cookies.get(gate.named_cookie):
        await callers_of(request).sign_out(named)
    gone = [
        Cookie(key=key, value="", path="/", max_age=0, httponly=True, secure=gate.is_secure, samesite="strict")
        for key in (gate.cookie, gate.named_cookie)
    ]
    return Response(signed_out(request, left=True), media_type=HTML, cookies=gone)


def safe_return(address: str | None) -> str:
    """An address of our own to go back to; the first page for anything else."""
    text = address or "/"
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\", "/sign-in", "/enter", "/leave"))
    is_plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= MAX_RETURN
    return text if is_ours and is_plain else "/"


async def _signed_in(request: WebRequest, provider: Provider, secret: str) -> str:
    if not secret:
        raise SignInRefusedError("This sign-in was not begun in this browser, or too long ago.", hint="Begin again.")
    returned = list(request.query_params.multi_items())
    # Twice the same parameter has two readings; one of them may be an attack.
    if len({key for key, _ in returned}) != len(returned):
        raise SignInRefusedError("The provider's answer says the same thing twice.", hint="Begin again.")
    named = await provider.finish(Attempt(secret), dict(returned))
    identity = services_of(request).identity
    found = () if identity is None else await identity.people.find(named.matches, named.value)
    if len(found) != 1:
        told = "knows nobody" if not found else "knows several people"
        raise SignInRefusedError(
            f"You are signed in with the provider, and the catalog {told} by that {named.matches}.",
            hint="Ask who looks after the catalog: it has to hold one user with it.",
        )
    return await callers_of(request).sign_in(found[0])


def _provider(request: WebRequest) -> Provider:
    identity = services_of(request).identity
    if identity is None or identity.provider is None:
        raise NotFoundError
    return identity.provider


def _entered(back: str, cookies: list[Cookie]) -> Response[str]:
    return Response(render.page("entered.html", title="Welcome", back=back), media_type=HTML, cookies=cookies)
