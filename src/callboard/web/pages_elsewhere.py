"""Pages of a portal that ask the API directly, instead of through the portal's proxy (the Fetch standard's CORS protocol).

Only the portals that the operator names may, each by its exact origin, and only below `/api/v1/`. They act by the token that
they send: credentials that a browser adds by itself are never asked for, so a cookie of Callboard's opens nothing to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from litestar.types import HTTPScope

from callboard.web.gate import LoopbackGate
from callboard.web.place import values

API = "/api/v1/"
HOOKS = "/api/v1/hooks/"
"""Sources call these, and no page does."""

PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, POST, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"600"),  # seconds
)
EXPOSED = b"ETag, Retry-After, X-Request-Id"


def page_of_a_portal(scope: HTTPScope, gate: LoopbackGate) -> str | None:
    """The origin of the page that asks, if it is one of a portal that may."""
    origins = values(scope["headers"], b"origin")
    path = scope["path"]
    if len(origins) != 1 or not path.startswith(API) or path.startswith(HOOKS):
        return None
    return origins[0] if gate.is_portal(origins[0]) else None


def asks_beforehand(scope: HTTPScope) -> bool:
    """Whether a browser only asks what it may send."""
    return scope["method"] == "OPTIONS" and bool(values(scope["headers"], b"access-control-request-method"))


def answer_headers(headers: Iterable[tuple[bytes, bytes]], origin: str) -> list[tuple[bytes, bytes]]:
    """An answer's headers with those that let that origin's page read it."""
    return [
        *headers,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
        (b"vary", b"Origin"),
    ]
