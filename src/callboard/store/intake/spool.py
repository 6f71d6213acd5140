"""The spool: pages as they came, each committed with its cursor, that wait to be applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import zstandard
from pyroaring import BitMap
from sqlalchemy import Connection, Row, delete, select

from callboard.domain.run import Part
from callboard.store import schema
from callboard.store.dialect import Dialect

PROJECT = "project"
"""The part kind that reads projects instead of findings."""

Moved = tuple[int, int, bool]
"""Finding id, the instant it was last detected, and whether an earlier one is stored."""


class Spooled(msgspec.Struct, frozen=True, kw_only=True):
    """One staged page."""

    part: str
    kind: str
    seen: BitMap
    moved: tuple[Moved, ...]
    """Known findings whose last detection moved."""
    raw: tuple[tuple[bytes, bytes], ...]
    """Unknown records: (hash, bytes)."""


_compress = zstandard.ZstdCompressor(level=1)
_decompress = zstandard.ZstdDecompressor()
_decode_moved = msgspec.msgpack.Decoder(tuple[Moved, ...]).decode
_decode_raw = msgspec.msgpack.Decoder(tuple[tuple[bytes, bytes], ...]).decode


def spool(
    conn: Connection,
    dialect: Dialect,
    run_id: int,
    part: Part,
    seq: int,
    *,
    seen: BitMap,
    moved: Sequence[Moved],
    raw: Sequence[tuple[bytes, bytes]],
) -> None:
    """Stage one page."""
    dialect.insert(conn, schema.run_page, [(
        run_id, part.name, seq, part.kind, seen.serialize(),
        msgspec.msgpack.encode(moved) if moved else None,
        _compress.compress(msgspec.msgpack.encode(raw)) if raw else None,
    )])  # fmt: skip


def spooled(conn: Connection, run_id: int, *, projects: bool = False) -> Iterator[Spooled]:
    """The staged pages of findings of a run, or those of `projects`, in the order of its parts, one at a time."""
    page, part = schema.run_page, schema.run_part
    keys = conn.execute(
        select(page.c.part, page.c.seq)
        .join(part, (part.c.run_id == page.c.run_id) & (part.c.part == page.c.part))
        .where(page.c.run_id == run_id, page.c.kind == PROJECT if projects else page.c.kind != PROJECT)
        .order_by(part.c.ordinal, page.c.seq)
    ).all()
    for name, seq in keys:
        row = conn.execute(select(page).where(page.c.run_id == run_id, page.c.part == name, page.c.seq == seq)).one()
        yield _spooled(row)


def some_spooled(conn: Connection, run_id: int, at_most: int) -> list[tuple[int, Spooled]]:
    """A few staged pages, each with its number in its part, in the order of the parts."""
    page, part = schema.run_page, schema.run_part
    rows = conn.execute(
        select(page)
        .join(part, (part.c.run_id == page.c.run_id) & (part.c.part == page.c.part))
        .where(page.c.run_id == run_id)
        .order_by(part.c.ordinal, page.c.seq)
        .limit(at_most)
    ).all()
    return [(row.seq, _spooled(row)) for row in rows]


def unspool(conn: Connection, run_id: int, part: str, seq: int) -> None:
    """Forget a staged page, which has been applied."""
    page = schema.run_page.c
    conn.execute(delete(schema.run_page).where(page.run_id == run_id, page.part == part, page.seq == seq))


def _spooled(row: Row[Any]) -> Spooled:
    return Spooled(
        part=row.part,
        kind=row.kind,
        seen=BitMap.deserialize(bytes(row.seen)),
        moved=_decode_moved(bytes(row.moved)) if row.moved is not None else (),
        raw=_decode_raw(_decompress.decompress(bytes(row.raw))) if row.raw is not None else (),
    )
