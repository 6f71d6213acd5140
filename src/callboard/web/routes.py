"""Every route on one screen. Each states who may use it; see `gate.Policy`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from litestar.handlers import HTTPRouteHandler, get, post

from callboard.web.api import board, components, findings, hooks, ops
from callboard.web.gate import Policy
from callboard.web.pages import component as component_page
from callboard.web.pages import components as components_page
from callboard.web.pages import enter as enter_page
from callboard.web.pages import finding as finding_page
from callboard.web.pages import findings as findings_page
from callboard.web.pages import sources as sources_page

Handler = Callable[..., Any]


def _get(path: str, handler: Handler, policy: Policy) -> HTTPRouteHandler:
    return get(path, opt={"policy": policy}, sync_to_thread=True)(handler)


def _post(path: str, handler: Handler, policy: Policy) -> HTTPRouteHandler:
    threaded = None if inspect.iscoroutinefunction(handler) else True
    return post(path, opt={"policy": policy}, status_code=200, sync_to_thread=threaded)(handler)


API = [
    _get("/api/v1/board", board.show, Policy.BOARD),
    _get("/api/v1/components", components.list_all, Policy.BOARD),
    _get("/api/v1/components/{kind:str}/{namespace:str}/{name:str}", components.show, Policy.BOARD),
    _get("/api/v1/findings", findings.list_some, Policy.BOARD),
    _get("/api/v1/findings/{finding_id:str}", findings.show, Policy.BOARD),
    _get("/api/v1/sources", board.sources, Policy.BOARD),
    _post("/api/v1/hooks/wiz/{source:str}", hooks.receive, Policy.HOOK),
]
OPS = [
    _get("/healthz", ops.alive, Policy.OPEN),
    _get("/readyz", ops.ready, Policy.OPEN),
    _get("/metrics", ops.metrics, Policy.BOARD),
    _get("/openapi.json", ops.description, Policy.BOARD),
    _get("/.well-known/jwks.json", ops.keys, Policy.OPEN),
    _get("/static/{name:str}", ops.static, Policy.OPEN),
]
PAGES = [
    _get("/", components_page.home, Policy.BOARD),
    _get("/components", components_page.show, Policy.BOARD),
    _get("/components/{kind:str}/{namespace:str}/{name:str}", component_page.show, Policy.BOARD),
    _get("/findings", findings_page.show, Policy.BOARD),
    _get("/findings/{finding_id:str}", finding_page.show, Policy.BOARD),
    _get("/sources", sources_page.show, Policy.BOARD),
    _get("/enter", enter_page.show, Policy.OPEN),
    _post("/leave", enter_page.leave, Policy.BOARD),
]
ALL = [*API, *OPS, *PAGES]
