"""Plan which teams are given the portal when, and keep the plan where nobody can change it unseen."""

from __future__ import annotations

import secrets
from collections.abc import Collection

import msgspec

from callboard.domain.access import Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.rollout import ACTION, Rollout, by_lot, chosen, detail_of
from callboard.errors import InvalidQueryError
from callboard.ports import Clock
from callboard.store import Connection, Store
from callboard.store.people import audit
from callboard.store.remediation import outbox, rolling


def draw(
    store: Store, viewer: Viewer, *, waves: int, first: Instant, every: int, clock: Clock, seed: str = "",
    teams: Collection[EntityRef] = (),
) -> Rollout:  # fmt: skip
    """Let a lot decide who begins: of these teams, or of all that own something. Without a seed one is made up.

    Raises NotAllowedError, and InvalidQueryError where that cannot be planned.
    """
    viewer.require(Right.ADMINISTER)
    with store.write() as conn:
        now = clock.now()
        plan = by_lot(
            teams or outbox.teams(conn), seed=seed or secrets.token_hex(16), waves=waves, first=first, every=every,
            now=now, by=viewer.named,
        )  # fmt: skip
        return _kept(conn, plan)


def choose(
    store: Store, viewer: Viewer, pilots: Collection[EntityRef], *, first: Instant, clock: Clock
) -> Rollout:  # fmt: skip
    """Say who begins, without a lot; all others that own something wait. Raises NotAllowedError and InvalidQueryError."""
    viewer.require(Right.ADMINISTER)
    with store.write() as conn:
        now = clock.now()
        every = outbox.teams(conn)
        for each in pilots:
            if each not in every:
                raise InvalidQueryError(f"{each} owns nothing in the catalog.", field="pilot")
        plan = chosen(pilots, every, first=first, now=now, by=viewer.named)
        return _kept(conn, plan)


def _kept(conn: Connection, plan: Rollout) -> Rollout:
    entry = audit.note(
        conn, at=plan.planned_at, actor=plan.planned_by, action=ACTION, subject="rollout", detail=detail_of(plan)
    )
    return msgspec.structs.replace(plan, entry=entry.seq)


def plans(store: Store, viewer: Viewer) -> tuple[Rollout, ...]:
    """Every plan, the newest first. Raises NotAllowedError."""
    viewer.require(Right.ADMINISTER)
    with store.read() as conn:
        return rolling.plans(conn)


def tomorrow(now: Instant) -> Instant:
    """The first moment of the soonest day on which a rollout can begin."""
    return Instant((now // DAY + 1) * DAY)
