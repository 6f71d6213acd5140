"""Signed tokens from outside, checked: which key, which algorithm, which kind, for whom, and from when to when."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from callboard.domain.instant import SECOND, Instant
from callboard.errors import SignInRefusedError
from callboard.identity.keys import Keys

MAX_CHARACTERS = 16_384
"""A token that is longer is not looked at."""
SKEW_SECONDS = 10
"""How far the issuer's clock may be ahead of ours. A token's end is taken to the second."""
DAY_SECONDS = 86_400


async def verified(
    token: str,
    keys: Keys,
    *,
    algorithms: Collection[str],
    kinds: Collection[str | None],
    issuer: str,
    audience: str,
    now: Instant,
) -> dict[str, Any]:
    """The claims of a good token. `kinds` are the words that its `typ` may be; None stands for having none.

    Nothing that the token says about where its key is (`jku`, `x5u`, `jwk`) is looked at. Raises SignInRefusedError for any
    token that is not good, and IdentityUnreachableError when there are no keys to check it with.
    """
    header = _header(token)
    if header.get("alg") not in algorithms:
        raise SignInRefusedError("The token is not signed in a way that is accepted here.")
    if header.get("typ") not in kinds:
        raise SignInRefusedError("The token is of another kind than is accepted here.")
    kid = header.get("kid")
    key = await keys.find(kid, algorithms) if isinstance(kid, str) else None
    if key is None:
        raise SignInRefusedError("The token is signed with a key that is not known.")
    try:
        claims = jwt.decode(token, key, algorithms=list(algorithms)).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise SignInRefusedError("The token's signature is not good.") from None
    _check(claims, issuer=issuer, audience=audience, now=now // SECOND)
    return claims


def _header(token: str) -> dict[str, Any]:
    if len(token) > MAX_CHARACTERS or not token.isascii():
        raise SignInRefusedError("This is no token that is accepted here.")
    try:
        return dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError, TypeError, RecursionError):
        raise SignInRefusedError("This is no token that is accepted here.") from None


def _check(claims: dict[str, Any], *, issuer: str, audience: str, now: int) -> None:
    registry = JWTClaimsRegistry(
        now=now,
        leeway=SKEW_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    begins = [value for value in (claims.get("iat"), claims.get("nbf")) if isinstance(value, int | float)]
    if begins and max(begins) > now + SKEW_SECONDS:
        raise SignInRefusedError(
            f"The token begins {_span(max(begins) - now)} from now: the clock of whoever made it and Callboard's differ.",
            hint="Set both clocks by NTP; `callboard doctor` measures the difference.",
        )
    try:
        registry.validate(claims)
    except ExpiredTokenError:
        raise SignInRefusedError("The token has ended.", hint="Sign in again.") from None
    except JoseError:
        raise SignInRefusedError("The token was made by somebody else, or for somebody else.") from None
    if claims["exp"] <= now:
        raise SignInRefusedError("The token has ended.", hint="Sign in again.")
    if claims["exp"] - claims["iat"] > DAY_SECONDS:
        raise SignInRefusedError("The token is good for longer than a day, which is not accepted.")


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{round(seconds)} seconds"
