"""The outermost layer: what is true for every request and every answer, found or not.

It gives each request an id, refuses foreign hosts, foreign pages that write and overlong questions, adds the security
headers, and writes one line of log and one count per request. The line holds the route's template, never the URL: search text is
not logged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from callboard import telemetry
from callboard.store.patience import reads_at_most, waits_at_most
from callboard.web.errors import WORDS, Problem, is_machine_path
from callboard.web.gate import LoopbackGate
from callboard.web.metrics import Metrics
from callboard.web.pages_elsewhere import PREFLIGHT, answer_headers, asks_beforehand, page_of_a_portal
from callboard.web.place import client_of, host_of, values

MAX_PATH_BYTES = 2_000
"""Of the path of one request. Litestar keeps the last ones that it found a route for, or none."""
MAX_QUERY_BYTES = 16_000
"""Of the query of one request."""
FOREIGN_HOST = 421
"""Whoever comes by a foreign name is told so in one line, and nothing about what there is."""
WAIT_SECONDS = 10.0
"""How long a request waits for others to write. Then it is told to come again: waiting threads would hold up everybody."""
READ_SECONDS = 30.0
"""How long one question to the database may take in a request. The slowest honest ones take two at a million findings."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
)

STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
"""Where people come by https, they never come otherwise again."""

_log = structlog.get_logger("callboard.web")


async def finish_headers(message: Message, scope: Scope) -> None:
    """Litestar's last hook before an answer leaves: the headers that every answer carries."""
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    present = {name.lower() for name, _ in headers}
    headers += [pair for pair in SECURITY_HEADERS if pair[0] not in present]
    if b"cache-control" not in present:
        headers.append((b"cache-control", b"private, no-store"))
        headers.append((b"vary", b"Cookie, Authorization"))
    headers.append((b"x-request-id", str(scope["state"].get("request_id", "")).encode()))
    message["headers"] = headers


class Edge:
    """Wraps the routed app."""

    def __init__(self, app: ASGIApp, gate: LoopbackGate, metrics: Metrics) -> None:
        self._app = app
        self._gate = gate
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge the request, pass it on, and note how it ended."""
        if scope["type"] != ScopeType.HTTP:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        with telemetry.request_id() as request_id:
            scope.setdefault("state", {})["request_id"] = request_id
            await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = 500
        portal = page_of_a_portal(scope, self._gate)

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._gate.is_secure:
                    message["headers"] = [*message["headers"], STRICT_TRANSPORT]
                if portal is not None:
                    message["headers"] = answer_headers(message["headers"], portal)
            await send(message)

        try:
            refusal = self._judge(scope, portal)
            if refusal is not None and is_machine_path(scope["path"]) and refusal[0] != FOREIGN_HOST:
                await _problem(watched, *refusal, request_id)
            elif refusal is not None:
                await _plain(watched, *refusal)
            elif portal is not None and asks_beforehand(scope):
                await _plain(watched, 200, "", PREFLIGHT)
            else:
                with waits_at_most(WAIT_SECONDS), reads_at_most(READ_SECONDS):
                    await self._app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - started
            route = str(scope.get("path_template") or "unknown")
            self._metrics.answered(method=scope["method"], route=route, status=status, seconds=seconds)
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )

    def _judge(self, scope: HTTPScope, portal: str | None) -> tuple[int, str] | None:
        headers, public = list(scope["headers"]), self._gate.public
        peer = (scope.get("client") or ("", 0))[0]
        scope["state"]["client"] = client_of(headers, peer, public)
        if not self._gate.admits_host(host_of(headers, peer, public)):
            return FOREIGN_HOST, "This address is not Callboard's. Use the address that `callboard serve` printed."
        # A page of a portal acts by the token that it sends along; a cookie that its browser adds counts for nothing then.
        by_token = portal is not None and bool(values(headers, b"authorization"))
        if scope["method"] not in SAFE_METHODS and not by_token and not self._from_here(scope):
            return 403, "This request comes from a page of another origin."
        if len(scope["raw_path"]) > MAX_PATH_BYTES:
            return 414, f"The address is longer than {MAX_PATH_BYTES} bytes."
        if len(scope["query_string"]) > MAX_QUERY_BYTES:
            return 414, f"The question is longer than {MAX_QUERY_BYTES} bytes."
        return None

    def _from_here(self, scope: HTTPScope) -> bool:
        # Under `Referrer-Policy: no-referrer` a browser calls the origin of our own forms "null" (Fetch standard, "append a
        # request Origin header"); then only the browser's own word on where the request comes from can tell.
        sites, origins = values(scope["headers"], b"sec-fetch-site"), values(scope["headers"], b"origin")
        if not origins:
            # No page sent it, or something on the way took its word out; "none" is the person at the browser.
            return set(sites) <= {"same-origin", "none"}
        own = sites == ["same-origin"]
        return all(self._gate.admits_origin(origin) or (origin == "null" and own) for origin in origins)


async def _plain(send: Send, status: int, text: str, extra: Sequence[tuple[bytes, bytes]] = ()) -> None:
    await _whole(send, status, b"text/plain; charset=utf-8", f"{text}\n".encode(), extra)


async def _problem(send: Send, status: int, text: str, request_id: str) -> None:
    """As every other refusal is told to a program."""
    told = Problem(title=WORDS[status], status=status, detail=text, request_id=request_id)
    await _whole(send, status, b"application/problem+json", msgspec.json.encode(told))


async def _whole(send: Send, status: int, media: bytes, body: bytes, extra: Sequence[tuple[bytes, bytes]] = ()) -> None:
    headers = [(b"content-type", media), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
