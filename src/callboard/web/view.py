"""One caller's look at the board: what every handler gets, and the only way to a `Visibility` in this room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from callboard.domain.access import Visibility
from callboard.domain.instant import Instant
from callboard.errors import CallboardError
from callboard.store import Store
from callboard.web.gate import Policy
from callboard.web.services import WebServices

WebRequest = Request[Any, Any, Any]
"""Litestar's request; the three types it is generic over are not used."""

_log = structlog.get_logger("callboard.web")


class SignedOutError(CallboardError):
    """Sign in first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Who looks, when, and at what."""

    services: WebServices
    visibility: Visibility
    now: Instant
    path: str
    query: tuple[tuple[str, str], ...]
    """The query string's pairs, decoded, in order, not yet judged."""
    conditional: str | None
    """The If-None-Match header."""

    @property
    def store(self) -> Store:
        """The store to read."""
        return self.services.store


Viewing = NamedDependency[SkipValidation[View]]
"""The type a handler writes to be given the caller's view."""


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> WebServices:
    """The services this app was made with."""
    services: WebServices = connection.app.state.services
    return services


def request_id_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The id of this request, which the answer, the error and the log line share."""
    return str(connection.scope["state"].get("request_id", ""))


def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Visibility | None:
    """What the caller may see, by its cookie or token. None: signed out."""
    gate = services_of(connection).gate
    return gate.visibility(
        session=connection.cookies.get(gate.cookie), authorization=connection.headers.get("authorization")
    )


async def keep_policy(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: does what the route's policy says, and refuses where it says nothing."""
    policy = handler.opt.get("policy")
    if policy is Policy.OPEN or policy is Policy.HOOK:
        return
    visibility = identify(connection) if policy is Policy.BOARD else None
    if visibility is None:
        _log.warning("denied", route=connection.scope.get("path_template"), request_id=request_id_of(connection))
        raise SignedOutError
    connection.scope["state"]["visibility"] = visibility


def provide_view(request: WebRequest) -> View:
    """The view of the caller that the guard let in. A route whose policy gives no visibility cannot ask for it."""
    services = services_of(request)
    return View(
        services=services,
        visibility=request.scope["state"]["visibility"],
        now=services.clock.now(),
        path=request.url.path,
        query=tuple(request.query_params.multi_items()),
        conditional=request.headers.get("if-none-match"),
    )
