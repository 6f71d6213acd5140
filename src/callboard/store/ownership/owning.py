"""Ownership written down: decisions, the evidence behind them, and what has to win twice.

A decision belongs to a resource; its result is an interned holding (`store.holdings`), and the counters know findings by
holding only. So a component that changes its owner touches no finding, and evidence that changes moves a resource with its
findings (`store.moving`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.drift import News, SignalKind
from callboard.domain.ownership.verdict import Ownership, must_win_again
from callboard.store import schema
from callboard.store.dialect import Dialect, Row
from callboard.store.ownership import candidates, signals, spells
from callboard.store.ownership.candidates import Amendment
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.subjects import subjects


class Move(msgspec.Struct, frozen=True, gc=False):
    """One resource that goes to another holding, or stays by other evidence."""

    resource_id: int
    before: int
    after: int
    tier: int | None
    """Of the evidence that decides from now on."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One resource and whose it is by the evidence in force; nothing is written yet."""

    id: int
    holding_id: int
    """As it is stored."""
    ownership: Ownership


def judge(conn: Connection, dialect: Dialect, holdings: Holdings, ids: Sequence[int]) -> Iterator[list[Judged]]:
    """Decide these resources anew, a chunk at a time, in memory."""
    for told in subjects(conn, dialect, holdings, ids):
        yield [Judged(id_, holding_id, holdings.decide(conn, subject)) for id_, holding_id, subject in told]


def decide_again(
    conn: Connection, dialect: Dialect, holdings: Holdings, resource_ids: Sequence[int], *, now: Instant,
    at_once: bool = False, since: Instant | None = None,
) -> list[Move]:  # fmt: skip
    """Decide these resources anew and store the evidence. Returns the moves that follow.

    Weak evidence that would displace an owner who still has a claim has to win twice, unless `at_once`: a person has
    looked at it. What was written from `since` on nobody has seen (None: all is seen): it has not won before, and an owner
    of since then is displaced at once.
    """
    seen_at = now if since is None else since
    moves: list[Move] = []
    told: list[Move] = []
    for judged in judge(conn, dialect, holdings, resource_ids):
        first = len(moves)
        ids = [each.id for each in judged]
        tiers = _tiers(conn, dialect, ids)
        unseen = spells.unseen(conn, dialect, ids, since)
        challenged = _challenges(conn, dialect, ids)
        challengers: list[Row] = []
        wanted: list[Row] = []
        decided = holdings.intern_all(conn, [each.ownership for each in judged])
        if not at_once:
            pairs = zip(judged, decided, strict=True)
            holdings.read_homes(conn, {each.holding_id for each, to in pairs if to != each.holding_id})
        for each, decided_to in zip(judged, decided, strict=True):
            to, tier, routes = decided_to, each.ownership.tier, None
            if to != each.holding_id and not at_once and each.id not in unseen:
                home = holdings.home(conn, each.holding_id)
                if must_win_again(each.ownership, home.verdict, home.routes):
                    holding_id, since_at = challenged.get(each.id, (0, now))
                    if holding_id != to or since_at >= seen_at:
                        challengers.append((each.id, to, since_at if holding_id == to else now))
                        to, tier, routes = each.holding_id, tiers.get(each.id), home.routes
            wanted += candidates.rows_of(holdings, each.id, each.ownership, routes=routes)
            if to != each.holding_id or tier != tiers.get(each.id):
                moves.append(Move(each.id, each.holding_id, to, tier))
        _write_challenges(conn, dialect, challenged, challengers)
        amendment = Amendment()
        amendment.take(candidates.stored(conn, dialect, ids), wanted)
        amendment.write(conn, dialect, now=now)
        told += [each for each in moves[first:] if each.resource_id not in unseen]
    signals.note(conn, dialect, _news(conn, holdings, told), now=now)
    return moves


def adopt(
    conn: Connection, dialect: Dialect, holdings: Holdings, decisions: Sequence[Judged], amendment: Amendment, *,
    now: Instant,
) -> list[Move]:  # fmt: skip
    """Store decisions that a person has looked at, with what they change in the evidence. Returns the moves that follow.

    They were made by just what is known now, and nobody has written since.
    """
    ids = [each.id for each in decisions]
    tiers = _tiers(conn, dialect, ids)
    moves: list[Move] = []
    for each, to in zip(decisions, holdings.intern_all(conn, [each.ownership for each in decisions]), strict=True):
        tier = each.ownership.tier
        if to != each.holding_id or tier != tiers.get(each.id):
            moves.append(Move(each.id, each.holding_id, to, tier))
    _write_challenges(conn, dialect, _challenges(conn, dialect, ids), ())
    amendment.write(conn, dialect, now=now)
    signals.note(conn, dialect, _news(conn, holdings, moves), now=now)
    return moves


def _news(conn: Connection, holdings: Holdings, moves: Sequence[Move]) -> list[News]:
    """What former and new owners are told: how much went from whom to whom. What was nobody's is no loss."""
    counts: Counter[tuple[tuple[EntityRef, ...], tuple[EntityRef, ...]]] = Counter()
    holdings.read_homes(conn, {id_ for each in moves for id_ in (each.before, each.after)})
    for each in moves:
        before, after = holdings.home(conn, each.before), holdings.home(conn, each.after)
        if before.routes and (before.verdict, before.routes) != (after.verdict, after.routes):
            counts[before.routes, after.routes] += 1
    owners = holdings.evidence.owners
    found = []
    for (before_routes, after_routes), n in counts.items():
        told = {owner for ref in (*before_routes, *after_routes) if (owner := owners.get(ref)) is not None}
        old, new = (", ".join(refs) or "nobody" for refs in (before_routes, after_routes))
        found.append(
            News(kind=SignalKind.RESOURCE_MOVED, about=f"{old} → {new}", old=old, new=new, n=n, readers=tuple(told))
        )
    return found


def _tiers(conn: Connection, dialect: Dialect, ids: Sequence[int]) -> dict[int, int | None]:
    """By evidence of which tier these resources are whose they are."""
    columns = ["resource_id", "tier", "to_at"]
    rows = dialect.lookup(conn, schema.ownership_spell, columns, "resource_id", ids)
    return {id_: tier for id_, tier, to_at in rows if to_at is None}


def _challenges(conn: Connection, dialect: Dialect, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    columns = ["resource_id", "holding_id", "since_at"]
    rows = dialect.lookup(conn, schema.ownership_challenge, columns, "resource_id", ids)
    return {id_: (holding_id, since_at) for id_, holding_id, since_at in rows}


def _write_challenges(
    conn: Connection, dialect: Dialect, former: dict[int, tuple[int, int]], rows: Sequence[Row]
) -> None:
    table = schema.ownership_challenge
    dialect.delete(conn, table, ["resource_id"], [(id_,) for id_ in former])
    dialect.insert(conn, table, rows)
