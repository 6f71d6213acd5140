"""The log of who did what, cut at its old end: what is cut leaves its last hash in an entry, so that the rest proves itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from callboard.domain import audit
from callboard.domain.audit import Cut
from callboard.domain.instant import Instant, to_text
from callboard.domain.retention import Keep, months
from callboard.errors import StoreError
from callboard.store import schema
from callboard.store.people import audit as audit_store
from callboard.store.retention.rule import Key, Old, old_of

a = schema.audit.c

BY = "callboard"


class AuditCut:
    """Implements `Rule`. Its keys are the numbers of the first and the last entry that go together."""

    key = "audit"
    words = "Entries of the log of who did what; the hash of the last one stays"
    setting = "audit_months"

    def age(self, keep: Keep) -> int:
        """For how long it keeps, in microseconds."""
        return months(keep.audit_months)

    def old(self, conn: Connection, before: Instant) -> Old:
        """Entries up to the first one that is young."""
        rows, oldest = conn.execute(
            select(func.count(), func.min(a.at)).where(a.seq <= self._last(conn, before))
        ).one()  # fmt: skip
        return old_of(rows, oldest)

    def find(self, conn: Connection, before: Instant, after: Key | None, limit: int) -> list[Key]:
        """One stretch from the oldest entry on."""
        first = conn.execute(select(func.min(a.seq))).scalar_one()
        last = min(self._last(conn, before), (first or 0) + limit - 1)
        is_done = first is None or last < first or (after is not None and first <= after[0])
        return [] if is_done else [(first, last)]

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:
        """Cut the stretch, and say so in the log. Raises StoreError where the log does not hold: that is kept as it is."""
        gone = 0
        for first, last in keys:
            if conn.execute(select(func.min(a.seq))).scalar_one() != first or last > self._last(conn, before):
                continue
            cut = audit_store.cut(conn)
            held = list(audit_store.chain(conn, limit=last - first + 1))
            if broken := next(iter(audit.breaks(held, cut)), None):
                raise StoreError(
                    f"The log of who did what does not hold at entry {broken.seq}, so nothing of it is dropped.",
                    hint="`callboard audit verify` says more.",
                )
            entry, digest = held[-1]
            told = Cut(through=last, hash=digest, last_at=entry.at, at=now)
            # Said first: numbers count on from the newest entry, which may be old itself.
            audit_store.note(
                conn, at=now, actor=BY, action=audit.CUT, subject="audit",
                detail={**told.detail(), "entries": str(len(held)), "from": to_text(held[0][0].at)},
            )  # fmt: skip
            gone += conn.execute(delete(schema.audit).where(a.seq <= last)).rowcount
        return gone

    @staticmethod
    def _last(conn: Connection, before: Instant) -> int:
        """The last entry that is old, with every one before it. Nought: there is none."""
        young = conn.execute(select(func.min(a.seq)).where(a.at >= before)).scalar_one()
        newest = conn.execute(select(func.max(a.seq))).scalar_one()
        return int(newest or 0) if young is None else int(young) - 1
