"""What is to be written where findings came from: written down with the decision that asks for it, taken up, and ended.

The shape is that of `outbox`: a sender takes one up under a lease, and one that was cut off must not end what another has
taken up since. Of one finding the oldest goes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, insert, select, update

from callboard.domain.access import Role, Visibility
from callboard.domain.decision import Decision
from callboard.domain.finding import Kind
from callboard.domain.instant import Instant
from callboard.domain.remediation.write_back import (
    ENDED_BADLY,
    Last,
    Operation,
    Outcome,
    Shown,
    Wish,
    WriteState,
    planned,
    words,
)
from callboard.domain.standing import Effect, Standing
from callboard.store import schema
from callboard.store.database import Store, next_id
from callboard.store.decisions import Known
from callboard.store.dialect import Dialect
from callboard.store.schema import NEVER
from callboard.store.visible import visible

w, f, source = schema.write_back.c, schema.finding.c, schema.source.c

_WAITING, _DONE = int(WriteState.WAITING), int(WriteState.DONE)
_wish = msgspec.json.Decoder(Wish)
_STANDS = (_WAITING, _DONE)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A write that a sender has taken up."""

    id: int
    finding_id: int
    external_id: str
    kind: Kind
    wish: Wish
    actor: str
    attempts: int
    """This one included; it also tells this sender from one that was cut off."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many writes to a source stand where."""

    source: str
    state: WriteState
    writes: int


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A write in a list."""

    source: str
    finding_id: int
    shown: Shown


def add(
    conn: Connection, store: Store, decision: Decision, effects: Mapping[int, Effect], before: Known,
    *, roles: Collection[Role], now: Instant,
) -> int:  # fmt: skip
    """Have written what a decision asks for, as far as that is allowed. Returns how much. Inside `Store.write`."""
    policies = {name: policy for name, policy in store.write_policies().items() if policy.is_on}
    if not policies:
        return 0
    rows = conn.execute(select(source.id, source.name).where(source.name.in_(sorted(policies))))
    by_source = {row.id: policies[row.name] for row in rows}
    ids = [
        id_ for id_ in effects
        if (policy := by_source.get(before.rows[id_]["source_id"])) is not None
        and Kind(before.rows[id_]["kind"]) in policy.kinds
    ]  # fmt: skip
    last = _last(conn, store.dialect, ids)
    lines: list[dict[str, object]] = []
    number = next_id(conn, schema.write_back)
    for id_ in sorted(ids):
        row = before.rows[id_]
        due_at = None if row["due_at"] == NEVER else Instant(row["due_at"])
        for wish in planned(
            before.standing.get(id_, Standing()), decision, effects[id_], kind=Kind(row["kind"]), told=before.facts(id_).told,
            due_at=due_at, last=last.get(id_, Last()), policy=by_source[row["source_id"]], roles=roles,
        ):  # fmt: skip
            lines.append(
                _line(
                    number + len(lines),
                    id_,
                    row["source_id"],
                    wish,
                    decision=decision.id,
                    actor=decision.actor,
                    now=now,
                )
            )
    if lines:
        conn.execute(insert(schema.write_back), lines)
    return len(lines)


def add_ticket(
    conn: Connection, store: Store, ticket_id: int, findings: Collection[int], *, key: str, url: str | None, actor: str,
    roles: Collection[Role], now: Instant, removes: bool = False,
) -> int:  # fmt: skip
    """Have a ticket linked to findings at their source, or parted from them, as far as that is allowed. Inside `Store.write`.

    One that its tracker has not named yet waits for `ticket_made`. Returns for how many findings that is new.
    """
    policies = [name for name, each in store.write_policies().items() if each.allows(Operation.TICKET, roles)]
    if not policies:
        return 0
    sources = set(conn.execute(select(source.id).where(source.name.in_(sorted(policies)))).scalars())
    found = store.dialect.lookup(conn, schema.finding, ["id", "source_id", "kind"], "id", findings)
    stands = _tickets(conn, store.dialect, [id_ for id_, *_ in found], ticket_id)
    wish = Wish(operation=Operation.TICKET, ticket=key, ticket_url=url, mark=_mark(ticket_id), removes=removes)
    due_at = now if url and key else Instant(NEVER)
    number = next_id(conn, schema.write_back)
    wanted = sorted(
        (id_, of) for id_, of, kind in found
        if of in sources and kind == Kind.ISSUE and (id_ in stands) is removes
    )  # fmt: skip
    lines = [
        {**_line(number + n, id_, of, wish, decision=None, actor=actor, now=now), "due_at": due_at}
        for n, (id_, of) in enumerate(wanted)
    ]
    if lines:
        conn.execute(insert(schema.write_back), lines)
    return len(lines)


def ticket_made(
    conn: Connection, dialect: Dialect, ticket_id: int, findings: Collection[int], *, key: str, url: str, now: Instant
) -> None:
    """Its tracker has named a ticket, so that what waits for that can be written. Inside `Store.write`."""
    columns = ["finding_id", "id", "state", "due_at", "wish"]
    ready: list[tuple[bytes, int, int]] = []
    for _, id_, state, due_at, raw in dialect.lookup(conn, schema.write_back, columns, "finding_id", findings):
        if state != _WAITING or due_at != NEVER:
            continue
        wish = _wish.decode(bytes(raw))
        if wish.mark == _mark(ticket_id):
            made = msgspec.structs.replace(wish, ticket=key, ticket_url=url)
            ready.append((msgspec.json.encode(made), int(now), id_))
    dialect.update(conn, schema.write_back, ["wish", "due_at"], ["id"], ready)


def _mark(ticket_id: int) -> str:
    return f"ticket {ticket_id}"


def _tickets(conn: Connection, dialect: Dialect, ids: Collection[int], ticket_id: int) -> set[int]:
    """Findings to which this ticket is linked at their source, or is about to be."""
    columns = ["finding_id", "id", "state", "operation", "wish"]
    found: set[int] = set()
    for finding_id, _, state, operation, raw in sorted(
        dialect.lookup(conn, schema.write_back, columns, "finding_id", ids)
    ):
        if operation != Operation.TICKET or state not in _STANDS:
            continue
        wish = _wish.decode(bytes(raw))
        if wish.mark == _mark(ticket_id):
            (found.discard if wish.removes else found.add)(finding_id)
    return found


def _line(
    id_: int, finding_id: int, source_id: int, wish: Wish, *, decision: int | None, actor: str, now: Instant
) -> dict[str, object]:
    return {
        "id": id_, "finding_id": finding_id, "source_id": source_id, "decision_id": decision, "actor": actor,
        "operation": int(wish.operation), "wish": msgspec.json.encode(wish), "state": _WAITING, "made_at": now,
        "due_at": now, "attempts": 0, "leased_until": 0,
    }  # fmt: skip


def _last(conn: Connection, dialect: Dialect, ids: Collection[int]) -> dict[int, Last]:
    """What we wrote last about each finding, or are about to write."""
    columns = ["finding_id", "id", "state", "wish"]
    found: dict[int, Last] = {}
    for finding_id, _, state, raw in sorted(dialect.lookup(conn, schema.write_back, columns, "finding_id", ids)):
        if state not in _STANDS:
            continue
        wish, last = _wish.decode(bytes(raw)), found.get(finding_id, Last())
        match wish.operation:
            case Operation.STATUS:
                last = msgspec.structs.replace(last, status=wish.status)
            case Operation.ASSIGNEE:
                last = msgspec.structs.replace(last, assignee=wish.assignee)
            case Operation.DUE:
                last = msgspec.structs.replace(last, due_at=wish.due_at)
        found[finding_id] = last
    return found


# Sending


def is_due(conn: Connection, name: str, *, now: Instant) -> bool:
    """Whether something can be written to this source now."""
    ready = _ready(name, now).limit(1)
    return conn.execute(ready).first() is not None


def _ready(name: str, now: Instant) -> Any:  # noqa: ANN401 - a select of many columns
    earlier = schema.write_back.alias("earlier").c
    before = exists().where(
        earlier.finding_id == w.finding_id, earlier.state == _WAITING, earlier.due_at < NEVER, earlier.id < w.id
    )
    return (
        select(schema.write_back, f.external_id, f.kind)
        .join_from(schema.write_back, schema.finding, f.id == w.finding_id)
        .join(schema.source, source.id == w.source_id)
        .where(source.name == name, w.state == _WAITING, w.due_at <= now, w.leased_until <= now, ~before)
        .order_by(w.due_at, w.id)
    )


def take(conn: Connection, name: str, *, now: Instant, lease: int) -> Waiting | None:
    """The next write to a source, which is ours for `lease` microseconds. Inside `Store.write`."""
    row = conn.execute(_ready(name, now).limit(1)).one_or_none()
    if row is None:
        return None
    attempts = row.attempts + 1
    conn.execute(update(schema.write_back).where(w.id == row.id).values(attempts=attempts, leased_until=now + lease))
    return Waiting(
        id=row.id, finding_id=row.finding_id, external_id=row.external_id, kind=Kind(row.kind), wish=_wish.decode(bytes(row.wish)),
        actor=row.actor, attempts=attempts,
    )  # fmt: skip


def ended(conn: Connection, waiting: Waiting, outcome: Outcome, *, now: Instant) -> bool:
    """What came of it. False: another sender has taken it up since."""
    values = {"state": int(outcome.state), "said": outcome.said, "ended_at": now, "leased_until": 0}
    return conn.execute(update(schema.write_back).where(*_ours(waiting)).values(values)).rowcount == 1


def postponed(conn: Connection, waiting: Waiting, said: str, *, again_at: Instant) -> None:
    """The source could not be reached."""
    values = {"due_at": again_at, "said": said, "leased_until": 0}
    conn.execute(update(schema.write_back).where(*_ours(waiting)).values(values))


def _ours(waiting: Waiting) -> tuple[ColumnElement[bool], ...]:
    return w.id == waiting.id, w.state == _WAITING, w.attempts == waiting.attempts


def again(conn: Connection, ids: Collection[int], *, now: Instant) -> list[int]:
    """Have what ended badly tried anew; the findings that it is about. Inside `Store.write`."""
    bad = (w.id.in_(sorted(ids)), w.state.in_([int(each) for each in ENDED_BADLY]))
    values = {"state": _WAITING, "due_at": now, "attempts": 0, "leased_until": 0, "ended_at": None}
    return list(conn.execute(update(schema.write_back).where(*bad).values(values).returning(w.finding_id)).scalars())


# What lists and pages show


def of_finding(conn: Connection, finding_id: int) -> tuple[Shown, ...]:
    """What was written, or is to be, about one finding that is in sight; the newest first."""
    rows = conn.execute(select(schema.write_back).where(w.finding_id == finding_id).order_by(w.id.desc()).limit(50))
    return tuple(map(_shown, rows))


def listed(
    conn: Connection, visibility: Visibility, *, states: Collection[WriteState], most: int
) -> tuple[Listed, ...]:  # fmt: skip
    """The newest writes about findings in sight, of these states."""
    rows = conn.execute(
        select(schema.write_back, source.name.label("source"))
        .join_from(schema.write_back, schema.finding, f.id == w.finding_id)
        .join(schema.source, source.id == w.source_id)
        .where(w.state.in_([int(each) for each in states]), visible(f.holding_id, visibility))
        .order_by(w.id.desc())
        .limit(most)
    )
    return tuple(Listed(source=row.source, finding_id=row.finding_id, shown=_shown(row)) for row in rows)


def standing(conn: Connection) -> Sequence[Count]:
    """How many writes to each source stand where."""
    rows = conn.execute(
        select(source.name, w.state, func.count())
        .join_from(schema.write_back, schema.source, source.id == w.source_id)
        .group_by(source.name, w.state)
        .order_by(source.name, w.state)
    )
    return [Count(source=name, state=WriteState(state), writes=n) for name, state, n in rows]


def _shown(row: Any) -> Shown:  # noqa: ANN401 - rows have no type of their own
    wish = _wish.decode(bytes(row.wish))
    return Shown(
        id=row.id, operation=wish.operation, words=words(wish), state=WriteState(row.state), said=row.said,
        decision_id=row.decision_id, actor=row.actor, made_at=Instant(row.made_at),
        ended_at=None if row.ended_at is None else Instant(row.ended_at), attempts=row.attempts,
    )  # fmt: skip
