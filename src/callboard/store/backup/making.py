"""Make a backup, look at it, and bring it back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from callboard.domain.audit import breaks
from callboard.domain.instant import Instant
from callboard.errors import SchemaTooNewError, StoreError
from callboard.store.backup import archive
from callboard.store.backup.tables import differences, level_of, sums_of, tables_of
from callboard.store.database import Store, connect
from callboard.store.dialect.sqlite import MAGIC, open_copy
from callboard.store.intake import recount
from callboard.store.migrations.run import run_sequence
from callboard.store.people.audit import chain
from callboard.store.row_sums import Sum
from callboard.store.schema import HEAD, KNOWN


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of, and what it holds."""

    path: Path
    level: str
    """The schema."""
    portable: bool
    """Whether either database takes it. Else it is a copy of an SQLite database."""
    bytes: int
    sums: dict[str, Sum]
    """By table, what it holds."""

    @property
    def rows(self) -> int:
        """In all tables together."""
        return sum(each.rows for each in self.sums.values())


def make(url: str, path: Path, *, now: Instant, program: str, portable: bool = False) -> Backup:
    """Write down what the database at `url` holds at one moment, while others read and write.

    A copy of SQLite's own where the database is a file, unless `portable`; else rows. The file is new, and can be read by
    its owner alone. Raises StoreError.
    """
    store = connect(url, create=False)
    part = path.with_name(f"{path.name}.part")
    try:
        with store.read() as conn:
            level = _known(level_of(conn))
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            if portable or store.dialect.file is None:
                with store.read() as conn:
                    head = archive.Head(_known(level_of(conn)), now, program, store.dialect.name)
                    archive.write(conn, stream, head)
                stream.flush()
                os.fsync(stream.fileno())
        if not portable and store.dialect.file is not None:
            store.dialect.file.out(store.engine, part)
        if path.exists():
            raise StoreError(f"{path} is there already.", hint="Name a new file; no backup is written over another.")
        part.replace(path)
        found = look(path)
        return msgspec.structs.replace(found, level=level)
    except OSError as error:
        raise StoreError(f"The backup {path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
        store.close()


def look(path: Path) -> Backup:
    """Read a backup to its end. Raises StoreError where it is damaged, cut off, or not a backup at all."""
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            if archive.is_archive(stream):
                level, sums = "", {}
                for message in archive.read(stream):
                    if isinstance(message, archive.Head):
                        level = _known(message.level)
                    if isinstance(message, archive.End):
                        sums = {
                            name: Sum(rows, int.from_bytes(message.digests[name], "big"))
                            for name, rows in message.rows.items()
                        }
                return Backup(path=path, level=level, portable=True, bytes=size, sums=sums)
            if stream.read(len(MAGIC)) != MAGIC:
                raise StoreError(f"{path} is no backup of Callboard's.")
    except OSError as error:
        raise StoreError(f"The backup {path} cannot be read: {error.strerror}.") from error
    try:
        with open_copy(path) as conn:
            level = _known(level_of(conn))
            check_chain(conn)
            return Backup(path=path, level=level, portable=False, bytes=size, sums=sums_of(conn))
    except DBAPIError as error:
        raise StoreError(f"The backup {path} is damaged: {str(error.orig).splitlines()[0]}.") from error


def restore(url: str, path: Path, *, replace: bool = False) -> Backup:
    """Bring a backup back into the database at `url`, in one transaction, and compare what is there then.

    Into an empty database; with `replace` into one that holds a board, which is lost. Raises StoreError.
    """
    backup = look(path)
    store = connect(url)
    try:
        if backup.portable:
            with path.open("rb") as stream, _writing(store) as conn:
                archive.read_into(conn, stream, prepare=lambda head: _prepare(store, conn, head.level, replace=replace))
        elif store.dialect.file is None:
            raise StoreError(
                "This backup is a copy of an SQLite database, which only SQLite takes.",
                hint="Make one with --portable where the board is.",
            )
        else:
            with store.engine.connect() as conn:
                _refuse_to_lose(conn, replace=replace)
            store.dialect.file.into(store.engine, path)
        with store.read() as conn:
            if wrong := differences(backup.sums, sums_of(conn)):
                raise StoreError(f"What is there now is not what the backup holds: {', '.join(wrong)}.")
            check_chain(conn)
        with store.write() as conn:
            store.dialect.refresh_statistics(conn)
        return backup
    except DBAPIError as error:
        raise StoreError(
            f"The backup cannot be brought back: {str(error.orig).strip().splitlines()[0]}", hint="Nothing was changed."
        ) from error
    finally:
        store.close()


def check_chain(conn: Connection) -> None:
    """Whether the audit log holds. Raises StoreError."""
    if any(table.name == "audit" for table in tables_of(conn)):
        for broken in breaks(chain(conn)):
            raise StoreError(f"The audit log does not hold at entry {broken.seq}: {broken.reason}.")


def check_counters(url: str) -> int:
    """Count everything anew at `url`; how many counters there are. Nought for another schema. Raises StoreError."""
    store = connect(url, create=False)
    try:
        with store.read() as conn:
            if level_of(conn) != HEAD:
                return 0
            found = recount.check(conn)
        if found.wrong:
            raise StoreError(f"Counters are wrong: {', '.join(sorted(found.wrong))}.")
        return found.counters
    finally:
        store.close()


@contextmanager
def scratch(url: str, folder: Path) -> Iterator[str]:
    """The address of an empty place like the database at `url`, for as long as the `with` lasts. Raises StoreError."""
    store = connect(url, create=False)
    try:
        with store.dialect.scratch(store.engine, url, folder) as found:
            yield found
    except DBAPIError as error:
        raise StoreError(f"There is no place to try: {str(error.orig).strip().splitlines()[0]}") from error
    finally:
        store.close()


@contextmanager
def _writing(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        store.dialect.defer_references(conn)
        yield conn


def _prepare(store: Store, conn: Connection, level: str, *, replace: bool) -> None:
    _known(level)
    _refuse_to_lose(conn, replace=replace)
    before = level_of(conn)
    if before is None:
        run_sequence(conn, level)
    elif before != level:
        raise StoreError(
            f"The database has schema {before}, and the backup {level}.", hint="Bring it back into an empty database."
        )
    else:
        store.dialect.empty(conn, [table.name for table in reversed(tables_of(conn))])


def _refuse_to_lose(conn: Connection, *, replace: bool) -> None:
    if not replace and tables_of(conn):
        raise StoreError(
            "The database holds a board already.",
            hint="Bring the backup back into an empty one, or use --replace, which gives up what is there.",
        )


def _known(level: str | None) -> str:
    if level is None:
        raise StoreError("There is nothing in it yet.")
    if level not in KNOWN:
        raise SchemaTooNewError(
            f"It was made by a newer Callboard (schema {level}; this program knows up to {HEAD}).",
            hint="Use the newer version.",
        )
    return level
