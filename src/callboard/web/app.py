"""The web door: one Litestar app of the routes, the guard, and the edge around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from callboard.errors import ConfigError
from callboard.web import routes
from callboard.web.callers import Callers
from callboard.web.edge import Edge, finish_headers
from callboard.web.errors import answer_error
from callboard.web.gate import Policy
from callboard.web.metrics import Metrics
from callboard.web.request import WebRequest
from callboard.web.services import WebServices
from callboard.web.trail import Trail
from callboard.web.view import Paces, keep_policy, provide_view

THREADS = 16
"""Handlers that run at one time; more wait their turn."""


def create_app(services: WebServices) -> Litestar:
    """The app. Raises ConfigError when a route does not state its policy."""
    metrics = Metrics()
    trail = Trail(services.store, services.clock)
    callers = Callers(services.store, services.clock, services.gate, services.identity, trail)
    app = Litestar(
        route_handlers=routes.ALL,
        request_class=WebRequest,
        guards=[keep_policy],
        dependencies={"view": Provide(provide_view, sync_to_thread=False)},
        before_send=[finish_headers],
        exception_handlers={HTTPException: answer_error, Exception: answer_error},
        state=State(
            {"services": services, "metrics": metrics, "callers": callers, "trail": trail, "paces": Paces.of(services)}
        ),
        lifespan=[_threads],
        request_max_body_size=routes.MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    check_policies(app)
    app.asgi_handler = Edge(app.asgi_handler, services.gate, metrics)
    return app


def check_policies(app: Litestar) -> None:
    """Raise ConfigError for a route that does not say who may use it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
                continue  # Litestar's own, on every route; it lists the methods and nothing else
            if not isinstance(handler, HTTPRouteHandler) or not isinstance(handler.opt.get("policy"), Policy):
                raise ConfigError(f"The route {route.path} does not state its policy.")


@asynccontextmanager
async def _threads(app: Litestar) -> AsyncIterator[None]:
    """Handlers run in threads of this app's own, a bounded number of them."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="web")
    asyncio.get_running_loop().set_default_executor(pool)
    services: WebServices = app.state.services
    trail: Trail = app.state.trail
    try:
        yield
    finally:
        await trail.finish()
        if services.identity is not None:
            await services.identity.close()
        pool.shutdown(wait=False, cancel_futures=True)
