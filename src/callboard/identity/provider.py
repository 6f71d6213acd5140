"""Sign-in with an OpenID Connect provider: authorization code with PKCE, and the id token checked.

The pieces of the protocol (the grant's address, the challenge, the claims of an id token) are Authlib's; every request goes
through `net`. Nothing about a sign-in under way is kept here: what ties the two halves together is worked out from one
random text that only the browser holds.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jws
from joserfc.errors import JoseError

from callboard.domain.instant import HOUR, SECOND, Instant
from callboard.errors import ConfigError, IdentityUnreachableError, OutboundError, SignInRefusedError
from callboard.identity.config import ProviderConfig
from callboard.identity.keys import Keys
from callboard.identity.portal import clock_check
from callboard.identity.signed import SKEW_SECONDS, verified
from callboard.net import Answer, Net
from callboard.ports import Check

_T = TypeVar("_T", bound=msgspec.Struct)

DISCOVERY_KEPT_FOR = HOUR
MAX_BYTES = 256 * 1024
"""Of an answer of the provider."""
MAX_CODE_CHARACTERS = 4_096
_BASIC = "client_secret_basic"


class Attempt:
    """One sign-in under way. Whoever holds its secret, the browser alone, can finish it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.state = self._part("state")
        self.nonce = self._part("nonce")
        self.verifier = self._part("verifier")

    @classmethod
    def begin(cls) -> Attempt:
        """A new one."""
        return cls(secrets.token_urlsafe(32))

    def _part(self, name: str) -> str:
        digest = hmac.digest(self.secret.encode("utf-8", "surrogatepass"), name.encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Named(msgspec.Struct, frozen=True):
    """What the provider says about who signed in."""

    matches: str
    """What of a catalog user to look for: `email`, `name`, or the key of an annotation."""
    value: str


class _Endpoints(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)


class _Tokens(msgspec.Struct):
    id_token: str
    access_token: str | None = None


class Provider:
    """One provider."""

    def __init__(self, config: ProviderConfig, net: Net, *, redirect: str, now: Callable[[], Instant]) -> None:
        """`redirect` is where the provider sends the browser back to."""
        self._config = config
        self._net = net
        self._redirect = redirect
        self._now = now
        self._found: _Endpoints | None = None
        self._found_at = Instant(0)
        self._keys = Keys(self._key_address, net, now=now, timeout=config.timeout_seconds)

    @property
    def name(self) -> str:
        """What the sign-in page calls it."""
        return self._config.name

    async def address(self, attempt: Attempt) -> str:
        """Where the browser is sent to sign in. Raises IdentityUnreachableError."""
        found = await self._endpoints()
        address: str = prepare_grant_uri(
            found.authorization_endpoint,
            self._config.client_id,
            "code",
            redirect_uri=self._redirect,
            scope=list(self._config.scopes),
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address

    async def finish(self, attempt: Attempt, returned: Mapping[str, str]) -> Named:
        """Who signed in, from what the browser came back with.

        Raises SignInRefusedError, and IdentityUnreachableError when the provider does not answer.
        """
        if not hmac.compare_digest(returned.get("state", "").encode("utf-8", "replace"), attempt.state.encode()):
            raise SignInRefusedError(
                "This sign-in was not begun in this browser, or too long ago.", hint="Begin again."
            )
        if "error" in returned:
            raise SignInRefusedError(
                "The provider did not sign you in.", hint="Begin again, or ask who looks after it."
            )
        found = await self._endpoints()
        if returned.get("iss", found.issuer) != found.issuer:  # RFC 9207: another provider's answer
            raise SignInRefusedError("The answer is from another provider.")
        code = returned.get("code", "")
        if not 0 < len(code) <= MAX_CODE_CHARACTERS:
            raise SignInRefusedError("The provider's answer holds no code.", hint="Begin again.")
        tokens = await self._exchange(found, code, attempt.verifier)
        return await self._named(tokens, attempt)

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""
        try:
            self._found = None
            await self._endpoints()
            count = await self._keys.refresh()
        except IdentityUnreachableError as error:
            return (Check(subject="provider", ok=False, message=error.message, hint=error.hint),)
        answer = await self._get(get_well_known_url(self._config.issuer, external=True))
        ok = Check(subject="provider", ok=bool(count), message=f"It can be discovered and publishes {count} keys.")
        return (ok, clock_check(answer, self._now()))

    async def _named(self, tokens: _Tokens, attempt: Attempt) -> Named:
        now = self._now()
        config = self._config
        claims = await verified(
            tokens.id_token,
            self._keys,
            algorithms=config.algorithms,
            kinds=("JWT", None),
            issuer=config.issuer,
            audience=config.client_id,
            now=now,
        )
        asked = {"nonce": attempt.nonce, "client_id": config.client_id, "access_token": tokens.access_token}
        token = CodeIDToken(claims, _header(tokens.id_token), params=asked)
        try:
            token.validate(now=now // SECOND, leeway=SKEW_SECONDS)
        except (JoseError, ValueError, TypeError):
            raise SignInRefusedError("The provider's token is for another sign-in.", hint="Begin again.") from None
        value = claims.get(config.claim)
        if not isinstance(value, str) or not value.strip():
            raise SignInRefusedError(
                f"The provider's token has no {config.claim}, by which the catalog would know you.",
                hint="`claim` and `scopes` under [identity.provider] decide which claim is asked for.",
            )
        if config.claim == "email" and not config.trust_unverified_email and claims.get("email_verified") is not True:
            raise SignInRefusedError(
                "The provider does not say that your e-mail address is verified.",
                hint="Anybody could have typed it. The provider has to send email_verified.",
            )
        return Named(config.matches, value.strip())

    async def _exchange(self, found: _Endpoints, code: str, verifier: str) -> _Tokens:
        """The tokens for a code, which is good once."""
        config = self._config
        fields = {"code": code, "code_verifier": verifier, "client_id": config.client_id}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if config.client_secret:
            methods = found.token_endpoint_auth_methods_supported
            if _BASIC in methods or "client_secret_post" not in methods:
                _, headers, _ = encode_client_secret_basic(_Client(config), "POST", "", headers, "")
            else:
                fields["client_secret"] = config.client_secret
        body = prepare_token_request("authorization_code", redirect_uri=self._redirect, **fields)
        try:
            answer = await self._net.request(
                "POST",
                found.token_endpoint,
                headers=headers,
                body=body.encode(),
                max_bytes=MAX_BYTES,
                timeout=config.timeout_seconds,
            )
        except OutboundError as error:
            raise IdentityUnreachableError(f"The provider cannot be asked: {error.message}", hint=error.hint) from error
        if 400 <= answer.status < 500:
            raise SignInRefusedError("The provider does not accept the code.", hint="Begin again.")
        return _decoded(answer, _Tokens)

    async def _endpoints(self) -> _Endpoints:
        now = self._now()
        if self._found is None or not 0 <= now - self._found_at < DISCOVERY_KEPT_FOR:
            found = _decoded(await self._get(get_well_known_url(self._config.issuer, external=True)), _Endpoints)
            if found.issuer != self._config.issuer:
                raise IdentityUnreachableError(
                    "The provider's own document names another issuer.",
                    hint="`issuer` under [identity.provider] has to be spelled as that document spells it.",
                )
            self._found, self._found_at = found, now
        return self._found

    def _key_address(self) -> str:
        if self._found is None:
            raise ConfigError("The provider was not discovered yet.")
        return self._found.jwks_uri

    async def _get(self, url: str) -> Answer:
        try:
            return await self._net.request("GET", url, max_bytes=MAX_BYTES, timeout=self._config.timeout_seconds)
        except OutboundError as error:
            raise IdentityUnreachableError(f"The provider cannot be asked: {error.message}", hint=error.hint) from error


class _Client:
    """As much of a client as Authlib's encoding of its secret needs."""

    def __init__(self, config: ProviderConfig) -> None:
        self.client_id = config.client_id
        self.client_secret = config.client_secret


def _header(token: str) -> dict[str, Any]:
    return dict(jws.extract_compact(token.encode()).headers())


def _decoded(answer: Answer, kind: type[_T]) -> _T:
    if answer.status != 200:
        raise IdentityUnreachableError(f"The provider cannot be asked: it answers {answer.status}.")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise IdentityUnreachableError("The provider answers with something that is not OpenID Connect.") from None
