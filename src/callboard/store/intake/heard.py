"""What a first run has heard, kept beside what it has applied, for whoever goes on when the process dies."""

from __future__ import annotations

from pyroaring import BitMap
from sqlalchemy import Connection, select

from callboard.store import schema
from callboard.store.dialect import Dialect

HEARD = "heard"
"""The name under which it stands among the pages of the run; no part of a run has it, and it goes when they go."""


def keep(conn: Connection, dialect: Dialect, run_id: int, seq: int, told: bytes) -> None:
    """Keep what was heard with some pages, in the transaction that applies them."""
    dialect.insert(conn, schema.run_page, [(run_id, HEARD, seq, "", BitMap().serialize(), None, told)])


def kept(conn: Connection, run_id: int) -> list[bytes]:
    """All that was kept."""
    page = schema.run_page.c
    rows = conn.execute(select(page.raw).where(page.run_id == run_id, page.part == HEARD).order_by(page.seq))
    return [bytes(raw) for raw in rows.scalars()]
