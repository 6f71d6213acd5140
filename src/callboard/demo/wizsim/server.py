"""The HTTP server: token endpoint, GraphQL endpoint, deep-link page, and the admin routes."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections import deque
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Final

from aiohttp import web

from callboard.demo.wizsim import admin, crooked, portal
from callboard.demo.wizsim.damage import damage
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.faults import COUNTED, Faults, change
from callboard.demo.wizsim.reports.tables import write_table
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.tokens import Tokens

_BODY_LIMIT: Final = 2 * 1024 * 1024
_LONGEST_HANG: Final = 30.0
_FORBIDDEN: Final = {
    "errors": [{"message": "access denied", "extensions": {"code": "FORBIDDEN_IP"}}],
    "data": None,
}


@dataclass(kw_only=True)
class State:
    """What the routes share."""

    tenant: Tenant
    engine: Engine
    tokens: Tokens
    admin_token: str
    faults: Faults = field(default_factory=Faults)
    crooked: dict[str, str] = field(default_factory=dict)
    """Findings whose links lie, and how."""
    calls: int = 0
    recent: deque[float] = field(default_factory=deque)
    recent_tokens: deque[float] = field(default_factory=deque)

    def take(self, name: str) -> bool:
        """Whether a counted fault strikes this call; it is then one nearer to its end."""
        left = getattr(self.faults, name)
        if not left or self.faults.skip_calls:
            return False
        self.faults = change(self.faults, {name: left - 1})
        return True

    def set_faults(self, changes: dict[str, Any]) -> None:
        """Set switches; those that are about the world act at once."""
        before = self.faults
        self.faults = change(self.faults, changes)
        self.tenant.drop_share = self.faults.drop_share
        if self.faults.id_change != before.id_change:
            self.tenant.world.renumber(self.faults.id_change)
            self.tenant.edits.clear()


STATE: Final = web.AppKey("state", State)


def make_app(state: State) -> web.Application:
    """The application for one look-alike."""
    app = web.Application(client_max_size=_BODY_LIMIT)
    app[STATE] = state
    app.router.add_post("/oauth/token", _token)
    app.router.add_post("/graphql", _graphql)
    # The endpoint is written with and without /graphql in the wild (wiz-api.md section 1, URL trap).
    app.router.add_post("/", _graphql)
    app.router.add_get("/issues", _portal)
    app.router.add_get("/explorer/{kind}", _portal)
    app.router.add_get("/portal/{kind}/{id}", _portal_item)
    app.router.add_get("/reports/{run}.csv", _report_file)
    app.router.add_get("/admin/state", _admin_state)
    app.router.add_post("/admin/{action}", _admin)
    return app


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(body=raw, status=status, content_type="application/json", headers=headers)


def _too_fast(recent: deque[float], limit: float) -> bool:
    """Whether a call comes too soon after the calls of the last second."""
    if not limit:
        return False
    now = time.monotonic()
    while recent and now - recent[0] > 1.0:
        recent.popleft()
    if len(recent) >= limit:
        return True
    recent.append(now)
    return False


def _limited(state: State) -> web.Response:
    faults = state.faults
    if faults.rate_form == "graphql":
        error = {"message": "Rate limit exceeded", "extensions": {"code": "RATE_LIMIT_EXCEEDED"}}
        return _json({"errors": [error], "data": None})
    headers = {}
    if faults.rate_form == "seconds":
        headers["Retry-After"] = str(faults.retry_after)
    elif faults.rate_form == "date":
        headers["Retry-After"] = formatdate(time.time() + faults.retry_after, usegmt=True)
    return _json({"message": "Too Many Requests"}, 429, headers)


async def _token(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if _too_fast(state.recent_tokens, state.faults.token_rate_limit):
        return _limited(state)
    if request.content_type != "application/x-www-form-urlencoded":
        return _json({"error": "invalid_request", "error_description": "A form is expected."}, 400)
    form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    answer = state.tokens.mint(form, state.faults)
    return _json(answer.body, answer.status)


async def _graphql(request: web.Request) -> web.StreamResponse:
    state = request.app[STATE]
    state.calls += 1
    refused = await _refuse(state)
    if refused is not None:
        return refused
    grant = state.tokens.check(request.headers.get("Authorization"), state.faults)
    if grant is None:
        return _json({"message": "Unauthorized"}, 401)
    asked = await _asked(request)
    if asked is None:
        error = {"message": "The body is not a GraphQL request.", "extensions": {"code": "BAD_USER_INPUT"}}
        return _json({"errors": [error], "data": None}, 400)
    query, variables, operation = asked
    result = state.engine.run(
        query, variables, operation, scopes=grant.scopes, account=grant.account, faults=state.faults
    )
    raw = crooked.bend(encode(result), state.crooked)
    partial = state.take("partial")
    if state.faults.changes_body or partial:
        raw = damage(raw, state.faults, partial=partial)
    return await _send(request, state, raw)


async def _asked(request: web.Request) -> tuple[str, dict[str, Any], str | None] | None:
    """Document, variables and operation name of a body, or None when it has another shape."""
    try:
        body = await request.json()
    except ValueError:
        return None
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(query, str):
        return None
    variables = body.get("variables") or {}
    return (query, variables, body.get("operationName")) if isinstance(variables, dict) else None


async def _refuse(state: State) -> web.StreamResponse | None:
    """Faults that strike before the call is looked at."""
    if state.faults.latency_ms:
        await asyncio.sleep(state.faults.latency_ms / 1000)
    if state.faults.skip_calls and any(getattr(state.faults, name) for name in COUNTED):
        state.faults = change(state.faults, {"skip_calls": state.faults.skip_calls - 1})
        return None
    if _too_fast(state.recent, state.faults.rate_limit):
        return _limited(state)
    if state.faults.forbidden_ip:
        return _json(_FORBIDDEN, 403)
    for name in ("http_500", "http_502", "http_503"):
        if state.take(name):
            status = int(name[-3:])
            return web.Response(status=status, text=f"{status} the look-alike was told to fail")
    if state.take("not_json"):
        return web.Response(text="<html><body>Maintenance</body></html>", content_type="text/html")
    if state.take("hang"):
        await asyncio.sleep(_LONGEST_HANG)
    return None


async def _send(request: web.Request, state: State, raw: bytes) -> web.StreamResponse:
    if state.take("truncated"):
        return _json(raw[: len(raw) // 2])
    if state.take("reset"):
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(raw))})
        await response.prepare(request)
        await response.write(raw[: len(raw) // 2])
        if request.transport is not None:
            request.transport.abort()
        return response
    return _json(raw)


async def _portal(_request: web.Request) -> web.Response:
    return web.Response(text=portal.PAGE, content_type="text/html", headers=portal.HEADERS)


async def _portal_item(request: web.Request) -> web.Response:
    state = request.app[STATE]
    id_ = request.match_info["id"]
    found = (
        None if state.crooked.get(id_) == crooked.DEAD else portal.item(state.engine, request.match_info["kind"], id_)
    )
    return _json(found or {"error": "There is nothing with this id."}, 200 if found else 404)


async def _report_file(request: web.Request) -> web.Response:
    """The file of a finished run, to whoever holds its link."""
    tenant = request.app[STATE].tenant
    run = tenant.reports.find_run(request.match_info["run"])
    signature = request.query.get("signature", "")
    if run is None or not hmac.compare_digest(signature.encode(), run.key.encode()):
        return web.Response(status=403, text="AccessDenied")
    if tenant.reports.status(run, tenant.world.now) != "COMPLETED":
        return web.Response(status=403, text="Request has expired")
    return web.Response(body=write_table(run.report, tenant), content_type="text/csv", charset="utf-8")


def _is_admin(request: web.Request, state: State) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(given) and given == state.admin_token


async def _admin_state(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if not _is_admin(request, state):
        return _json({"error": "The admin token is missing or wrong."}, 401)
    return _json(admin.describe(state.tenant, state.faults, state.calls, state.tokens.minted))


async def _admin(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if not _is_admin(request, state):
        return _json({"error": "The admin token is missing or wrong."}, 401)
    try:
        body = await request.json() if request.can_read_body else {}
        action = request.match_info["action"]
        if action == "faults":
            if body.pop("reset", None):
                state.set_faults(admin.fault_values(Faults()))
            state.set_faults(body)
            return _json(admin.fault_values(state.faults))
        if action == "links":
            state.crooked = crooked.read(body, state.crooked)
            return _json(state.crooked)
        if action == "revoke-tokens":
            return _json({"revoked": state.tokens.revoke_all()})
        return _json(admin.act(state.tenant, action, body))
    except (ValueError, TypeError, AttributeError) as error:
        return _json({"error": str(error)}, 400)
    except LookupError as error:
        return _json({"error": f"There is no {error}."}, 404)
