"""`/api/v1/audit`: the log of who did what, for those who may read it."""

from __future__ import annotations

from litestar.response import Response

from callboard.domain.instant import to_text
from callboard.usecases.people import audit_log
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.view import Viewing
from callboard.web.wire import who as wire_who


def list_some(view: Viewing) -> Response[bytes]:
    """Entries in order, from the one behind `after` on."""
    after, limit = params.numbers(view.query, {"after": (0, 0, 2**62), "limit": (100, 1, params.MAX_ENTRIES)})
    found = list(audit_log.entries(view.store, view.viewer, after=after, limit=limit))
    entries = [
        wire_who.AuditEntry(
            seq=entry.seq, at=to_text(entry.at), actor=entry.actor, action=entry.action, subject=entry.subject,
            detail=dict(entry.detail), hash=digest,
        )
        for entry, digest in found
    ]  # fmt: skip
    return answers.json(
        wire_who.AuditEntries(entries=entries, next_after=found[-1][0].seq if len(found) == limit else None)
    )
