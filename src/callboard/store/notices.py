"""What is worth a word: written beside what makes it so, and kept until every channel has been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from callboard.domain.access import Viewer
from callboard.domain.due import today
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import OneOf
from callboard.domain.remediation.message import Item, Why
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect
from callboard.store.query.filters import Asking
from callboard.store.query.scope import held

n, f = schema.notice.c, schema.finding.c

_TOLD, _DAY = "notices_told", "overdue_told"
"""Rows of `meta`: the last notice that channels were told of, and the day up to which overdue findings were looked for."""


def write(conn: Connection, dialect: Dialect, found: Collection[tuple[int, Why]], *, now: Instant) -> None:
    """Note what happened to these findings. Inside `Store.write`, with what made it happen."""
    if found:
        first = next_id(conn, schema.notice)
        rows = [(first + offset, id_, int(why), now) for offset, (id_, why) in enumerate(found)]
        dialect.insert(conn, schema.notice, rows)


def are_there(conn: Connection, *, now: Instant) -> bool:
    """Whether there is anything that no channel was told of, or a day has begun since overdue findings were looked for."""
    newest = conn.execute(select(func.coalesce(func.max(n.id), 0))).scalar_one()
    return int(newest) > _number(conn, _TOLD) or _number(conn, _DAY) < now // DAY


def note_overdue(conn: Connection, dialect: Dialect, *, now: Instant) -> None:
    """Note the open findings whose day has passed since this was asked last. The first time there is nothing to tell."""
    day, told = now // DAY, _number(conn, _DAY)
    if told < day:
        if told:
            passed = select(f.id).where(f.closed == 0, f.due_at >= told * DAY, f.due_at < today(now)).order_by(f.id)
            write(conn, dialect, [(id_, Why.OVERDUE) for id_ in conn.execute(passed).scalars()], now=now)
        _keep(conn, _DAY, day)


def newest(conn: Connection) -> tuple[int, int]:
    """The notices that no channel was told of: those after the first number, up to the second."""
    last = conn.execute(select(func.coalesce(func.max(n.id), 0))).scalar_one()
    return _number(conn, _TOLD), int(last)


def told(conn: Connection, upto: int) -> None:
    """Every channel was told of notices up to this one."""
    if upto > _number(conn, _TOLD):
        _keep(conn, _TOLD, upto)


def of_team(conn: Connection, viewer: Viewer, asking: Asking, *, after: int, upto: int) -> tuple[Item, ...]:
    """What is worth a word to a team's channel, of what it may see and is the team's own; each thing once."""
    mine = _mine(viewer, asking)
    rows = conn.execute(
        select(n.finding_id, n.why)
        .join_from(schema.notice, schema.finding, f.id == n.finding_id)
        .where(n.id > after, n.id <= upto, f.closed == 0, f.apart == 0, mine)
        .group_by(n.finding_id, n.why)
        .order_by(n.finding_id, n.why)
    )
    return tuple(Item(id_, why) for id_, why in rows)


def since(conn: Connection, viewer: Viewer, asking: Asking, whys: Iterable[Why], *, start: Instant) -> tuple[Item, ...]:
    """What happened to a team's open findings since then, for these reasons."""
    rows = conn.execute(
        select(n.finding_id, n.why)
        .join_from(schema.notice, schema.finding, f.id == n.finding_id)
        .where(n.at >= start, n.why.in_([int(why) for why in whys]), f.closed == 0, f.apart == 0, _mine(viewer, asking))
        .group_by(n.finding_id, n.why)
        .order_by(n.finding_id, n.why)
    )
    return tuple(Item(id_, why) for id_, why in rows)


def still(conn: Connection, viewer: Viewer, asking: Asking, items: Iterable[Item]) -> tuple[Item, ...]:
    """Those of these things that are still to be told: the finding is open, and the team's own."""
    wanted = list(items)
    ids = sorted({item.finding for item in wanted})
    there: set[int] = set()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = select(f.id).where(f.id.in_(some), f.closed == 0, f.apart == 0, _mine(viewer, asking))
        there.update(conn.execute(rows).scalars())
    return tuple(item for item in wanted if item.finding in there)


def _mine(viewer: Viewer, asking: Asking) -> ColumnElement[bool]:
    return held(f.holding_id, viewer.visibility, (OneOf("owner", viewer.owners or ()),), asking)


def _number(conn: Connection, key: str) -> int:
    found = conn.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar_one_or_none()
    return 0 if found is None else int(found)


def _keep(conn: Connection, key: str, value: int) -> None:
    m = schema.meta.c
    if conn.execute(update(schema.meta).where(m.key == key).values(value=str(value))).rowcount == 0:
        conn.execute(insert(schema.meta).values(key=key, value=str(value)))
