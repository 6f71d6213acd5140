"""Backups: made, looked at, brought back, and tried."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from callboard import __version__
from callboard.domain.audit import START, Entry, link
from callboard.domain.instant import from_text
from callboard.errors import StoreError
from callboard.ports import Clock
from callboard.store import Store
from callboard.store.backup import making
from callboard.store.backup.making import Backup
from callboard.store.backup.tables import differences
from callboard.store.people import audit as audit_store


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made and brought back elsewhere, and how long that took."""

    backup: Backup
    portable: bool
    counters: int
    """How many counters were counted anew and agreed. Nought where the database has another schema than this program."""
    made_seconds: float
    restored_seconds: float
    compared_seconds: float


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """What an exported audit log tells that the database does not."""

    last_common: int
    """The newest entry that both have. Nought: none."""
    entries: tuple[Entry, ...]
    """What was done after it, oldest first."""


def create(url: str, path: Path, *, clock: Clock, portable: bool = False) -> Backup:
    """Make a backup. Raises StoreError."""
    return making.make(url, path, now=clock.now(), program=__version__, portable=portable)


def verify(path: Path) -> Backup:
    """Read a backup to its end. Raises StoreError where it is damaged."""
    return making.look(path)


def restore(url: str, path: Path, *, replace: bool = False) -> Backup:
    """Bring a backup back. Raises StoreError."""
    return making.restore(url, path, replace=replace)


def drill(url: str, *, clock: Clock, portable: bool = False) -> Drill:
    """Make a backup, bring it back in a place of its own, compare, and remove both. Raises StoreError."""
    with tempfile.TemporaryDirectory(prefix="callboard-drill-") as name:
        folder = Path(name)
        began = time.monotonic()
        backup = create(url, folder / "backup", clock=clock, portable=portable)
        made = time.monotonic()
        with making.scratch(url, folder) as scratch:
            again = restore(scratch, backup.path)
            restored = time.monotonic()
            if wrong := differences(backup.sums, again.sums):
                raise StoreError(f"What was brought back is not what was there: {', '.join(wrong)}.")
            counters = making.check_counters(scratch)
        return Drill(
            backup=backup,
            portable=backup.portable,
            counters=counters,
            made_seconds=made - began,
            restored_seconds=restored - made,
            compared_seconds=time.monotonic() - restored,
        )


def lost(store: Store, lines: Iterable[str]) -> Lost:
    """What people did that an exported audit log has and the database has not, as after a backup was brought back.

    What was cut from the beginning of the log since it was old is not lost: the export has to lead to the hash that it left.
    Raises StoreError for a log that is none, or whose entries are not what was once written.
    """
    common, before = 0, START
    entries: list[Entry] = []
    with store.read() as conn:
        own = {entry.seq: digest for entry, digest in audit_store.chain(conn)}
        cut = audit_store.cut(conn)
    if cut is not None:
        own[cut.through] = cut.hash
    for entry, digest in _exported(lines):
        is_before = cut is not None and entry.seq < cut.through
        if not entries and (own.get(entry.seq) == digest or (is_before and _follows(entry, digest, common, before))):
            common, before = entry.seq, digest
            continue
        if entry.seq != (entries[-1].seq if entries else common) + 1:
            raise StoreError(f"The exported log lacks what is before its entry {entry.seq}.")
        if link(entry, before) != digest:
            raise StoreError(f"Entry {entry.seq} of the exported log is not what was written.")
        before = digest
        entries.append(entry)
    return Lost(last_common=common, entries=tuple(entries))


def _follows(entry: Entry, digest: bytes, last: int, before: bytes) -> bool:
    """Whether an entry that was cut here is the next one of the export, or its first."""
    return last == 0 or (entry.seq == last + 1 and link(entry, before) == digest)


class _Line(msgspec.Struct, frozen=True):
    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    hash: str


def _exported(lines: Iterable[str]) -> Iterator[tuple[Entry, bytes]]:
    for number, line in enumerate(lines, start=1):
        try:
            told = msgspec.json.decode(line, type=_Line)
            entry = Entry(
                seq=told.seq, at=from_text(told.at), actor=told.actor, action=told.action, subject=told.subject,
                detail=tuple(sorted(told.detail.items())),
            )  # fmt: skip
            digest = bytes.fromhex(told.hash)
        except ValueError as error:
            raise StoreError(f"Line {number} is no entry of an exported audit log.") from error
        yield entry, digest
