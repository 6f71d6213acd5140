"""An OpenID Connect provider on loopback: discovery, keys, codes that are good once, PKCE. It can be told to misbehave."""

from __future__ import annotations

import functools
import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from callboard.domain.instant import SECOND
from callboard.identity.config import ProviderConfig
from tests.support.clocks import SettableClock
from tests.support.portals import served

CLIENT, SECRET = "callboard", "the-client-secret"


@functools.cache
def _key() -> RSAKey:
    """One key for all tests of a process; making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": "rsa-1", "alg": "RS256"})


class MadeUpProvider:
    """Who signs in there, and how it behaves."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.url = ""
        self.key = _key()
        self.claims: dict[str, Any] = {}
        """Changes to the claims of the next id tokens; None leaves one out."""
        self.document: dict[str, Any] = {}
        """Changes to the discovery document."""
        self.codes: dict[str, dict[str, str]] = {}
        self.is_down = False
        self.asked: list[str] = []

    def config(self, **changed: Any) -> ProviderConfig:
        """What an operator writes about it."""
        given: dict[str, Any] = {
            "issuer": self.url, "client_id": CLIENT, "client_secret": SECRET, "name": "Example", "allow_private": True,
        }  # fmt: skip
        return ProviderConfig(**(given | changed))

    def sign_in(self, address: str, **returned: str) -> dict[str, str]:
        """What the browser comes back with after a person has signed in at `address`."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], **returned}

    async def answer(self, request: web.Request) -> web.Response:
        """Every request."""
        self.asked.append(request.path)
        if self.is_down:
            return web.Response(status=503)
        match request.path:
            case "/.well-known/openid-configuration":
                document = {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/keys",
                }
                return web.json_response(document | self.document)
            case "/keys":
                return web.json_response({"keys": [self.key.as_dict(private=False)]})
            case "/token":
                return self._token(request, {key: str(value) for key, value in (await request.post()).items()})
        return web.Response(status=404)

    def _token(self, request: web.Request, form: dict[str, str]) -> web.Response:
        asked = self.codes.pop(form.get("code", ""), None)
        basic = request.headers.get("Authorization", "").removeprefix("Basic ")
        is_client = b64decode(basic or "") == f"{CLIENT}:{SECRET}".encode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or not is_client
            or asked["code_challenge"] != challenge
            or asked["code_challenge_method"] != "S256"
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = self.clock.now() // SECOND
        claims = {
            "iss": self.url, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "email": "bo@example.com", "email_verified": True,
        }  # fmt: skip
        claims = {key: value for key, value in (claims | self.claims).items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "rsa-1"}, claims, self.key, algorithms=["RS256"])
        return web.json_response({"id_token": token, "access_token": "opaque", "token_type": "Bearer"})


@contextmanager
def provider_on(clock: SettableClock) -> Iterator[MadeUpProvider]:
    """A provider that answers."""
    provider = MadeUpProvider(clock)
    with served(provider.answer) as url:
        provider.url = url
        yield provider


def query(**returned: str) -> str:
    """A query string."""
    return urlencode(returned)
