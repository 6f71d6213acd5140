"""What must hold of a board whatever has gone wrong: looked at alone, and against how it was before.

I1 no finding is lost, and what is closed has its reason. I2 one row for each id at the source. I3 dates move one way only.
I4 absence closes after a whole run alone. I5 what people said is kept. I6 the same run twice changes nothing: `changes` of
one more run. I7 order does not matter: the dump of another order. I8 what can be seen to change has an event. I9 readers
see before or after. I10 nobody sees more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select

from callboard.domain import audit
from callboard.domain.finding import State
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import Store, schema
from callboard.store.intake import recount
from callboard.store.people import audit as stored_audit
from tests.support.dumps import Dump, differences, dump
from tests.support.snapshots import Snapshot, check_step, snapshot

SEEN = ("finding", "history", "decided", "project", "resource", "candidate", "cube", "bundle_cell", "entity")
"""What readers see of a board, by the names of a dump."""

STATES = (EventKind.STATE, EventKind.REOPENED, EventKind.RETURNED)


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A board at rest."""

    findings: Snapshot
    said: dict[tuple[int, int], int | None]
    """(finding, decision) → the decision that ended it."""
    decisions: frozenset[int]
    sight: frozenset[tuple[str, str, int]]
    """(finding, who reads, how deep)."""
    audit: int
    """Entries of the audit log."""
    content: Dump


def look(store: Store) -> Board:
    """The board, after what must hold of any one was checked: I1, I2, I4, its counters, its audit log."""
    findings = snapshot(store)
    with store.read() as conn:
        assert recount.differences(conn) == {}
        _check_ids(conn)
        _check_absences(conn)
        assert list(audit.breaks(stored_audit.chain(conn), stored_audit.cut(conn))) == []
        d, t = schema.decided.c, schema.decision.c
        board = Board(
            findings=findings,
            said={(row.finding_id, row.decision_id): row.ended_by for row in conn.execute(select(schema.decided))},
            decisions=frozenset(conn.execute(select(t.id)).scalars()),
            sight=_sight(conn),
            audit=stored_audit.length(conn),
            content=dump(store),
        )
        assert {
            each for pair in conn.execute(select(d.decision_id, d.ended_by)) for each in pair if each
        } <= board.decisions
    for id_, seen in findings.items():
        # A closed one was closed by an event, or came so and never changed.
        told = [event for event in seen.events if event[0] in STATES]
        assert not told or told[-1][3] == seen.state.word, f"{id_}: {told} does not lead to {seen.state.word}"
    return board


def check_between(before: Board, after: Board, *, allowed: Iterable[Board] = ()) -> None:
    """I1, I3, I5, I8 and I10 of a step.

    `allowed` are boards whose sight is right, as the undisturbed one's. Without one, only what was there before is judged:
    nothing tells who may see what is new.
    """
    check_step(before.findings, after.findings)
    assert before.decisions <= after.decisions
    for key, ended in before.said.items():
        assert key in after.said, f"what was said is gone: {key}"
        assert ended in (None, after.said[key]), key
    assert before.audit <= after.audit
    boards = tuple(allowed)
    gained = after.sight.difference(before.sight, *(board.sight for board in boards))
    wider = {each for each in gained if boards or each[0] in before.findings}
    assert not wider, f"seen by more than before: {sorted(wider)[:5]}"


def is_whole(board: Board, among: Iterable[Board]) -> bool:
    """I9: whether readers see just one of these boards."""
    return any(all(board.content[name] == each.content[name] for name in SEEN) for each in among)


def check_same(wanted: Board, found: Board) -> None:
    """That a board ended like another one."""
    difference = differences(wanted.content, found.content)
    assert not difference, difference


def _check_ids(conn: Connection) -> None:
    f = schema.finding.c
    rows = conn.execute(select(f.source_id, f.external_id)).all()
    doubled = [key for key, n in Counter(map(tuple, rows)).items() if n > 1]
    assert doubled == []


def _check_absences(conn: Connection) -> None:
    e, r = schema.event.c, schema.run.c
    closed = [state.word for state in State if not state.is_open]
    runs = select(r.mode, r.state).join_from(schema.event, schema.run, r.id == e.run_id)
    found = conn.execute(runs.where(e.actor == int(Actor.ABSENCE), e.new.in_(closed)).distinct()).all()
    assert {tuple(row) for row in found} <= {("full", "applied")}


def _sight(conn: Connection) -> frozenset[tuple[str, str, int]]:
    f, h, e = schema.finding.c, schema.holding_reader.c, schema.entity.c
    rows = conn.execute(
        select(f.external_id, e.ref, h.depth)
        .join_from(schema.finding, schema.holding_reader, h.holding_id == f.holding_id)
        .join(schema.entity, e.id == h.entity_id)
    )
    return frozenset(tuple(row) for row in rows)
