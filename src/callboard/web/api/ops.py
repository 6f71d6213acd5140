"""Addresses for whoever runs this: alive, ready, metrics, the API's description, keys, and the static files."""

from __future__ import annotations

import asyncio

from litestar.params import FromPath
from litestar.response import Response

from callboard.errors import CallboardError, NotFoundError
from callboard.usecases import first_pages
from callboard.web import answers, render
from callboard.web.errors import RETRY_AFTER
from callboard.web.metrics import Metrics
from callboard.web.openapi import document as openapi
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import Viewing, identify, services_of
from callboard.web.wire import board as wire


def alive() -> Response[bytes]:
    """The process answers. Says nothing else."""
    return answers.json(wire.Status(status="ok", parts={}))


async def ready(request: WebRequest) -> Response[bytes]:
    """Whether the process can do its work; what it waits for is told to signed-in callers only."""
    state = await asyncio.to_thread(services_of(request).ready)
    try:
        is_known = await identify(request) is not None
    except CallboardError:
        is_known = False
    parts = dict(state.parts) if is_known else {}
    status = wire.Status(status="ready" if state.ready else "not ready", parts=parts)
    if state.ready:
        return answers.json(status)
    return answers.json(status, status=503, headers={"Retry-After": RETRY_AFTER[503]})


def metrics(request: WebRequest, view: Viewing) -> Response[bytes]:
    """Numbers for Prometheus."""
    params.nothing(view.query)
    numbers: Metrics = request.app.state.metrics
    text = numbers.text(first_pages.board(view.store, view.viewer, now=view.now))
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def description(view: Viewing) -> Response[bytes]:
    """The API as OpenAPI 3.1."""
    return answers.json(openapi.document(view.services.version))


def keys(request: WebRequest) -> Response[bytes]:
    """The public keys of what this process signs."""
    jwks = services_of(request).jwks
    if jwks is None:
        raise NotFoundError
    return Response(jwks(), media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


def static(request: WebRequest, name: FromPath[str]) -> Response[bytes]:
    """One of our own static files; for ever when it was asked for by its hash."""
    try:
        content, digest = render.asset(name)
    except KeyError as error:
        raise NotFoundError from error
    forever = request.query_params.get("v") == digest
    caching = "public, max-age=31536000, immutable" if forever else "no-cache"
    return Response(content, media_type=render.ASSETS[name], headers={"Cache-Control": caching})
