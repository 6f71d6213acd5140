"""A Backstage portal on loopback: signing keys, userinfo, and a catalog that is asked by reference.

A real server that signs with a real key, and can be told to misbehave.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from callboard.domain.instant import SECOND
from tests.support.clocks import SettableClock

ISSUER = "https://portal.example/api/auth"
CATALOG_TOKEN = "callboards-own-catalog-token"
HOUR = 3_600


class Portal:
    """What the portal knows, and how it behaves."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.url = ""
        self.keys = [ECKey.generate_key("P-256", {"kid": "key-1", "alg": "ES256"})]
        self.groups: dict[str, tuple[str, ...]] = {}
        """By user reference, the groups that the catalog puts the user in."""
        self.told: dict[str, tuple[str, ...] | None] = {}
        """By user reference, what userinfo tells instead. None: it tells no `ent`."""
        self.emails: dict[str, str] = {}
        """By e-mail, the user reference."""
        self.hidden: set[str] = set()
        """Entities that the portal's permissions hide from people."""
        self.down: set[str] = set()
        """Paths that answer 503, and "people": then the catalog answers nobody but Callboard itself."""
        self.asked: list[str] = []
        """Paths in order."""
        self.date: str | None = None
        """What it says that the time is. None: the truth."""

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return self.asked.count(path)

    def claims(self, user: str, **changed: object) -> dict[str, Any]:
        """The claims of a user token of now; a claim that is changed to None is left out."""
        now = self.clock.now() // SECOND
        claims = {"iss": ISSUER, "sub": user, "aud": "backstage", "iat": now, "exp": now + HOUR, "uip": "x", **changed}
        return {key: value for key, value in claims.items() if value is not None}

    def token(self, user: str, *, typ: str = "vnd.backstage.user", kid: str | None = None, **changed: object) -> str:
        """A token of a user, signed with the newest key."""
        key = self.keys[-1]
        header = {"typ": typ, "alg": "ES256", "kid": kid or key.kid}
        return jwt.encode(header, self.claims(user, **changed), key)

    def signed(self, header: dict[str, Any], claims: dict[str, Any], key: Any = None) -> str:  # noqa: ANN401
        """A token with just this header and these claims."""
        registry = jws.JWSRegistry(algorithms=["ES256", "HS256", "RS256"], strict_check_header=False)
        return jws.serialize_compact(header, json.dumps(claims), key or self.keys[-1], registry=registry)

    def unsigned(self, header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
        """A token with a signature that somebody made up."""
        parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
        return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    def rotate(self) -> None:
        """A new key signs from now on."""
        number = len(self.keys) + 1
        self.keys.append(ECKey.generate_key("P-256", {"kid": f"key-{number}", "alg": "ES256"}))

    async def answer(self, request: web.Request) -> web.Response:
        """Every request."""
        self.asked.append(request.path)
        found = await self._answer(request)
        if self.date is not None:
            found.headers["Date"] = self.date
        return found

    async def _answer(self, request: web.Request) -> web.Response:
        if request.path in self.down:
            return web.json_response({"error": {"name": "ServiceUnavailableError"}}, status=503)
        match request.path:
            case "/api/auth/.well-known/jwks.json":
                return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/api/auth/v1/userinfo":
                return self._userinfo(request)
            case "/api/catalog/entities/by-refs":
                return self._by_refs(request, await request.json())
            case "/api/catalog/entities/by-query":
                return self._by_query(request)
        return web.Response(status=404)

    def _user(self, request: web.Request) -> str | None:
        """Whose token a request brings."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for key in self.keys:
            try:
                return str(jwt.decode(token, key, algorithms=["ES256"]).claims["sub"])
            except Exception:  # noqa: BLE001, S112  whatever is wrong with it, it is not this key's
                continue
        return None

    def _userinfo(self, request: web.Request) -> web.Response:
        user = self._user(request)
        if user is None:
            return web.json_response({"error": {"name": "AuthenticationError"}}, status=401)
        ref = user.lower()
        told = self.told.get(ref, (ref, *self.groups.get(ref, ())))
        claims = {"sub": user, **({} if told is None else {"ent": list(told)})}
        return web.json_response({"claims": claims})

    def _by_refs(self, request: web.Request, asked: dict[str, Any]) -> web.Response:
        if request.headers.get("Authorization") == f"Bearer {CATALOG_TOKEN}":
            return web.json_response({"items": [self._entity(ref) for ref in asked["entityRefs"]]})
        if "people" in self.down:
            return web.json_response({"error": {"name": "ServiceUnavailableError"}}, status=503)
        if self._user(request) is None:
            return web.json_response({"error": {"name": "AuthenticationError"}}, status=401)
        items = [None if ref in self.hidden else {"kind": ref.partition(":")[0]} for ref in asked["entityRefs"]]
        return web.json_response({"items": items})

    def _by_query(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {CATALOG_TOKEN}":
            return web.json_response({"error": {"name": "AuthenticationError"}}, status=401)
        _, _, wanted = request.query["filter"].partition("spec.profile.email=")
        found = [ref for email, ref in self.emails.items() if email.casefold() == wanted.casefold()]
        return web.json_response({"items": [self._entity(ref) for ref in found], "pageInfo": {}})

    def _entity(self, ref: str) -> dict[str, Any] | None:
        if ref not in self.groups:
            return None
        name = ref.partition("/")[2]
        relations = [{"type": "memberOf", "targetRef": group} for group in self.groups[ref]]
        return {"kind": "User", "metadata": {"name": name, "namespace": "default"}, "relations": relations}


@contextmanager
def served(answer: Any) -> Iterator[str]:  # noqa: ANN401
    """A server on loopback that answers every request with `answer`, in a thread of its own: its address."""
    ready = threading.Event()
    place: list[Any] = []

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stop = asyncio.Event()
        sockets = site._server.sockets  # type: ignore[union-attr]
        place.extend([f"http://127.0.0.1:{sockets[0].getsockname()[1]}", asyncio.get_running_loop(), stop])
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(30)
    url, loop, stop = place
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


@contextmanager
def portal_on(clock: SettableClock) -> Iterator[Portal]:
    """A portal that answers."""
    portal = Portal(clock)
    with served(portal.answer) as url:
        portal.url = url
        yield portal


def wait_for(true: Any, seconds: float = 30) -> None:  # noqa: ANN401
    """Wait until something that happens in another thread is so."""
    ends_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.01)
