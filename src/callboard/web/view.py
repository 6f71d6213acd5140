"""One caller's look at the board: what every handler gets, and the only way to a `Viewer` in this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from callboard.domain.access import Depth, Right, Role, Viewer, Visibility, deepest
from callboard.domain.board import BundleRow
from callboard.domain.instant import HOUR, MINUTE, Instant
from callboard.domain.remediation.engagement import Door
from callboard.errors import (
    CallboardError,
    IdentityUnreachableError,
    NotAllowedError,
    SignInRefusedError,
)
from callboard.store import Store
from callboard.usecases import browse
from callboard.web import render
from callboard.web.callers import Callers
from callboard.web.gate import Policy
from callboard.web.pace import Pace
from callboard.web.request import WebRequest
from callboard.web.services import WebServices
from callboard.web.trail import Trail

DELIVERIES_PER_HOUR = 600
LOOKS_PER_MINUTE = 60
"""Times that one viewer's browsers tell what was in sight; a page does so six times a minute at most."""
REFUSALS_PER_MINUTE = 60
"""Credentials from one address that are refused with a reason and noted; beyond that they are told to wait."""

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
    door: Door = Door.PAGE
    """The way by which the caller came."""
    is_tracked: bool = True
    """Whether what the caller's browser tells may be counted. False: it asks not to be tracked."""
    by_itself: bool = False
    """Whether a page reads itself again: that is no look of anybody."""

    @property
    def is_counted(self) -> bool:
        """Whether what the caller looks at may be counted."""
        return self.is_tracked and not self.by_itself

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


async def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer | None:
    """Who the caller is, by cookie or token. None: signed out. Raises as `Callers.identify` does."""
    gate = services_of(connection).gate
    return await callers_of(connection).identify(
        authorization=connection.headers.get("authorization"),
        laptop=connection.cookies.get(gate.cookie),
        named=connection.cookies.get(gate.named_cookie),
    )


def callers_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Callers:
    """The ways into this app."""
    callers: Callers = connection.app.state.callers
    return callers


def trail_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Trail:
    """Where this app notes who was refused."""
    trail: Trail = connection.app.state.trail
    return trail


def viewer_of_request(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer | None:
    """The viewer that the guard let in. None: the guard did not, or was not asked."""
    viewer: Viewer | None = connection.scope["state"].get("viewer")
    return viewer


async def keep_policy(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: does what the route's policy says, and refuses where it says nothing."""
    policy = handler.opt.get("policy")
    if policy is Policy.OPEN or policy is Policy.HOOK:
        return
    route = str(connection.scope.get("path_template"))
    client = str(connection.scope["state"].get("client", ""))
    paces = paces_of(connection)
    try:
        viewer = await _let_in(connection, policy)
    except (SignedOutError, SignInRefusedError, NotAllowedError, IdentityUnreachableError) as error:
        _refused(connection, route, client, error)
        raise
    connection.scope["state"]["viewer"] = viewer
    render.WHO.set(viewer)
    render.TRACKED.set(bool(services_of(connection).trackers))
    if viewer.roles:  # the person at the machine has no need to be held back
        paces.requests.require(viewer.key, "You ask more often than one person or program may.")
    end = deepest(viewer.visibility)
    if policy is Policy.BOARD and end is not None and end < Depth.WORK:
        raise NotAllowedError("You see numbers alone, and this address tells more.")
    if policy is Policy.AUDIT:
        viewer.require(Right.AUDIT)
    if policy is Policy.FIGURES and not sees_figures(viewer):
        viewer.require(Right.ADMINISTER)


def sees_figures(viewer: Viewer) -> bool:
    """Whether a page may tell the viewer about processes: a program, or somebody who looks after Callboard."""
    return Role.MACHINE in viewer.roles or Right.ADMINISTER in viewer.rights


_FOR_VIEWERS = (Policy.BOARD, Policy.NUMBERS, Policy.AUDIT, Policy.FIGURES)


async def _let_in(connection: ASGIConnection[Any, Any, Any, Any], policy: object) -> Viewer:
    viewer = await identify(connection) if policy in _FOR_VIEWERS else None
    if viewer is None:
        raise SignedOutError
    return viewer


def _refused(connection: ASGIConnection[Any, Any, Any, Any], route: str, client: str, error: CallboardError) -> None:
    """Note that nobody came in. Who shows nothing at all is only logged: anybody can do that as often as they like."""
    shown = "authorization" in connection.headers or isinstance(error, NotAllowedError)
    _log.warning(
        "denied", route=route, reason=type(error).__name__, client=client, request_id=request_id_of(connection)
    )
    if shown and not isinstance(error, IdentityUnreachableError):
        # Good credentials are never held back: everybody who comes by the portal's proxy comes from one address.
        told = "Too many sign-ins from this address were refused."
        paces_of(connection).refusals.require(client, told)
        trail_of(connection).denied(f"client:{client}", route=route, reason=error.message)


@dataclass(frozen=True, slots=True)
class Paces:
    """How often somebody may ask."""

    requests: Pace
    """By viewer."""
    exports: Pace
    """By viewer."""
    deliveries: Pace
    """By viewer: bills of materials that are handed in."""
    looks: Pace
    """By viewer: what was in sight."""
    refusals: Pace
    """By address: credentials that were not good."""

    @classmethod
    def of(cls, services: WebServices) -> Paces:
        """From what is configured."""
        clock, limits = services.clock, services.pace
        return cls(
            Pace(clock, most=limits.requests_per_minute, window=MINUTE),
            Pace(clock, most=limits.exports_per_hour, window=HOUR),
            Pace(clock, most=DELIVERIES_PER_HOUR, window=HOUR),
            Pace(clock, most=LOOKS_PER_MINUTE, window=MINUTE),
            Pace(clock, most=REFUSALS_PER_MINUTE, window=MINUTE),
        )


def paces_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Paces:
    """How often somebody may ask this app."""
    paces: Paces = connection.app.state.paces
    return paces


def provide_view(request: WebRequest) -> View:
    """The view of the caller that the guard let in. A route whose policy gives no visibility cannot ask for it."""
    services = services_of(request)
    door = _door(request)
    return View(
        services=services,
        viewer=request.scope["state"]["viewer"],
        now=services.clock.now(),
        path=request.url.path,
        query=tuple(request.query_params.multi_items()),
        conditional=request.headers.get("if-none-match"),
        door=door,
        is_tracked="1" not in (request.headers.get("sec-gpc"), request.headers.get("dnt")),
        by_itself=door is Door.PAGE and request.headers.get("sec-fetch-dest", "document") != "document",
    )


def _door(request: WebRequest) -> Door:
    """A page has its session's cookie, a program its token, and who comes through a portal is a person with a token."""
    if "authorization" not in request.headers:
        return Door.PAGE
    viewer: Viewer = request.scope["state"]["viewer"]
    is_person = bool(viewer.roles) and Role.MACHINE not in viewer.roles
    return Door.PLUGIN if is_person else Door.API
