"""Decisions written down: what people said about findings, with the events and counters that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, insert, or_, select

from callboard.domain.bundle import FIXES
from callboard.domain.decision import Decision, DecisionKind, Draft, Justification, Reason, Until
from callboard.domain.finding import LAST_OPEN, State, shown
from callboard.domain.instant import Instant
from callboard.domain.reconcile import Actor, EventKind
from callboard.domain.standing import (
    ASIDE,
    ASKED,
    HANDS,
    PASSING,
    Danger,
    Effect,
    Facts,
    Refusal,
    Standing,
    doer,
    judge,
    over,
)
from callboard.store import schema
from callboard.store.counting import Ledger
from callboard.store.counting import Standing as Counted
from callboard.store.database import Store, next_id
from callboard.store.dialect import Dialect, Row

f, d, said = schema.finding.c, schema.decided.c, schema.decision.c

_COLUMNS = [
    "id", "version", "state", "beneath", "holding_id", "source_id", "kind", "severity", "bundle_id", "due_at", "remedy_id",
    "rank", "priority", "blast", "reopened",
]  # fmt: skip


class Known(msgspec.Struct, frozen=True):
    """What the database holds of findings that something is said about, by id."""

    rows: Mapping[int, Mapping[str, Any]]
    fixable: frozenset[int]
    """Bundles of which something newer is known that closes them."""
    standing: Mapping[int, Standing]
    said: Mapping[int, int]
    """How many things were said."""

    def facts(self, id_: int) -> Facts:
        """As a judgement needs them."""
        row = self.rows[id_]
        told = State(row["state"] if row["beneath"] is None else row["beneath"])
        return Facts(id_, told, row["bundle_id"] in self.fixable, self.said.get(id_, 0))

    def judge(self, id_: int, draft: Draft, *, actor: str, seen: int | None) -> Effect | Refusal:
        """What saying this about one of them does, or why it cannot be said."""
        return judge(draft, self.standing.get(id_, Standing()), self.facts(id_), actor=actor, seen=seen)

    def who(self, id_: int, why: Refusal) -> str | None:
        """Who was quicker, where that is why."""
        standing = self.standing.get(id_, Standing())
        if why is Refusal.TAKEN:
            return standing.taken_by
        if why is Refusal.CHANGED and standing.decisions:
            return standing.decisions[-1].actor
        return None


def known(conn: Connection, dialect: Dialect, ids: Collection[int]) -> Known:
    """All that judging what is said about these findings needs. Those that are not there are left out."""
    found = dialect.lookup(conn, schema.finding, _COLUMNS, "id", ids)
    rows = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in found}
    bundles = {row["bundle_id"] for row in rows.values()}
    kinds = dialect.lookup(conn, schema.bundle, ["id", "kind"], "id", bundles)
    standing, counts = _standing(conn, dialect, rows)
    return Known(rows, frozenset(id_ for id_, kind in kinds if kind in FIXES), standing, counts)


def standing(conn: Connection, dialect: Dialect, finding_id: int) -> Standing:
    """What stands of all that was said about one finding."""
    return _standing(conn, dialect, (finding_id,))[0].get(finding_id, Standing())


def _standing(
    conn: Connection, dialect: Dialect, ids: Collection[int]
) -> tuple[dict[int, Standing], dict[int, int]]:  # fmt: skip
    lines: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for id_, decision_id, ended_by in dialect.lookup(
        conn, schema.decided, ["finding_id", "decision_id", "ended_by"], "finding_id", ids
    ):
        lines[id_].append((decision_id, ended_by))
    decisions = by_id(conn, dialect, {decision_id for each in lines.values() for decision_id, _ in each})
    found = {}
    for id_, each in lines.items():
        stands = sorted(decision_id for decision_id, ended_by in each if ended_by is None)
        replaced: dict[int, list[Decision]] = defaultdict(list)
        for decision_id, ended_by in sorted(each):
            if ended_by is not None and ended_by in stands:
                replaced[ended_by].append(decisions[decision_id])
        found[id_] = Standing(
            tuple(decisions[decision_id] for decision_id in stands),
            max(decision_id for decision_id, _ in each),
            {by: tuple(them) for by, them in replaced.items()},
        )
    return found, {id_: len(each) for id_, each in lines.items()}


_FIELDS = ["id", "kind", "actor", "at", "note", "snooze", "until_at", "reason", "justification", "about", "of_id"]


def by_id(conn: Connection, dialect: Dialect, ids: Collection[int]) -> dict[int, Decision]:
    """Decisions by their numbers."""
    return {row[0]: _decision(row) for row in dialect.lookup(conn, schema.decision, _FIELDS, "id", ids)}


def _decision(row: Sequence[Any]) -> Decision:
    id_, kind, actor, at, note, snooze, until_at, reason, justification, about, of_id = row
    return Decision(
        id=id_, kind=DecisionKind(kind), actor=actor, at=Instant(at), note=note,
        snooze=None if snooze is None else Until(snooze), until_at=until_at, reason=None if reason is None else Reason(reason),
        justification=None if justification is None else Justification(justification), about=about, of=of_id,
    )  # fmt: skip


def about(conn: Connection, decision_id: int) -> list[int]:
    """The findings that a decision was about and for which it stands."""
    query = select(d.finding_id).where(d.decision_id == decision_id, d.ended_by.is_(None)).order_by(d.finding_id)
    return list(conn.execute(query).scalars())


def next_number(conn: Connection) -> int:
    """The number of the next decision. Inside `Store.write`."""
    return next_id(conn, schema.decision)


def newest(conn: Connection) -> int:
    """The number of the last decision that anybody made; 0: none."""
    return next_id(conn, schema.decision) - 1


def write(
    conn: Connection, store: Store, decision: Decision, effects: Mapping[int, Effect], before: Known, *, now: Instant
) -> None:
    """Write a decision down with what it does to each finding. Inside `Store.write`, which `before` was read in."""
    conn.execute(
        insert(schema.decision).values(
            id=decision.id, kind=int(decision.kind), actor=decision.actor, at=decision.at, note=decision.note,
            snooze=decision.snooze, until_at=decision.until_at, reason=decision.reason,
            justification=decision.justification, about=doer(decision) if decision.kind in HANDS else decision.about,
            of_id=decision.of,
        )
    )  # fmt: skip
    seq = next_id(conn, schema.event)
    ledger = Ledger()
    lines: list[Row] = []
    ends: list[Row] = []
    changed: list[Row] = []
    events: list[Row] = []
    actor = int(Actor.RULE if decision.kind is DecisionKind.RETURN else Actor.PERSON)
    for id_, effect in sorted(effects.items()):
        row = before.rows[id_]
        told = before.facts(id_).told
        state = shown(told, effect.state)
        kind, old, new = _event(State(row["state"]), state, effect)
        events.append((seq, id_, int(kind), now, now, None, actor, old, new))
        ended_by = decision.id if decision.kind in PASSING else None
        lines.append((id_, decision.id, seq, ended_by, row["rank"], row["priority"], row["blast"], row["reopened"]))
        ends += [(decision.id, id_, each) for each in effect.ends]
        ends += [(None, id_, each) for each in effect.revives]
        aside = decision.id if effect.aside == 0 else effect.aside
        beneath = int(told) if state.is_set_aside else None
        changed.append((int(state), 0 if state.is_open else 1, beneath, aside, row["version"] + 1, id_))
        _count(ledger, row, state, now)
        seq += 1
    dialect = store.dialect
    dialect.insert(conn, schema.decided, lines)
    dialect.update(conn, schema.decided, ["ended_by"], ["finding_id", "decision_id"], ends)
    fields = ["state", "closed", "beneath", "decision_id", "version"]
    dialect.update(conn, schema.finding, fields, ["id"], changed)
    dialect.insert(conn, schema.event, events)
    ledger.write(conn, dialect)


def _event(before: State, after: State, effect: Effect) -> tuple[EventKind, str | None, str | None]:
    if before is after:
        return EventKind.SAID, effect.old, effect.new
    return EventKind.RETURNED if after.is_open else EventKind.STATE, before.word, after.word


def _count(ledger: Ledger, row: Mapping[str, Any], state: State, now: Instant) -> None:
    if int(state) == row["state"]:
        return
    before = Counted(
        row["holding_id"], row["source_id"], row["kind"], row["state"], row["severity"], row["bundle_id"], row["due_at"],
        row["remedy_id"],
    )  # fmt: skip
    ledger.change(before, msgspec.structs.replace(before, state=int(state)), now=now)
    if row["state"] <= LAST_OPEN and not state.is_open:
        ledger.closed(row["holding_id"], now, lived=None)
    elif state.is_open and row["state"] > LAST_OPEN:
        ledger.opened(row["holding_id"], now)


# What lists and pages show


class Word(msgspec.Struct, frozen=True):
    """What a list shows of what people said about a finding."""

    taken_by: str | None = None
    aside: Decision | None = None
    asked: Decision | None = None


UNSAID = Word()


def words(conn: Connection, ids: Collection[int]) -> dict[int, Word]:
    """What stands about these findings, few at a time."""
    kinds = [int(kind) for kind in (*HANDS, *ASIDE, *ASKED)]
    rows = conn.execute(
        select(d.finding_id, *(said[name] for name in _FIELDS))
        .join_from(schema.decided, schema.decision, said.id == d.decision_id)
        .where(d.finding_id.in_(list(ids)), d.ended_by.is_(None), said.kind.in_(kinds))
    )
    found: dict[int, Standing] = defaultdict(Standing)
    for id_, *row in rows:
        found[id_] = Standing((*found[id_].decisions, _decision(row)))
    return {id_: Word(each.taken_by, each.aside, each.asked) for id_, each in found.items()}


def by_event(conn: Connection, finding_id: int) -> dict[int, Decision]:
    """Which decision made which event of one finding, by the event's number."""
    rows = conn.execute(
        select(d.event_seq, *(said[name] for name in _FIELDS))
        .join_from(schema.decided, schema.decision, said.id == d.decision_id)
        .where(d.finding_id == finding_id)
    )
    return {seq: _decision(row) for seq, *row in rows}


# What ends by itself


class Ending(msgspec.Struct, frozen=True):
    """A decision that is over for a finding."""

    decision_id: int
    finding_id: int
    why: str


def ending(conn: Connection, *, now: Instant, limit: int) -> list[Ending]:
    """Decisions whose time or condition has come; some of them, as long as there are any."""
    bundle = schema.bundle.c
    timed = [int(kind) for kind in (*ASIDE, *ASKED)]
    worse = or_(f.rank < d.rank, f.priority != d.priority, f.blast < d.blast)
    rows = conn.execute(
        select(
            d.finding_id, d.rank, d.priority, d.blast, d.reopened, f.rank, f.priority, f.blast, f.reopened, bundle.kind,
            *(said[name] for name in _FIELDS),
        )
        .join_from(schema.decided, schema.decision, said.id == d.decision_id)
        .join(schema.finding, f.id == d.finding_id)
        .join(schema.bundle, bundle.id == f.bundle_id)
        .where(
            d.ended_by.is_(None), said.kind.in_(timed),
            or_(
                said.until_at <= now,
                and_(
                    said.kind == int(DecisionKind.SNOOZE),
                    or_(
                        f.reopened > d.reopened,
                        and_(said.snooze == Until.FIX.value, bundle.kind.in_(list(map(int, FIXES)))),
                        and_(said.snooze == Until.WORSE.value, worse),
                    ),
                ),
            ),
        )
        .order_by(d.decision_id, d.finding_id)
    )  # fmt: skip
    found = []
    for row in rows:
        decision = _decision(row[10:])
        why = over(decision, Danger(*row[1:5]), Danger(*row[5:9]), has_fix=row[9] in FIXES, at=now)
        if why is not None:
            found.append(Ending(decision.id, row[0], why))
            if len(found) == limit:
                break
    return found


# Requests that come twice


def answered(conn: Connection, actor: str, key: str, *, since: Instant) -> tuple[bytes, bytes] | None:
    """What a request with this key was, as a hash, and what it was answered. Older ones may lie here, and count no more."""
    i = schema.idempotency.c
    query = select(i.body_hash, i.answer).where(i.actor == actor, i.key == key, i.at >= since)
    row = conn.execute(query).one_or_none()
    return None if row is None else (bytes(row.body_hash), bytes(row.answer))


def keep_answer(conn: Connection, actor: str, key: str, body_hash: bytes, answer: bytes, *, now: Instant) -> None:
    """Keep what a request was answered, for when it comes again, in the place of what the key meant once."""
    table = schema.idempotency
    conn.execute(table.delete().where(table.c.actor == actor, table.c.key == key))
    conn.execute(
        insert(schema.idempotency).values(actor=actor, key=key, body_hash=body_hash, answer=answer, at=now)
    )  # fmt: skip
