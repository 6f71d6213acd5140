"""What a message says, of what its team may see: asked of the board when it is first sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from callboard.domain.access import Viewer
from callboard.domain.board import BundleRow
from callboard.domain.component import EntityRef
from callboard.domain.finding import State
from callboard.domain.instant import Instant
from callboard.domain.message_lines import fresh, line_of, path_of
from callboard.domain.query import OPEN, OVERDUE, STEADY, Grouping, OneOf, Query, Term
from callboard.domain.remediation.message import (
    MOST_LINES,
    Item,
    Message,
    Part,
    Sort,
    Why,
    Work,
    headline,
    list_path,
)
from callboard.store import notices, schema
from callboard.store.board import bundles, findings, listing
from callboard.store.database import Store
from callboard.store.query.filters import Asking
from callboard.store.query.scope import held
from callboard.store.remediation.outbox import Waiting

f = schema.finding.c

MOST_WORK = 3
"""Pieces of work in a digest."""


def compose(
    conn: Connection, store: Store, waiting: Waiting, viewer: Viewer, *, board: str, unsubscribe: str | None, now: Instant
) -> Message | None:  # fmt: skip
    """The message as it is now. None: there is nothing left to tell."""
    asking = Asking(now=now, me=viewer.owners)
    mine = Query((OPEN, STEADY, OneOf("owner", (waiting.team,))))
    open_, is_more = listing.count(conn, viewer.visibility, mine, asking)
    parts: tuple[Part, ...] = ()
    work: tuple[Work, ...] = ()
    told = 0
    match waiting.sort:
        case Sort.AT_ONCE:
            items = notices.still(conn, viewer, asking, waiting.items)
            parts = _by_reason(conn, store, viewer, items)
            told = len({item.finding for item in items})
        case Sort.DIGEST:
            parts = _week(conn, store, viewer, asking, waiting.team, since=waiting.from_at or now)
            work = _work(conn, viewer, asking, mine) if parts else ()
    if not parts and waiting.sort is not Sort.TEST:
        return None
    return Message(
        key=waiting.key, sort=waiting.sort.word, team=waiting.team, title=headline(waiting.sort, waiting.team, told),
        at=now, since=waiting.from_at, board=board, open=None if is_more else open_, path=list_path(mine.canonical),
        parts=parts, work=work, unsubscribe=unsubscribe,
    )  # fmt: skip


def _by_reason(conn: Connection, store: Store, viewer: Viewer, items: Collection[Item]) -> tuple[Part, ...]:
    found = []
    for why in Why:
        ids = [item.finding for item in items if item.why == why]
        if ids:
            found.append(_named(conn, store, viewer, why, ids))
    return tuple(found)


def _named(conn: Connection, store: Store, viewer: Viewer, why: Why, ids: Collection[int]) -> Part:
    """Findings by their numbers, the most urgent told one by one."""
    rows = store.dialect.lookup(conn, schema.finding, ["priority", "due_at", "id"], "id", ids)
    first = [id_ for _, _, id_ in sorted(rows)][:MOST_LINES]
    by_id = findings.rows_by_id(conn, viewer.visibility, first)
    lines = tuple(line_of(by_id[id_]) for id_ in first)
    return Part(what=why.word, title=why.words, count=len(ids), path=path_of(ids), lines=lines)


def _week(
    conn: Connection, store: Store, viewer: Viewer, asking: Asking, team: EntityRef, *, since: Instant
) -> tuple[Part, ...]:
    mine = OneOf("owner", (team,))
    title, is_new = fresh(since)
    asked: list[Part | None] = [
        _listed(conn, viewer, asking, (mine, *is_new), why=Why.NEW, title=title),
        *_by_reason(
            conn, store, viewer, notices.since(conn, viewer, asking, (Why.WORSE, Why.REOPENED), start=since)
        ),
        _listed(conn, viewer, asking, (mine, OVERDUE), why=Why.OVERDUE, title=Why.OVERDUE.words),
        _closed(conn, viewer, asking, mine, since=since),
    ]  # fmt: skip
    return tuple(part for part in asked if part is not None)


def _listed(
    conn: Connection, viewer: Viewer, asking: Asking, terms: tuple[Term, ...], *, why: Why, title: str
) -> Part | None:
    """What a query lists. None: nothing."""
    query = Query((OPEN, STEADY, *terms))
    page = findings.page(conn, viewer.visibility, query, asking, after=None, limit=MOST_LINES)
    if not page.rows:
        return None
    lines = tuple(map(line_of, page.rows))
    return Part(what=why.word, title=title, count=page.total, path=list_path(query.canonical), lines=lines)


def _closed(conn: Connection, viewer: Viewer, asking: Asking, mine: Term, *, since: Instant) -> Part | None:
    """What was fixed meanwhile; the language has no word for when, so no list shows the same."""
    fixed = select(func.count()).where(
        f.closed == 1, f.state == int(State.FIXED), f.fixed_at >= since, held(f.holding_id, viewer.visibility, (mine,), asking)
    )  # fmt: skip
    count = int(conn.execute(fixed).scalar_one())
    return Part(what="closed", title="Fixed", count=count, path=None) if count else None


def _work(conn: Connection, viewer: Viewer, asking: Asking, mine: Query) -> tuple[Work, ...]:
    grouped = mine.grouped_by(Grouping.FIX)
    page = bundles.page(conn, viewer.visibility, grouped, asking, after=None, limit=MOST_WORK)
    return tuple(map(_piece, page.rows))


def _piece(row: BundleRow) -> Work:
    return Work(
        title=row.title, fix=row.fix, severity=row.severity.word, findings=row.findings, due_at=row.due_at,
        path=list_path(row.query),
    )  # fmt: skip
