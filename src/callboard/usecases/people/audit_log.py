"""The log of who did what: written, read, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from callboard.domain import audit
from callboard.domain.access import Right, Viewer
from callboard.domain.audit import Break, Cut, Entry
from callboard.domain.instant import Instant
from callboard.store import Store
from callboard.store.people import audit as audit_store
from callboard.store.people.audit import Wanted

PAGE = 500
"""Entries that are read, and held, at a time."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the chain holds."""

    entries: int
    newest: str | None
    """The newest entry's hash in hexadecimal. Kept elsewhere, it proves later that nothing was cut from the end."""
    first_break: Break | None
    """Where it first does not hold. None: it holds."""
    kept_hash_found: bool | None
    """Whether the hash that was kept elsewhere is in the chain, or stands in it for what was cut. None: none was given."""
    cut: Cut | None
    """What was cut from the beginning since it was old: the chain is followed from there on. None: nothing was."""

    @property
    def holds(self) -> bool:
        """Whether nothing was changed or taken out."""
        return self.first_break is None and self.kept_hash_found is not False


def note(
    store: Store, *, at: Instant, actor: str, action: str, subject: str, detail: Mapping[str, str] | None = None
) -> Entry:
    """Append one entry, in a transaction of its own: for what changes nothing else."""
    with store.write() as conn:
        return audit_store.note(conn, at=at, actor=actor, action=action, subject=subject, detail=detail)


def entries(store: Store, viewer: Viewer, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[Entry, str]]:
    """Entries behind `after` in order, each with its hash in hexadecimal. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    return _entries(store, after, limit)


def newest(store: Store, viewer: Viewer, *, limit: int) -> tuple[tuple[Entry, str], ...]:
    """The newest entries, newest first. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    with store.read() as conn:
        end = audit_store.length(conn)
        found = audit_store.chain(conn, after=max(0, end - limit))
        return tuple((entry, digest.hex()) for entry, digest in reversed(list(found)))


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what somebody looks for in the log."""

    entries: tuple[tuple[Entry, str], ...]
    """The newest first, each with its hash in hexadecimal."""
    total: int
    before: int | None
    """Where the next page begins. None: this is the last."""
    actions: tuple[str, ...]
    """All that the log knows."""


def search(store: Store, viewer: Viewer, wanted: Wanted, *, before: int | None, limit: int) -> Found:
    """What somebody looks for. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    with store.read() as conn:
        found = audit_store.search(conn, wanted, before=before, limit=limit + 1)
        shown = found[:limit]
        return Found(
            entries=tuple((entry, digest.hex()) for entry, digest in shown),
            total=audit_store.count(conn, wanted),
            before=shown[-1][0].seq if len(found) > limit else None,
            actions=audit_store.actions(conn),
        )


def export(store: Store, viewer: Viewer, wanted: Wanted, *, at: Instant) -> Iterator[tuple[Entry, str]]:
    """Everything that somebody looks for, the newest first; that it was taken is in the log. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    note(store, at=at, actor=viewer.named, action="audit.export", subject="audit")
    return _found(store, wanted)


def _found(store: Store, wanted: Wanted) -> Iterator[tuple[Entry, str]]:
    before: int | None = None
    while True:
        with store.read() as conn:
            some = audit_store.search(conn, wanted, before=before, limit=PAGE)
        yield from ((entry, digest.hex()) for entry, digest in some)
        if len(some) < PAGE:
            return
        before = some[-1][0].seq


def verify(store: Store, viewer: Viewer, *, kept_hash: str | None = None) -> Verdict:
    """Whether the chain holds from its first entry, or what was last cut before it, to its last. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    count, last, seen = 0, None, False
    wanted = kept_hash.strip().lower() if kept_hash else None

    def watched(chain: Iterator[tuple[Entry, bytes]]) -> Iterator[tuple[Entry, bytes]]:
        nonlocal count, last, seen
        for entry, digest in chain:
            count, last = count + 1, digest
            gone = audit.cut_of(entry)
            seen = seen or wanted in (digest.hex(), None if gone is None else gone.hash.hex())
            yield entry, digest

    with store.read() as conn:
        cut = audit_store.cut(conn)
        found = list(audit.breaks(watched(audit_store.chain(conn)), cut))
    return Verdict(
        entries=count,
        newest=None if last is None else last.hex(),
        first_break=found[0] if found else None,
        kept_hash_found=None if wanted is None else seen,
        cut=cut,
    )


def _entries(store: Store, after: int, limit: int | None) -> Iterator[tuple[Entry, str]]:
    while limit is None or limit > 0:
        size = PAGE if limit is None else min(PAGE, limit)
        with store.read() as conn:
            some = list(audit_store.chain(conn, after=after, limit=size))
        yield from ((entry, digest.hex()) for entry, digest in some)
        if len(some) < size:
            return
        after = some[-1][0].seq
        limit = None if limit is None else limit - len(some)
