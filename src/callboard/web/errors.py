"""How the web door says no: one table from the error family to HTTP, one body for programs, one page for people.

What went wrong inside (5xx) is never told beyond its sort and the request's id: the text of such an error may hold SQL, paths
or what a source answered.
"""

from __future__ import annotations

import http
import inspect
import traceback
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from litestar.connection import Request
from litestar.exceptions import HTTPException
from litestar.response import Response

from callboard.domain.access import Everything
from callboard.errors import (
    CallboardError,
    CatalogError,
    ConfigError,
    ConflictError,
    IdentityError,
    IdentityUnreachableError,
    ImportRefusedError,
    InvalidPurlError,
    InvalidQueryError,
    KeyReusedError,
    LabelsError,
    ManifestError,
    MappingRefusedError,
    NotAllowedError,
    NotFoundError,
    OutboundError,
    RepositoryError,
    SignInRefusedError,
    SourceError,
    StoreError,
    TooManyError,
)
from callboard.web import links, render
from callboard.web.view import (
    SignedOutError,
    request_id_of,
    services_of,
    trail_of,
    viewer_of_request,
)

STATUS: dict[type[CallboardError], int] = {
    InvalidQueryError: 400,
    SignedOutError: 401,
    SignInRefusedError: 401,
    IdentityUnreachableError: 503,
    IdentityError: 401,
    TooManyError: 429,
    NotAllowedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    ImportRefusedError: 422,
    LabelsError: 422,
    MappingRefusedError: 422,
    ConfigError: 500,
    SourceError: 502,
    CatalogError: 502,
    InvalidPurlError: 422,
    ManifestError: 422,
    KeyReusedError: 422,
    RepositoryError: 502,
    OutboundError: 502,
    StoreError: 503,
    CallboardError: 500,
}
"""The nearest class in an error's own line of descent decides."""

MACHINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/.well-known/", "/static/")
"""Where errors are answered as problem+json; everywhere else a person is reading."""

WORDS = {
    400: "The request cannot be understood.",
    401: "Sign in first.",
    403: "You may not do this.",
    404: "There is no such thing, or you may not see it.",
    405: "This address does not take that method.",
    409: "Somebody else is working on this right now.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body is of a sort that is not taken here.",
    422: "The content cannot be used.",
    429: "Too many requests.",
    500: "Something went wrong on Callboard's side.",
    502: "A system that Callboard reads from failed.",
    503: "The database could not be used just now.",
}

RETRY_AFTER = {429: "60", 503: "10"}
"""Seconds after which the same request may be made again, by status."""

UNKNOWN_WHO = "It cannot be found out just now who you are."

_log = structlog.get_logger("callboard.web")

AnyRequest = Request[Any, Any, Any]
"""Whatever came, found or not."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    """One sentence, the same for every problem of this status."""
    status: int
    detail: str | None = None
    """What is wrong with this request, where telling it is safe."""
    hint: str | None = None
    """What the caller can do about it."""
    field: str | None = None
    """The query parameter at fault."""
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An error, judged: what may be told about it."""

    status: int
    title: str
    detail: str | None = None
    hint: str | None = None
    field: str | None = None


def judge(error: Exception) -> Refusal:
    """What the caller is told about `error`."""
    if isinstance(error, CallboardError):
        status = next(STATUS[base] for base in type(error).__mro__ if base in STATUS)
        title = WORDS[status]
        if isinstance(error, IdentityUnreachableError):  # its words are our own, and say that nobody is to blame
            return Refusal(status=status, title=UNKNOWN_WHO, detail=error.message.split(".")[0] + ".")
        if status >= 500:
            return Refusal(status=status, title=title)
        if status == 404:  # one text for "does not exist" and "not yours", whoever raised it
            return Refusal(status=status, title=title)
        told = error.message if error.message != inspect.getdoc(type(error)) else None
        field = error.field if isinstance(error, InvalidQueryError) else None
        return Refusal(status=status, title=title, detail=told, hint=error.hint, field=field)
    if isinstance(error, HTTPException) and error.status_code < 500:
        phrase = http.HTTPStatus(error.status_code).phrase
        return Refusal(status=error.status_code, title=WORDS.get(error.status_code, f"{phrase}."))
    return Refusal(status=500, title=WORDS[500])


def answer_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """The answer to any request that ended in an error."""
    refusal = judge(error)
    request_id = request_id_of(request)
    if refusal.status >= 500:
        frames = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        _log.error("failed", error=type(error).__name__, frames=frames[-12:], request_id=request_id)
    _note(request, refusal)
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    headers |= {"Retry-After": RETRY_AFTER[refusal.status]} if refusal.status in RETRY_AFTER else {}
    if isinstance(error, HTTPException) and error.headers:
        headers |= {name: value for name, value in error.headers.items() if name.lower() == "allow"}
    if is_machine_path(request.scope["path"]):
        return problem(refusal, request_id, headers)
    if refusal.status == 401:
        html = signed_out(request, refusal)
    else:
        html = render.page(
            "error.html",
            title=refusal.title.rstrip("."),
            refusal=refusal,
            request_id=request_id,
            signed_in=viewer_of_request(request) is not None,
            who=viewer_of_request(request),
        )
    return Response(html, status_code=refusal.status, media_type="text/html", headers=headers)


def signed_out(request: AnyRequest, refusal: Refusal | None = None, *, spent: bool = False, left: bool = False) -> str:
    """The page of somebody who is not signed in: how to come in, and why not if there is a reason."""
    services = services_of(request)
    provider = services.identity.provider if services.identity is not None else None
    return render.page(
        "signed_out.html",
        title="Signed out",
        spent=spent,
        left=left,
        for_laptop=services.gate.is_for_laptop,
        by_portal=services.identity is not None and services.identity.portal is not None,
        provider=provider.name if provider is not None else None,
        begin=links.address("/sign-in/begin", {"to": back_to(request)}),
        why=refusal.detail if refusal is not None else None,
        hint=refusal.hint if refusal is not None else None,
    )


def back_to(request: AnyRequest) -> str:
    """Where to go after signing in: the page that was asked for."""
    if request.scope["method"] != "GET" or request.scope["path"].startswith(("/sign-in", "/enter", "/leave")):
        return "/"
    query = request.scope["query_string"].decode("latin-1")
    return request.scope["path"] + (f"?{query}" if query else "")


def _note(request: AnyRequest, refusal: Refusal) -> None:
    """Who was let in and then refused stands in the log of who did what, with which thing and without its words."""
    viewer = viewer_of_request(request)
    if viewer is None or refusal.status not in (403, 404) or isinstance(viewer.visibility, Everything):
        return
    route = str(request.scope.get("path_template"))
    if route == ELSEWHERE:  # nobody was refused anything
        return
    named = {key: str(value) for key, value in request.scope.get("path_params", {}).items() if key in _IDS}
    trail_of(request).denied(
        viewer.named, route=f"{request.scope['method']} {route}", reason=refusal.title, detail=named
    )


ELSEWHERE = "/{rest}"
"""The route of every address that leads nowhere."""

_IDS = frozenset({"finding_id", "kind", "namespace", "name", "view_id", "run_id"})
"""Parts of an address that name a thing and are no search text."""


def is_machine_path(path: str) -> bool:
    """True where programs ask, not people."""
    return path.startswith(MACHINE_PATHS)


def problem(refusal: Refusal, request_id: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A problem+json answer."""
    body = Problem(
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        hint=refusal.hint,
        field=refusal.field,
        request_id=request_id,
    )
    return Response(
        msgspec.json.encode(body),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers=headers or {},
    )
