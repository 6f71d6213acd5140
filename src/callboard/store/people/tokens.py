"""Tokens of programs. Only their hashes are kept; what has ended stays, so that a name is never used twice."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from callboard.domain.access import Depth, Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.errors import ConflictError, NotFoundError
from callboard.store import schema
from callboard.store.database import next_id

t, o, r = schema.api_token.c, schema.api_token_owner.c, schema.api_token_right.c


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a token, which is not the token."""

    id: int
    name: str
    start: str
    """How it begins, for people to know it by."""
    grant: Grant
    made_at: Instant
    made_by: str
    ends_at: Instant
    revoked_at: Instant | None
    used_at: Instant | None
    """When it was last shown, to the hour. None: never."""

    def is_good(self, now: Instant) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and max(now, self.used_at or now) < self.ends_at


def create(
    conn: Connection, name: str, start: str, digest: bytes, grant: Grant, *, by: str, now: Instant, ends_at: Instant
) -> ApiToken:
    """Keep a new token. Inside `Store.write`. Raises ConflictError for a name that was used before."""
    if conn.execute(select(t.id).where(t.name == name)).scalar_one_or_none() is not None:
        raise ConflictError(
            f"There is, or was, a token called {name!r}.", hint="Names stay in the log, so each is used once."
        )
    id_ = next_id(conn, schema.api_token)
    conn.execute(
        insert(schema.api_token).values(
            id=id_, name=name, start=start, hash=digest, everything=grant.everything, component=grant.component,
            deepest=int(grant.deepest), made_at=now, made_by=by, ends_at=ends_at,
        )
    )  # fmt: skip
    owners = [{"token_id": id_, "ref": ref} for ref in sorted(set(grant.owners))]
    rights = [{"token_id": id_, "right": right.value} for right in sorted(set(grant.rights))]
    if owners:
        conn.execute(insert(schema.api_token_owner), owners)
    if rights:
        conn.execute(insert(schema.api_token_right), rights)
    return by_name(conn, name)


def everyone(conn: Connection) -> tuple[ApiToken, ...]:
    """Every token there is or was, by name."""
    return _tokens(conn, select(schema.api_token).order_by(t.name))


def by_name(conn: Connection, name: str) -> ApiToken:
    """The token of that name. Raises NotFoundError."""
    found = _tokens(conn, select(schema.api_token).where(t.name == name))
    if not found:
        raise NotFoundError(f"No token is called {name!r}.", hint="`callboard token list` shows them.")
    return found[0]


def by_hash(conn: Connection, digest: bytes) -> ApiToken | None:
    """The token with this hash, whether or not it has ended."""
    return next(iter(_tokens(conn, select(schema.api_token).where(t.hash == digest))), None)


def revoke(conn: Connection, name: str, *, now: Instant) -> ApiToken:
    """End a token. Raises NotFoundError for an unknown one, ConflictError for one that was revoked before."""
    token = by_name(conn, name)
    if token.revoked_at is not None:
        raise ConflictError(f"The token {name!r} was revoked before.")
    conn.execute(update(schema.api_token).where(t.id == token.id).values(revoked_at=now))
    return by_name(conn, name)


def used(conn: Connection, token_id: int, *, now: Instant) -> None:
    """Keep that a token is in use."""
    conn.execute(update(schema.api_token).where(t.id == token_id).values(used_at=now))


def _tokens(conn: Connection, query: Select[Any]) -> tuple[ApiToken, ...]:
    rows = conn.execute(query).all()
    ids = [row.id for row in rows]
    owners: dict[int, list[EntityRef]] = {}
    for id_, ref in conn.execute(select(o.token_id, o.ref).where(o.token_id.in_(ids)).order_by(o.ref)):
        owners.setdefault(id_, []).append(EntityRef(ref))
    rights: dict[int, list[Right]] = {}
    for id_, word in conn.execute(select(r.token_id, r.right).where(r.token_id.in_(ids)).order_by(r.right)):
        rights.setdefault(id_, []).append(Right(word))
    return tuple(_token(row, owners.get(row.id, []), rights.get(row.id, [])) for row in rows)


def _token(row: Row[Any], owners: list[EntityRef], rights: list[Right]) -> ApiToken:
    grant = Grant(
        everything=bool(row.everything),
        owners=tuple(owners),
        component=None if row.component is None else EntityRef(row.component),
        deepest=Depth(row.deepest),
        rights=tuple(rights),
    )
    return ApiToken(
        id=row.id, name=row.name, start=row.start, grant=grant, made_at=row.made_at, made_by=row.made_by,
        ends_at=row.ends_at, revoked_at=row.revoked_at, used_at=row.used_at,
    )  # fmt: skip
