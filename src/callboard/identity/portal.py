"""A Backstage portal's signed-in users: their tokens, their groups, and what the portal shows them.

Measured against Backstage 1.55.0, 2026-11: a user token is an ES256 JWT of `typ` vnd.backstage.user whose `aud` is
"backstage" and whose `iss` is the portal's outer address with /api/auth. Since auth-backend 0.28.0 it says nothing about
groups; `GET /api/auth/v1/userinfo` does. Limited-user tokens (`vnd.backstage.limited-user`) and plugin tokens
(`vnd.backstage.plugin`) verify against published keys as well and are no sign-in.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from callboard.domain.component import EntityRef, entity_ref, kind_of
from callboard.domain.instant import SECOND, Instant, from_datetime
from callboard.errors import IdentityUnreachableError, OutboundError, SignInRefusedError
from callboard.identity.config import PortalConfig
from callboard.identity.keys import Keys
from callboard.identity.signed import verified
from callboard.net import Answer, Net
from callboard.ports import Check

_T = TypeVar("_T", bound=msgspec.Struct)

USER = "vnd.backstage.user"
AUDIENCE = "backstage"
MAX_BYTES = 1024 * 1024
"""Of what the portal says about a user."""
MAX_REFS = 500
"""Entities that are asked about in one request."""
HELD_TOKENS = 10_000
"""Tokens whose userinfo is remembered at a time, each until it ends."""
CLOCKS_DIFFER_SECONDS = 60


class PortalUser(msgspec.Struct, frozen=True, kw_only=True):
    """Who a token says is asking."""

    ref: EntityRef
    told: tuple[EntityRef, ...]
    """Whom the portal says this user speaks for: the user and groups."""
    begins_at: Instant
    ends_at: Instant


class _Claims(msgspec.Struct):
    sub: str
    ent: list[str] | None = None


class _UserInfo(msgspec.Struct):
    claims: _Claims


class _Shown(msgspec.Struct):
    items: list[msgspec.Raw]


class Portal:
    """One portal."""

    def __init__(self, config: PortalConfig, net: Net, *, now: Callable[[], Instant]) -> None:
        self._config = config
        self._net = net
        self._now = now
        self._keys = Keys(
            lambda: f"{config.base_url}/api/auth/.well-known/jwks.json", net, now=now, timeout=config.timeout_seconds
        )
        self._told: OrderedDict[bytes, tuple[tuple[EntityRef, ...], Instant]] = OrderedDict()

    @property
    def decides(self) -> bool:
        """Whether it has a say in what is shown of others."""
        return self._config.decides

    async def user(self, token: str) -> PortalUser:
        """Who is asking. Raises SignInRefusedError, and IdentityUnreachableError when it cannot be found out."""
        claims = await verified(
            token,
            self._keys,
            algorithms=self._config.algorithms,
            kinds=(USER,),
            issuer=self._config.issuer,
            audience=AUDIENCE,
            now=self._now(),
        )
        ref = _user_ref(claims["sub"])
        ends_at = Instant(int(claims["exp"] * SECOND))
        # Where the operator has the portal put them into the token, they are signed with it.
        own = claims.get("ent")
        told = _refs(own) if isinstance(own, list) else await self._told_about(token, ref, ends_at)
        return PortalUser(ref=ref, told=told, begins_at=Instant(int(claims["iat"] * SECOND)), ends_at=ends_at)

    async def shown(self, token: str, refs: Sequence[EntityRef]) -> frozenset[EntityRef]:
        """Those of the entities that the portal shows to the bearer of this token. Raises IdentityUnreachableError."""
        found: set[EntityRef] = set()
        for start in range(0, len(refs), MAX_REFS):
            some = refs[start : start + MAX_REFS]
            answer = await self._ask(
                "POST", "/api/catalog/entities/by-refs", token, json={"entityRefs": list(some), "fields": ["kind"]}
            )
            items = _decoded(answer, _Shown).items
            if len(items) != len(some):
                raise IdentityUnreachableError(
                    "The portal's catalog answers about other entities than it was asked for."
                )
            found.update(ref for ref, item in zip(some, items, strict=True) if bytes(item) != b"null")
        return frozenset(found)

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""
        checks = [await self._check_keys()]
        try:
            answer = await self._net.request(
                "GET", f"{self._config.base_url}/api/auth/v1/userinfo", timeout=self._config.timeout_seconds
            )
        except OutboundError as error:
            return (*checks, Check(subject="userinfo", ok=False, message=error.message, hint=error.hint))
        # Without a token it has to refuse; anything else is not the portal's userinfo.
        if answer.status == 401:
            checks.append(Check(subject="userinfo", ok=True, message="It answers."))
        else:
            told = f"It answers {answer.status} where a portal refuses with 401."
            hint = "Check `url`; a login page or another proxy may stand in front of the portal's backend."
            checks.append(Check(subject="userinfo", ok=False, message=told, hint=hint))
        return (*checks, clock_check(answer, self._now()))

    async def _check_keys(self) -> Check:
        try:
            count = await self._keys.refresh()
        except IdentityUnreachableError as error:
            return Check(subject="keys", ok=False, message=error.message, hint=error.hint)
        if not count:
            return Check(subject="keys", ok=False, message="The portal publishes no key.", hint="Check `url`.")
        return Check(subject="keys", ok=True, message=f"The portal publishes {count}.")

    async def _told_about(self, token: str, ref: EntityRef, ends_at: Instant) -> tuple[EntityRef, ...]:
        """What userinfo says, remembered for as long as the token is good."""
        key = hashlib.sha256(token.encode()).digest()
        if key in self._told:
            self._told.move_to_end(key)
            return self._told[key][0]
        claims = _decoded(await self._ask("GET", "/api/auth/v1/userinfo", token), _UserInfo).claims
        if _user_ref(claims.sub) != ref:
            raise SignInRefusedError("The portal says that the token is somebody else's.")
        if claims.ent is None:
            # Unknown is not "no groups": nobody can tell what this person owns.
            raise SignInRefusedError(
                "The portal does not tell which groups you are in.",
                hint="Its sign-in resolver has to issue ownership references (`ent`).",
            )
        told = _refs(claims.ent)
        self._told[key] = (told, ends_at)
        while len(self._told) > HELD_TOKENS:
            self._told.popitem(last=False)
        return told

    async def _ask(self, method: str, path: str, token: str, json: object = None) -> Answer:
        try:
            answer = await self._net.request(
                method,
                f"{self._config.base_url}{path}",
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                json=json,
                max_bytes=MAX_BYTES,
                timeout=self._config.timeout_seconds,
            )
        except OutboundError as error:
            raise IdentityUnreachableError(f"The portal cannot be asked: {error.message}", hint=error.hint) from error
        if answer.status in (401, 403):
            raise SignInRefusedError("The portal does not accept the token.", hint="Sign in to the portal again.")
        if answer.status != 200:
            raise IdentityUnreachableError(f"The portal cannot be asked: it answers {answer.status}.")
        return answer


def clock_check(answer: Answer, now: Instant) -> Check:
    """Whether the clock of whoever answered agrees with ours, by the Date of the answer."""
    try:
        theirs = from_datetime(parsedate_to_datetime(answer.headers["Date"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return Check(subject="clock", ok=None, message="It does not tell what time it has.")
    apart = abs(theirs - now) // SECOND
    if apart <= CLOCKS_DIFFER_SECONDS:
        return Check(subject="clock", ok=True, message="It agrees with Callboard's.")
    side = "ahead of" if theirs > now else "behind"
    told = f"It is {_span(apart)} {side} Callboard's, so that tokens are refused before they begin or taken after they ended."
    return Check(subject="clock", ok=False, message=told, hint="Set both clocks by NTP.")


def _span(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 else f"{seconds} seconds"


def _decoded(answer: Answer, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise IdentityUnreachableError(
            "The portal answers with something that is not Backstage's.",
            hint="Check `url`; a login page or another proxy may stand in front of the portal's backend.",
        ) from None


def _user_ref(text: object) -> EntityRef:
    """The reference of a user, in the spelling that references are compared in."""
    try:
        ref = entity_ref(text) if isinstance(text, str) else EntityRef("")
    except ValueError:
        ref = EntityRef("")
    if kind_of(ref) != "user":
        raise SignInRefusedError("The token does not name a user of the catalog.")
    return ref


def _refs(texts: Collection[object]) -> tuple[EntityRef, ...]:
    """The references among these; what is none gives nothing."""
    found: set[EntityRef] = set()
    for text in texts:
        try:
            found.add(entity_ref(text if isinstance(text, str) else ""))
        except ValueError:
            continue
    return tuple(sorted(found))
