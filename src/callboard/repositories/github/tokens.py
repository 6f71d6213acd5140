"""Who Callboard is at GitHub: an app with tokens that live an hour, or one token that does not change.

Read 2026-11: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app. The app signs a JWT
(RS256, ten minutes at the most, `iss` the app's id or client id) and changes it for a token of one installation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from callboard.domain.instant import MINUTE, SECOND, Instant, from_text
from callboard.errors import ConfigError, RepositoryRefusedError
from callboard.net import Answer, Net, retry_after_seconds
from callboard.repositories.calls import TransientError, said_by
from callboard.repositories.config import GithubConfig
from callboard.telemetry import never_say

JWT_SECONDS = 540
"""Life of a JWT; ten minutes are allowed."""

SKEW_SECONDS = 60
"""How far GitHub's clock may be behind ours."""

RENEW_BEFORE = 5 * MINUTE
"""How long before its end a token is replaced."""

RIGHTS = {"contents": "read", "metadata": "read"}
"""What a token may do, also when the app was given more."""

_MAX_BYTES = 1024 * 1024


class _Token(msgspec.Struct):
    token: str
    expires_at: str


class _Installation(msgspec.Struct):
    id: int


class StaticToken:
    """One token, as the operator gave it."""

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    async def current(self) -> str:
        """The token."""
        return self._token

    async def renew(self) -> bool:
        """There is no other."""
        return False


class AppTokens:
    """Tokens of one installation of an app, one after the other."""

    def __init__(self, config: GithubConfig, net: Net, *, now: Callable[[], Instant]) -> None:
        """Raises ConfigError when the key is none."""
        self._config = config
        self._net = net
        self._now = now
        self._key = _load(config.private_key or "")
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._good_until = Instant(0)
        self._installation = config.installation_id

    async def current(self) -> str:
        """A token that is good for a while. Of many callers at once only one mints it."""
        if self._token is not None and self._now() < self._good_until:
            return self._token
        async with self._lock:
            if self._token is None or self._now() >= self._good_until:
                self._token = await self._mint()
            return self._token

    async def renew(self) -> bool:
        """After a refusal: the next `current` mints a new one. Of many refusals at once only the first counts."""
        refused = self._token
        async with self._lock:
            if self._token == refused:
                self._token = None
        return True

    def signed(self) -> str:
        """A JWT of the app itself."""
        seconds = self._now() // SECOND
        claims = {"iat": seconds - SKEW_SECONDS, "exp": seconds + JWT_SECONDS, "iss": self._config.app_id}
        return jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, self._key)

    async def _mint(self) -> str:
        if self._installation is None:
            self._installation = await self._find()
        url = f"{self._config.api}/app/installations/{self._installation}/access_tokens"
        answer = await self._ask("POST", url, {"permissions": RIGHTS})
        if answer.status != 201:
            raise self._why(answer)
        try:
            told = msgspec.json.decode(answer.body, type=_Token)
            ends_at = from_text(told.expires_at)
        except (msgspec.MsgspecError, ValueError):
            raise RepositoryRefusedError("GitHub answers without a token.", hint="Check `url`.") from None
        never_say(told.token)
        # One that lives shorter than we like would never be fresh enough: keep it for half of its life.
        life = max(ends_at - self._now(), 0)
        self._good_until = Instant(self._now() + max(life - RENEW_BEFORE, life // 2))
        return told.token

    async def _find(self) -> str:
        """The installation of the first organisation."""
        account = quote(self._config.organisations[0], safe="")
        for kind in ("orgs", "users"):
            answer = await self._ask("GET", f"{self._config.api}/{kind}/{account}/installation", None)
            if answer.status == 200:
                try:
                    return str(msgspec.json.decode(answer.body, type=_Installation).id)
                except (msgspec.MsgspecError, ValueError):
                    break
            if answer.status != 404:
                raise self._why(answer)
        raise RepositoryRefusedError(
            f"The GitHub App is not installed at {self._config.organisations[0]}.",
            hint="Install it there, or give `installation_id`.",
        )

    async def _ask(self, method: str, url: str, body: object) -> Answer:
        headers = {"Authorization": f"Bearer {self.signed()}", "Accept": "application/vnd.github+json"}
        answer = await self._net.request(method, url, headers=headers, json=body, max_bytes=_MAX_BYTES, timeout=30.0)
        if answer.status == 429 or answer.status >= 500:
            wait = retry_after_seconds(answer.headers, self._now())
            raise TransientError(f"GitHub answers {answer.status} to the app.", wait, told=answer.status == 429)
        return answer

    def _why(self, answer: Answer) -> RepositoryRefusedError:
        said = said_by(answer.body)
        if answer.status == 401:
            return RepositoryRefusedError(
                f"GitHub does not accept the app's signature{said}.",
                hint="Check app_id, private_key and this machine's clock.",
            )
        if answer.status == 422:
            return RepositoryRefusedError(
                f"The app lacks a right that Callboard needs{said}.",
                hint="Give it read-only rights to contents and metadata, and accept them where it is installed.",
            )
        return RepositoryRefusedError(
            f"GitHub gives the app no token (answer {answer.status}){said}.",
            hint="Check installation_id, and that the installation is not suspended.",
        )


def tokens_of(config: GithubConfig, net: Net, *, now: Callable[[], Instant]) -> AppTokens | StaticToken:
    """What the configuration says. Raises ConfigError."""
    return AppTokens(config, net, now=now) if config.app_id is not None else StaticToken(config.token or "")


def _load(pem: str) -> RSAKey:
    try:
        key = RSAKey.import_key(pem)
        is_usable = key.is_private
    except (JoseError, ValueError, TypeError):
        is_usable = False
    if not is_usable:
        # The parser's own text may quote what it read, so it is not repeated.
        raise ConfigError(
            "private_key holds no private RSA key in PEM form.", hint="GitHub offers it for download when it is made."
        )
    return key
