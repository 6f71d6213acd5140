"""Resources given to other holdings, with their findings.

A resource has two holdings: its own, and one for what came with the base image that it was built on, which is the same
where nobody else answers for that base (`domain.inherited`). What is decided of a base image moves findings on everything
that was built on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, func, select

from callboard.domain.alias import IMAGE
from callboard.domain.instant import Instant
from callboard.domain.ownership.inherited import IMAGES
from callboard.domain.ownership.verdict import Verdict
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.dialect import Dialect
from callboard.store.ownership import lineage, spells
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.lineage import Lineage, chunks
from callboard.store.ownership.owning import Move

f, r = schema.finding.c, schema.resource.c


class Moved(msgspec.Struct, frozen=True):
    """What moving did."""

    findings: int = 0
    inherited: Mapping[int, int] = {}
    """Resource → the holding of what came with its base image, of those where it changed."""


def move(
    conn: Connection, dialect: Dialect, holdings: Holdings, moves: Sequence[Move], ledger: Ledger, *, now: Instant,
    since: Instant | None = None,
) -> Moved:  # fmt: skip
    """Give resources to other holdings, with their findings and with those that others inherit from them.

    The counters' differences go to `ledger`; the caller writes them. What was written from `since` on nobody has seen, so
    that it is replaced and leaves no spell behind. None: all is seen.
    """
    if not moves:
        return Moved()
    to_of = {each.resource_id: each.after for each in moves if each.after != each.before}
    held = _held(conn, dialect, {*to_of, *heirs(conn, to_of)})
    # Where nobody else answers for the base both holdings are one, and are written at once.
    alone = {id_ for id_ in to_of if held[id_][2] is None}
    both, own = [(to_of[id_], to_of[id_], id_) for id_ in alone], [(to_of[id_], id_) for id_ in to_of.keys() - alone]
    dialect.update(conn, schema.resource, ["holding_id", "inherited_id"], ["id"], both)
    dialect.update(conn, schema.resource, ["holding_id"], ["id"], own)
    for id_, to in to_of.items():
        _, inherited, base = held[id_]
        held[id_] = (to, to if id_ in alone else inherited, base)
    moved = _settle(conn, dialect, holdings, held, ledger, now=now, moved=to_of, since=since)
    turns = [(each.resource_id, each.after, each.tier) for each in moves]
    spells.turn(conn, dialect, schema.ownership_spell, turns, now=now, since=since)
    return Moved(moved.findings, {**{id_: to_of[id_] for id_ in alone}, **moved.inherited})


def heirs(conn: Connection, ids: Collection[int]) -> set[int]:
    """The resources that were built on those of these resources that are images."""
    if not ids or not lineage.is_told(conn):
        return set()
    alias = schema.resource_alias
    names: set[str] = set()
    for chunk in chunks(sorted(ids)):
        query = select(alias.c.value).join_from(alias, schema.resource, r.id == alias.c.resource_id)
        query = query.where(alias.c.resource_id.in_(chunk), alias.c.form == IMAGE, r.type.in_(IMAGES))
        names.update(conn.execute(query).scalars())
    return set(lineage.resources_of(conn, lineage.built_on(conn, names)))


Held = tuple[int, int, int | None]
"""A resource's own holding, the one of what came with its base image, and the stored image that says so."""


def _held(conn: Connection, dialect: Dialect, ids: Collection[int]) -> dict[int, Held]:
    columns = ["id", "holding_id", "inherited_id", "base_id"]
    return {row[0]: row[1:] for row in dialect.lookup(conn, schema.resource, columns, "id", ids)}


def settle(
    conn: Connection, dialect: Dialect, holdings: Holdings, ids: Collection[int], ledger: Ledger, *, now: Instant,
    since: Instant | None = None,
) -> Moved:  # fmt: skip
    """Bring the second holding of these resources up to date, and with it where their findings stand. `since`: see `move`."""
    return _settle(conn, dialect, holdings, _held(conn, dialect, ids), ledger, now=now, since=since)


def _settle(
    conn: Connection, dialect: Dialect, holdings: Holdings, held: Mapping[int, Held], ledger: Ledger, *, now: Instant,
    since: Instant | None, moved: Collection[int] = (),
) -> Moved:  # fmt: skip
    """As `settle`, of resources as they are stored. `moved`: those that have another holding of their own than before."""
    lines = lineage.of_resources(conn, held)
    places: dict[int, tuple[int, int]] = {}
    changed: dict[int, int] = {}
    rows: list[tuple[int, int | None, int]] = []
    turns: list[spells.Turn] = []
    ended: list[int] = []
    for id_, (own, former, former_base) in held.items():
        line = lines.get(id_)
        wanted = own if line is None else holdings.inherit(conn, own, line.holders)
        base = None if line is None or wanted == own else _decider(conn, holdings, line)
        if wanted != former:
            changed[id_] = wanted
        if (wanted, base) != (former, former_base):
            rows.append((wanted, base, id_))
            if base is not None:
                turns.append((id_, wanted, base))
            elif former_base is not None:
                ended.append(id_)
        if wanted != former or id_ in moved:
            places[id_] = own, wanted
    dialect.update(conn, schema.resource, ["inherited_id", "base_id"], ["id"], rows)
    spells.turn(conn, dialect, schema.inherited_spell, turns, now=now, since=since, ended=ended)
    unseen = spells.unseen(conn, dialect, places, since)
    return Moved(_place(conn, dialect, places, ledger, now=now, unseen=unseen), changed)


def _decider(conn: Connection, holdings: Holdings, line: Lineage) -> int:
    """The stored image of the base that says whose it is: of several that agree the one that was known first."""
    return next(id_ for id_, at in line.images if holdings.home(conn, at).verdict is Verdict.MAPPED)


def _place(
    conn: Connection, dialect: Dialect, places: Mapping[int, tuple[int, int]], ledger: Ledger, *, now: Instant,
    unseen: Collection[int],
) -> int:  # fmt: skip
    """Put the findings of resources where they belong: resource → (its own holding, that of its base layer)."""
    _reopen_elsewhere(conn, places, ledger, unseen)
    n = 0
    columns = (
        f.resource_id, f.base_layer, f.holding_id, f.source_id, f.kind, f.state, f.severity, f.bundle_id, f.due_at,
        f.remedy_id, f.apart,
    )  # fmt: skip
    least = (func.min(f.priority), func.min(f.blast), func.min(f.first_detected_at))
    for chunk in chunks(list(places)):
        query = select(*columns, *least, func.count()).where(f.resource_id.in_(chunk)).group_by(*columns)
        for row in conn.execute(query).all():  # at once: fetching row by row costs more than the database
            known, to, count = Standing(*row[2:10]), places[row[0]][row[1]], row[-1]
            if known.holding_id != to:
                ledger.move(known, to, count, row[10:14], now=None if row[0] in unseen else now)
                n += count
    own = [(own, id_) for id_, (own, _) in places.items()]
    dialect.update(conn, schema.finding, ["holding_id"], ["resource_id"], own)
    for chunk in chunks([id_ for id_, (own, base) in places.items() if own != base]):
        rows = conn.execute(select(f.id, f.resource_id).where(f.resource_id.in_(chunk), f.base_layer == 1))
        apart = [(places[resource_id][1], id_) for id_, resource_id in rows]
        dialect.update(conn, schema.finding, ["holding_id"], ["id"], apart)
    return n


def _reopen_elsewhere(
    conn: Connection, places: Mapping[int, tuple[int, int]], ledger: Ledger, unseen: Collection[int]
) -> None:
    """Findings of resources that nobody has seen yet were opened where they are from now on: nothing came or went there."""
    for chunk in chunks(sorted(unseen)):
        query = select(f.resource_id, f.base_layer, f.holding_id, f.first_detected_at, f.fixed_at, f.closed)
        for resource_id, base_layer, former, first_at, fixed_at, closed in conn.execute(
            query.where(f.resource_id.in_(chunk))
        ):
            to = places[resource_id][base_layer]
            for holding, n in ((former, -1), (to, 1)) if to != former else ():
                ledger.opened(holding, first_at, n)
                if closed:
                    lived = None if fixed_at is None else fixed_at - first_at
                    ledger.closed(holding, fixed_at or first_at, lived=lived, n=n)
