"""Tokens of programs: made, shown once, listed, revoked, and known again."""

from __future__ import annotations

import hashlib
import re
import secrets

import msgspec

from callboard.domain.access import Depth, Grant, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.errors import InvalidQueryError
from callboard.ports import Clock
from callboard.store import Store
from callboard.store.ownership import catalog
from callboard.store.people import audit
from callboard.store.people import tokens as token_store
from callboard.store.people.tokens import ApiToken

BEGINNING = "cbt_"
"""Every token begins so, that people and scanners of leaked secrets know it."""
MAX_DAYS = 730
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Made(msgspec.Struct, frozen=True):
    """A token, the only time that it is told."""

    secret: str
    token: ApiToken

    def __repr__(self) -> str:
        return f"Made({self.token.name!r})"


def create(store: Store, viewer: Viewer, name: str, grant: Grant, *, days: int, clock: Clock) -> Made:
    """Make a token. Raises NotAllowedError, ConflictError for a used name, InvalidQueryError for what cannot be granted."""
    viewer.require(Right.ADMINISTER)
    _check(name, grant, days)
    start = f"{BEGINNING}{secrets.token_hex(4)}"
    secret = f"{start}_{secrets.token_urlsafe(32)}"
    now = clock.now()
    with store.write() as conn:
        for ref in (*grant.owners, *([grant.component] if grant.component else [])):
            if not catalog.holds(conn, ref):
                raise InvalidQueryError(
                    f"The catalog has no {ref}.", field="sees", hint="`callboard components` lists what it has."
                )
        token = token_store.create(
            conn, name, start, _digest(secret), grant, by=viewer.named, now=now, ends_at=Instant(now + days * DAY)
        )
        detail = {
            "sees": grant.words,
            "depth": grant.deepest.name.lower(),
            "rights": ",".join(right.value for right in grant.rights) or "read",
            "days": str(days),
        }
        audit.note(conn, at=now, actor=viewer.named, action="token.create", subject=f"token:{name}", detail=detail)
    return Made(secret, token)


def everyone(store: Store, viewer: Viewer) -> tuple[ApiToken, ...]:
    """Every token there is or was. Raises NotAllowedError."""
    viewer.require(Right.ADMINISTER)
    with store.read() as conn:
        return token_store.everyone(conn)


def revoke(store: Store, viewer: Viewer, name: str, *, clock: Clock) -> ApiToken:
    """End a token at once. Raises NotAllowedError, NotFoundError, ConflictError."""
    viewer.require(Right.ADMINISTER)
    now = clock.now()
    with store.write() as conn:
        token = token_store.revoke(conn, name, now=now)
        audit.note(conn, at=now, actor=viewer.named, action="token.revoke", subject=f"token:{name}")
    return token


def known(store: Store, secret: str, *, clock: Clock) -> ApiToken | None:
    """The token that this is. None: it is none, or none that is good now."""
    if not secret.startswith(BEGINNING) or len(secret) > 128:
        return None
    now = clock.now()
    with store.read() as conn:
        token = token_store.by_hash(conn, _digest(secret))
    if token is None or token.is_good(now):
        return token
    if token.ends_at <= now and (token.used_at or 0) < token.ends_at:
        # That it was shown after its end is kept, so that a clock that is set back does not make it good again.
        with store.write() as conn:
            token_store.used(conn, token.id, now=now)
    return None


def keep(store: Store, token: ApiToken, *, clock: Clock) -> None:
    """Keep that the token is in use, to the hour."""
    now = clock.now()
    if token.used_at is None or now - token.used_at >= HOUR:
        with store.write() as conn:
            token_store.used(conn, token.id, now=now)


def _check(name: str, grant: Grant, days: int) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidQueryError(
            "A token's name has up to 64 small letters, digits, dots, dashes and underscores.", field="name"
        )
    if not 1 <= days <= MAX_DAYS:
        raise InvalidQueryError(f"A token lasts 1 to {MAX_DAYS} days.", field="days")
    if sum((grant.everything, bool(grant.owners), grant.component is not None)) != 1:
        raise InvalidQueryError(
            "A token sees everything, or what some groups own, or one component.", field="sees",
            hint="For example everything, group:default/payments or component:default/checkout.",
        )  # fmt: skip
    if grant.deepest is Depth.COUNTS and grant.rights:
        raise InvalidQueryError("Who sees numbers alone can act on nothing.", field="depth")


def sees(texts: tuple[EntityRef, ...] | None, *, deepest: Depth, rights: tuple[Right, ...]) -> Grant:
    """The grant for what was written: None stands for everything, else references of groups, users or one component."""
    if texts is None:
        return Grant(everything=True, deepest=deepest, rights=rights)
    components = [ref for ref in texts if ref.startswith("component:")]
    owners = tuple(ref for ref in texts if ref.startswith(("group:", "user:")))
    if len(components) + len(owners) != len(texts) or len(components) > 1:
        raise InvalidQueryError("A token sees groups, users, or one component.", field="sees")
    return Grant(owners=owners, component=components[0] if components else None, deepest=deepest, rights=rights)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
