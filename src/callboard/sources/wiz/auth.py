"""Tokens of a Wiz service account: OAuth client credentials, both generations of token hosts.

As of 2026-08, read in shipped clients: a form-encoded POST answers with `access_token` and `expires_in` (24 hours in Wiz's
own tutorials); the token endpoint has its own rate limit, so a token is kept until a minute before it ends. The exact
bodies of refusals are not public: sentences are chosen from the status and the OAuth error word.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable

import msgspec

from callboard.domain.instant import Instant
from callboard.errors import SourceChangedError, SourceRefusedError
from callboard.net import Answer, Net, retry_after_seconds
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.patience import TransientError

REFRESH_SECONDS = 60.0
"""How long before its end a token is replaced."""

_MAX_ANSWER_BYTES = 256 * 1024
_TIMEOUT_SECONDS = 30.0


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float = 3600.0


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""
    message: str = ""


class Tokens:
    """The present token of one service account."""

    def __init__(
        self, config: WizConfig, net: Net, *, monotonic: Callable[[], float], now: Callable[[], Instant]
    ) -> None:
        self._config = config
        self._net = net
        self._monotonic = monotonic
        self._now = now
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._good_until = 0.0

    async def current(self) -> str:
        """A token that is good for a while. Raises SourceRefusedError, SourceChangedError or TransientError."""
        if self._token is not None and self._monotonic() < self._good_until:
            return self._token
        async with self._lock:
            if self._token is None or self._monotonic() >= self._good_until:
                self._token = await self._mint()
            return self._token

    async def instead_of(self, refused: str) -> str:
        """A fresh token after the API refused `refused`. Of many callers at once only the first mints one."""
        async with self._lock:
            if self._token is None or self._token == refused:
                self._token = None
                self._token = await self._mint()
            return self._token

    async def _mint(self) -> str:
        answer = await self._net.request(
            "POST",
            self._config.token_url,
            form={
                "grant_type": "client_credentials",
                "client_id": self._config.client_id,
                "client_secret": self._config.client_secret,
                "audience": self._config.token_audience,
            },
            max_bytes=_MAX_ANSWER_BYTES,
            timeout=_TIMEOUT_SECONDS,
        )
        if answer.status != 200:
            raise _why(answer, self._now())
        try:
            token = msgspec.json.decode(answer.body, type=_Token)
        except (msgspec.MsgspecError, ValueError):
            token = _Token("")
        if not token.access_token or not token.access_token.isprintable():
            raise SourceChangedError("The token endpoint answered without a token.", hint="Check token_url.")
        life = max(token.expires_in, 0.0)
        # A token that lives a minute or less would never be fresh enough: keep it for half of its life.
        self._good_until = self._monotonic() + max(life - REFRESH_SECONDS, life / 2)
        return token.access_token


def _why(answer: Answer, now: Instant) -> Exception:
    """The sentence for a refusal. Descriptions are read but not repeated: what a token endpoint echoes may be secret."""
    try:
        refusal = msgspec.json.decode(answer.body, type=_Refusal)
    except (msgspec.MsgspecError, ValueError):
        refusal = _Refusal()
    text = f"{refusal.error} {refusal.error_description} {refusal.message}".lower()
    status = answer.status
    if status == 429:
        return TransientError(
            "Wiz's token endpoint is rate limited.", wait_seconds=retry_after_seconds(answer.headers, now), told=True
        )
    if status >= 500 or status == 408:
        return TransientError(
            f"Wiz's token endpoint answers {status}.", wait_seconds=retry_after_seconds(answer.headers, now)
        )
    if "expired" in text or "disabled" in text:
        return SourceRefusedError(
            "The Wiz service account has expired or is disabled.",
            hint="Create or renew it in Wiz under Settings, Service Accounts, and put the new id and secret in place.",
        )
    if re.search(r"\bip\b|forbidden_ip|allow.?list", text):
        return forbidden_ip()
    if "scope" in text:
        return SourceRefusedError(
            "The Wiz service account lacks a scope that its token needs.",
            hint="Give it read:projects, read:issues, read:vulnerabilities and read:cloud_configuration.",
        )
    if "audience" in text:
        return SourceRefusedError(
            "The token endpoint does not know the audience.", hint="Leave audience unset, or check token_url."
        )
    if status in (400, 401):
        return SourceRefusedError(
            "Wiz does not accept the client id and secret.",
            hint="Check both, and that the service account is of the type Custom Integration (GraphQL API).",
        )
    if status == 403:
        return SourceRefusedError(
            "Wiz's token endpoint forbids this service account.",
            hint="Check that it is enabled, and that the tenant's list of allowed addresses holds this host.",
        )
    return SourceChangedError(f"The token endpoint answers {status}.", hint="Check token_url.")


def forbidden_ip() -> SourceRefusedError:
    """The refusal for where we call from."""
    return SourceRefusedError(
        "Wiz does not accept calls from this network address.",
        hint="Add this host's outbound address to the allowed addresses of the Wiz tenant.",
    )


def api_url_from_token(token: str) -> str | None:
    """The API address that a token's `dc` claim points to, to suggest it to the operator. None: the token does not tell.

    The token is not verified and must not be: only Wiz can. What comes out is a suggestion for a person, never a place
    that Callboard sends the token to by itself. Measured by a third party on a production tenant, 2026-08.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)), type=_Claims)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    if re.fullmatch(r"[a-z]{2,6}[0-9]{0,4}", claims.dc) is None:
        return None
    return f"https://api.{claims.dc}.app.wiz.io/graphql"


class _Claims(msgspec.Struct):
    dc: str = ""
