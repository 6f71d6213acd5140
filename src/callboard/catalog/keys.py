"""Callboard's own signing key, with which it tells a portal who is asking.

The portal is told where the public half is published (`type: jwks` under `backend.auth.externalAccess`) and believes
tokens that verify against it: no secret lies in two places, and a token that leaks is worthless minutes later.
Measured against Backstage 1.55.0, 2026-11.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from callboard.catalog.config import BackstageConfig
from callboard.domain.instant import SECOND, Instant
from callboard.errors import ConfigError

ALGORITHM = "ES256"
"""The only one: signatures over the curve P-256, which is also Backstage's own choice."""

TOKEN_SECONDS = 300
"""Life of a token. One reading may take several of them."""

_RENEW_SECONDS = 60
"""How long before its end a token is replaced."""

_MAX_BYTES = 16_384


class SigningKey:
    """One private key. Shows nothing of itself but its id."""

    def __init__(self, key: ECKey) -> None:
        self._key = key
        self.id: str = key.thumbprint()
        """The key's RFC 7638 thumbprint: the same wherever it is worked out."""

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"

    @classmethod
    def generate(cls, path: Path) -> SigningKey:
        """Make a key and keep it in a new file that only its owner can read. Raises ConfigError."""
        key = ECKey.generate_key("P-256")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise ConfigError(
                f"There is a file at {path} already.", hint="Move it away first if a new key is really wanted."
            ) from None
        except OSError as error:
            raise ConfigError(f"The key file {path} cannot be made: {error.strerror}.") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.as_pem(private=True))
            file.flush()
            os.fsync(file.fileno())
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """The key in a PEM file. Raises ConfigError."""
        try:
            with path.open("rb") as file:
                raw = file.read(_MAX_BYTES)
        except OSError as error:
            raise ConfigError(
                f"The key file {path} cannot be read: {error.strerror}.",
                hint="Correct `key_file`, or make the key first.",
            ) from error
        try:
            key = ECKey.import_key(raw)
            is_usable = key.is_private and key.curve_name == "P-256"
        except (JoseError, ValueError, TypeError):
            is_usable = False
        if not is_usable:
            # The parser's own text may quote what it read, so it is not repeated.
            raise ConfigError(f"{path} holds no private P-256 key in PEM form.", hint="Only ES256 keys can be used.")
        return cls(key)

    def public(self) -> dict[str, Any]:
        """The public half as a JSON Web Key."""
        public = self._key.as_dict(private=False)
        wanted = ("kty", "crv", "x", "y")
        return {**{name: public[name] for name in wanted}, "kid": self.id, "alg": ALGORITHM, "use": "sig"}

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode({"typ": "JWT", "alg": ALGORITHM, "kid": self.id}, claims, self._key)


def jwks_document(keys: Iterable[SigningKey]) -> bytes:
    """The JSON to publish at `/.well-known/jwks.json`: during a change of keys, the old and the new one."""
    public = sorted((key.public() for key in keys), key=lambda each: str(each["kid"]))
    return msgspec.json.encode({"keys": public})


class KeyTokens:
    """Short-lived tokens of our own, one after the other."""

    def __init__(
        self, key: SigningKey, *, subject: str, issuer: str, audience: str, now: Callable[[], Instant]
    ) -> None:
        self._key = key
        self._claims = {"sub": subject, "iss": issuer, "aud": audience}
        self._now = now
        self._token = ""
        self._ends_at = 0

    @classmethod
    def of(cls, config: BackstageConfig, *, now: Callable[[], Instant], folder: Path) -> KeyTokens | None:
        """The tokens that a catalog's configuration asks for. None: it has a static one. Raises ConfigError."""
        if config.key_file is None:
            return None
        return cls(
            SigningKey.load(folder / config.key_file.expanduser()),
            subject=config.subject,
            issuer=config.issuer or "",
            audience=config.audience,
            now=now,
        )

    def current(self) -> str:
        """A token that is good for a minute at least."""
        seconds = self._now() // SECOND
        if seconds > self._ends_at - _RENEW_SECONDS:
            self._ends_at = seconds + TOKEN_SECONDS
            self._token = self._key.sign({**self._claims, "iat": seconds, "exp": self._ends_at})
        return self._token
