"""One caller's look at the board: what every handler gets, and the only way to a `Viewer` in this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from callboard.domain.access import AT_THE_LAPTOP, Viewer, Visibility
from callboard.domain.board import BundleRow
from callboard.domain.instant import Instant
from callboard.errors import CallboardError
from callboard.store import Store
from callboard.usecases import browse
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
    viewer: Viewer
    now: Instant
    path: str
    query: tuple[tuple[str, str], ...]
    """The query string's pairs, decoded, in order, not yet judged."""
    conditional: str | None
    """The If-None-Match header."""

    @property
    def visibility(self) -> Visibility:
        """What the caller may see."""
        return self.viewer.visibility

    @property
    def store(self) -> Store:
        """The store to read."""
        return self.services.store

    def linked(self, rows: Sequence[BundleRow]) -> tuple[BundleRow, ...]:
        """Pieces of work with the links of their first findings, as far as they may be shown."""
        hosts, rules = self.services.link_hosts, self.services.link_rules
        return browse.linked(self.store, self.visibility, rows, link_hosts=hosts, link_rules=rules)


Viewing = NamedDependency[SkipValidation[View]]
"""The type a handler writes to be given the caller's view."""


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> WebServices:
    """The services this app was made with."""
    services: WebServices = connection.app.state.services
    return services


def request_id_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The id of this request, which the answer, the error and the log line share."""
    return str(connection.scope["state"].get("request_id", ""))


def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer | None:
    """Who the caller is, by its cookie or token. None: signed out."""
    gate = services_of(connection).gate
    visibility = gate.visibility(
        session=connection.cookies.get(gate.cookie), authorization=connection.headers.get("authorization")
    )
    # Whoever the gate lets in sits at the machine: nobody is signed in by name yet.
    return None if visibility is None else msgspec.structs.replace(AT_THE_LAPTOP, visibility=visibility)


async def keep_policy(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: does what the route's policy says, and refuses where it says nothing."""
    policy = handler.opt.get("policy")
    if policy is Policy.OPEN or policy is Policy.HOOK:
        return
    viewer = identify(connection) if policy is Policy.BOARD else None
    if viewer is None:
        _log.warning("denied", route=connection.scope.get("path_template"), request_id=request_id_of(connection))
        raise SignedOutError
    connection.scope["state"]["viewer"] = viewer


def provide_view(request: WebRequest) -> View:
    """The view of the caller that the guard let in. A route whose policy gives no visibility cannot ask for it."""
    services = services_of(request)
    return View(
        services=services,
        viewer=request.scope["state"]["viewer"],
        now=services.clock.now(),
        path=request.url.path,
        query=tuple(request.query_params.multi_items()),
        conditional=request.headers.get("if-none-match"),
    )
