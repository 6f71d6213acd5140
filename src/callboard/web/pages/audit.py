"""The log of who did what, for those who may read it: looked through, checked, and taken as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from litestar.params import RawBody
from litestar.response import Response, Stream

from callboard.domain.audit import Entry
from callboard.domain.instant import DAY, Instant, to_datetime, to_text
from callboard.domain.ownership.coverage import end_of_day
from callboard.errors import InvalidQueryError
from callboard.store.people.audit import Wanted
from callboard.usecases.people import audit_log
from callboard.usecases.people.audit_log import Verdict
from callboard.web import forms, links, render
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import View, Viewing, paces_of
from callboard.web.wire import who as wire_who

PATH = "/audit"
FILTERS = ("actor", "action", "subject", "from", "to")
ROWS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    entries: tuple[tuple[Entry, str], ...]
    total: int
    asked: Mapping[str, str]
    """The filters as they were written."""
    is_narrowed: bool
    actions: tuple[str, ...]
    first_url: str | None
    next_url: str | None
    file_url: str
    verdict: Verdict | None
    """Whether the log holds, where somebody has just asked."""
    kept: str


def show(view: Viewing) -> Response[str]:
    """Entries, the newest first."""
    asked = params.texts(view.query, (*FILTERS, "before"))
    return _answer(view, asked)


def verify(view: Viewing, body: RawBody) -> Response[str]:
    """Whether nothing was changed or taken out; with the hash that somebody kept elsewhere, whether it is in the chain."""
    params.nothing(view.query)
    kept = forms.read(body, ("hash",))["hash"]
    verdict = audit_log.verify(view.store, view.viewer, kept_hash=kept or None)
    return _answer(view, dict.fromkeys((*FILTERS, "before"), ""), verdict=verdict, kept=kept)


def file(view: Viewing, request: WebRequest) -> Stream:
    """What the page lists, whole, as one JSON document a line."""
    asked = params.texts(view.query, FILTERS)
    if view.viewer.roles:
        paces_of(request).exports.require(
            view.viewer.key, "You take more files than one person or program may in an hour."
        )
    entries = audit_log.export(view.store, view.viewer, _wanted(asked), at=view.now)
    name = f"callboard-audit-{to_datetime(view.now):%Y-%m-%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(_lines(entries), media_type="application/jsonl", headers=headers)


def _lines(entries: Iterator[tuple[Entry, str]]) -> Iterator[bytes]:
    for entry, digest in entries:
        told = wire_who.AuditEntry(
            seq=entry.seq, at=to_text(entry.at), actor=entry.actor, action=entry.action, subject=entry.subject,
            detail=dict(entry.detail), hash=digest,
        )  # fmt: skip
        yield msgspec.json.encode(told) + b"\n"


def _wanted(asked: Mapping[str, str]) -> Wanted:
    return Wanted(
        actor=asked["actor"] or None,
        action=asked["action"] or None,
        subject=asked["subject"] or None,
        start=_day(asked, "from", first=True),
        end=_day(asked, "to", first=False),
    )


def _day(asked: Mapping[str, str], name: str, *, first: bool) -> Instant | None:
    """The first moment of a day, or the first moment after it."""
    if not asked[name]:
        return None
    try:
        after = Instant(end_of_day(asked[name]) + 1)
    except ValueError as error:
        raise InvalidQueryError(f"{asked[name]!r} is no day.", field=name, hint="Write it as 2026-06-30.") from error
    return Instant(after - DAY) if first else after


def _answer(view: View, asked: Mapping[str, str], *, verdict: Verdict | None = None, kept: str = "") -> Response[str]:
    before = asked["before"]
    if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise InvalidQueryError("An entry has a number.", field="before")
    found = audit_log.search(
        view.store, view.viewer, _wanted(asked), before=int(before) if before else None, limit=ROWS
    )  # fmt: skip
    filters = {name: asked[name] for name in FILTERS}
    context = Context(
        entries=found.entries,
        total=found.total,
        asked=filters,
        is_narrowed=any(filters.values()),
        actions=found.actions,
        first_url=links.address(PATH, filters) if before else None,
        next_url=None if found.before is None else links.address(PATH, {**filters, "before": str(found.before)}),
        file_url=links.address("/audit/file", filters),
        verdict=verdict,
        kept=kept,
    )
    return render.answer("audit.html", title="Audit", here="audit", now=view.now, c=context)
