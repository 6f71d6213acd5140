"""A database as one file of rows that either database takes: lengths and messages, compressed.

After the magic bytes comes one Zstandard stream (RFC 8878) with a checksum. It holds messages of MessagePack, each behind
its length as four bytes, the highest first: a `Head`, then for each table a `Begun` and lists of rows, and an `End` with
what each table should hold. A file without an `End` was cut off.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec
import zstandard
from sqlalchemy import Boolean, Connection, Table

from callboard.domain.instant import Instant
from callboard.errors import StoreError
from callboard.store.backup.tables import columns_of, rows_of, tables_of
from callboard.store.dialect import of
from callboard.store.row_sums import Sum

MAGIC = b"CALLBOARD BACKUP 1\n"
LARGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message, and so of what is held while reading. A thousand rows are a fraction of it."""
LARGEST_WINDOW = 8 * 1024 * 1024
"""Bytes that decompressing may look back, and so hold."""


class Head(msgspec.Struct, frozen=True, tag="head"):
    """What the file is of."""

    level: str
    made_at: Instant
    program: str
    engine: str


class Begun(msgspec.Struct, frozen=True, tag="table"):
    """A table begins."""

    name: str
    columns: tuple[str, ...]


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Some of its rows."""

    rows: list[list[Any]]


class End(msgspec.Struct, frozen=True, tag="end"):
    """The end, and what each table should hold."""

    rows: dict[str, int]
    digests: dict[str, bytes]


_PLAIN = (int, str, bytes, float, type(None))

Message = Head | Begun | Rows | End


def write(conn: Connection, stream: BinaryIO, head: Head) -> dict[str, Sum]:
    """Write down what one view of the database holds. Returns what that was."""
    stream.write(MAGIC)
    sums = {}
    with zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(stream, closefd=False) as packed:
        _put(packed, head)
        for table in tables_of(conn):
            _put(packed, Begun(str(table.name), tuple(str(column.name) for column in columns_of(table))))
            found = Sum.empty()
            for rows in rows_of(conn, table):
                found = found.with_rows(rows)
                # A thousand bodies of a mebibyte are more than one message may be.
                for some in _parts(rows):
                    _put(packed, Rows(some))
            sums[str(table.name)] = found
        _put(
            packed,
            End(
                {name: each.rows for name, each in sums.items()},
                {name: each.digest.to_bytes(16, "big") for name, each in sums.items()},
            ),
        )
    return sums


def is_archive(stream: BinaryIO) -> bool:
    """Whether the file begins like one."""
    found = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    return found


def read(stream: BinaryIO) -> Iterator[Message]:
    """The messages of a file, in order; the last one is an `End` that says what was read. Raises StoreError otherwise."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise StoreError("This is no backup of Callboard's.")
    sums: dict[str, Sum] = {}
    name = ""
    try:
        with zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).stream_reader(stream, closefd=False) as packed:
            for message in _messages(packed):
                match message:
                    case Begun(name=name):
                        sums[name] = Sum.empty()
                    case Rows(rows=rows):
                        sums[name] = sums[name].with_rows(rows)
                    case End():
                        _compare(sums, message)
                        yield message
                        return
                yield message
    except (zstandard.ZstdError, msgspec.MsgspecError, KeyError, OverflowError) as error:
        raise StoreError("The backup is damaged: it cannot be read any further.") from error
    raise StoreError("The backup was cut off: it has no end.")


def read_into(conn: Connection, stream: BinaryIO, *, prepare: Callable[[Head], None]) -> Head:
    """Put the rows of a file into the empty tables that `prepare` has made. In the caller's transaction. Raises StoreError."""
    head, known, table = None, {}, None
    for message in read(stream):
        match message:
            case Head():
                head = message
                prepare(head)
                known = {each.name: each for each in tables_of(conn)}
            case Begun(name=name, columns=columns):
                table = known.get(name)
                if table is None or tuple(column.name for column in table.columns) != columns:
                    # The order of columns may differ where a table was altered; the names may not.
                    table = _in_order(table, columns)
            case Rows(rows=rows) if table is not None:
                _insert(conn, table, _typed(table, rows))
            case _:
                continue
    if head is None:
        raise StoreError("The backup does not say what it is of.")
    return head


def _insert(conn: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    driver: Any = conn.dialect.dbapi
    try:
        of(conn).insert(conn, table, rows)
    except driver.Error as error:
        raise StoreError(
            f"The backup holds rows that {table.name} cannot take: {str(error).strip().splitlines()[0]}",
            hint="Nothing was changed.",
        ) from error


def _in_order(table: Table | None, columns: tuple[str, ...]) -> Table:
    from sqlalchemy import Column, MetaData

    if table is None or {column.name for column in table.columns} != set(columns):
        raise StoreError("The backup holds a table that Callboard does not know at its schema.")
    return Table(table.name, MetaData(), *(Column(name, table.columns[name].type) for name in columns))


def _typed(table: Table, rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    if not all(len(row) == len(table.columns) and all(isinstance(value, _PLAIN) for value in row) for row in rows):
        raise StoreError(f"The backup holds rows of another shape for {table.name}.")
    flags = [n for n, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    if flags:
        for row in rows:
            for n in flags:
                row[n] = None if row[n] is None else bool(row[n])
    return [tuple(row) for row in rows]


def _parts(rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
    size, some = 0, []
    for row in rows:
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        some.append(row)
        if size > LARGEST_MESSAGE // 8:
            yield some
            size, some = 0, []
    if some:
        yield some


def _put(stream: Any, message: Message) -> None:  # noqa: ANN401 - zstandard's writer has no type of its own
    encoded = msgspec.msgpack.encode(message)
    stream.write(len(encoded).to_bytes(4, "big"))
    stream.write(encoded)


def _messages(stream: Any) -> Iterator[Message]:  # noqa: ANN401 - as above
    reader = io.BufferedReader(stream, 1 << 20)
    decoder = msgspec.msgpack.Decoder(Message)
    while length := reader.read(4):
        size = int.from_bytes(length, "big")
        if size > LARGEST_MESSAGE:
            raise StoreError("The backup is damaged: one of its messages is larger than any may be.")
        body = reader.read(size)
        if len(length) < 4 or len(body) < size:
            return
        yield decoder.decode(body)


def _compare(sums: dict[str, Sum], end: End) -> None:
    told = {name: Sum(rows, int.from_bytes(end.digests[name], "big")) for name, rows in end.rows.items()}
    if told != sums:
        raise StoreError("The backup is damaged: its rows are not those that were written.")
