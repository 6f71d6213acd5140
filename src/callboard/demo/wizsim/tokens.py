"""The token endpoint: client credentials in, a signed JWT out, and the check of that token on every call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from callboard.demo.company.ids import hex_name
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.tenant import ServiceAccount, Tenant

AUDIENCES: Final = ("wiz-api", "beyond-api")
"""Of the current and the legacy generation of token hosts (wiz-api.md section 1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: dict[str, Any]


@dataclass(kw_only=True)
class Grant:
    """One token that was given out."""

    expires_at: float
    scopes: frozenset[str]
    account: ServiceAccount
    calls: int = 0


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _refusal(status: int, error: str, description: str) -> Answer:
    return Answer(status=status, body={"error": error, "error_description": description})


@dataclass(kw_only=True)
class Tokens:
    """Mints and checks tokens. `clock` is real time in seconds, since clients trust `expires_in`."""

    tenant: Tenant
    clock: Callable[[], float] = time.time
    minted: int = 0
    _grants: dict[str, Grant] = field(default_factory=dict)

    @property
    def _key(self) -> bytes:
        return hex_name(self.tenant.world.seed, "signing key", length=64).encode()

    def mint(self, form: Mapping[str, str], faults: Faults) -> Answer:
        """Answer one request to the token endpoint."""
        options = self.tenant.options
        if form.get("grant_type") != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "Only client_credentials is supported.")
        if form.get("audience") not in AUDIENCES:
            return _refusal(403, "access_denied", f"Service not found: {form.get('audience', '')}")
        account = self._account(form.get("client_id", ""), form.get("client_secret", ""))
        if account is None:
            return _refusal(401, "access_denied", "Unauthorized")
        if faults.account_expired:
            return _refusal(401, "access_denied", "The service account has expired.")
        now = self.clock()
        self.minted += 1
        claims = {
            "iss": f"{self.tenant.base_url}/",
            "sub": account.id,
            "aud": form["audience"],
            "iat": int(now),
            "exp": int(now + options.token_seconds),
            "jti": hex_name(self.tenant.world.seed, "token", self.minted, length=24),
            "dc": options.dc,
            # Opaque to callers on the real thing too: a bit mask, not names (wiz-api.md section 1).
            "encodedScopes": _encode(hashlib.sha256(" ".join(account.scopes).encode()).digest()[:9]),
        }
        token = self._sign(claims)
        self._grants[token] = Grant(
            expires_at=now + options.token_seconds, scopes=frozenset(account.scopes), account=account
        )
        return Answer(
            status=200,
            body={
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": options.token_seconds,
                "refresh_token": hex_name(self.tenant.world.seed, "refresh", self.minted, length=48),
            },
        )

    def _account(self, client_id: str, secret: str) -> ServiceAccount | None:
        """The account that these credentials belong to; a deleted one has none."""
        for account in self.tenant.accounts:
            same_id = hmac.compare_digest(client_id.encode(), account.client_id.encode())
            if same_id and hmac.compare_digest(secret.encode(), account.client_secret.encode()):
                return account
        return None

    def _sign(self, claims: dict[str, Any]) -> str:
        head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
        body = _encode(json.dumps(claims, separators=(",", ":")).encode())
        signature = hmac.digest(self._key, f"{head}.{body}".encode(), "sha256")
        return f"{head}.{body}.{_encode(signature)}"

    def check(self, header: str | None, faults: Faults) -> Grant | None:
        """The grant behind an Authorization header, or None when the call must be refused with 401."""
        scheme, _space, token = (header or "").partition(" ")
        grant = self._grants.get(token.strip())
        if scheme.lower() != "bearer" or grant is None or self.clock() >= grant.expires_at:
            return None
        if grant.account not in self.tenant.accounts:
            return None
        grant.calls += 1
        if faults.revoke_after and grant.calls > faults.revoke_after:
            return None
        return grant

    def revoke_all(self) -> int:
        """Forget every token; answers how many there were."""
        count = len(self._grants)
        self._grants.clear()
        return count
