"""What may be said about one finding, a bundle or a list, and saying it. Opens as a page, and in place where a script runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.board import FindingPage, FindingRow
from callboard.domain.decision import DecisionKind, Justification, Reason, Until
from callboard.domain.query import Query, parse
from callboard.domain.remediation.sayable import Sayable, about_many
from callboard.domain.standing import Standing
from callboard.usecases import ask, browse
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Done, Target
from callboard.usecases.remediation.may_say import may_say
from callboard.web import engaged, forms, links, render, words
from callboard.web.api.decisions import say as said
from callboard.web.params import board as params
from callboard.web.view import View, Viewing
from callboard.web.wire.decisions import DecisionDraft

SHOWN = 10
"""Findings that are listed before something is said about all of them."""

UNTIL = MappingProxyType({
    Until.DAY: "for a day", Until.WEEK: "for a week", Until.MONTH: "for 30 days", Until.FIX: "until there is a fix",
    Until.WORSE: "until it is worse",
})  # fmt: skip

DONE = MappingProxyType({
    DecisionKind.TAKE: "taken", DecisionKind.ASSIGN: "assigned", DecisionKind.SNOOZE: "snoozed",
    DecisionKind.DISMISS: "dismissed", DecisionKind.ASK: "waiting for somebody else to agree",
    DecisionKind.ACCEPT: "accepted", DecisionKind.NOT_USEFUL: "noted as not useful", DecisionKind.COMMENT: "commented on",
    DecisionKind.UNDO: "as before",
})  # fmt: skip
"""What findings are after an act: "14 findings snoozed."."""

_FIELDS = (
    "act", "id", "bundle", "q", "seen", "count", "until", "day", "reason", "justification", "duplicate_of", "to", "of",
    "note",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What the forms are made from; the same on the page of a finding."""

    about: str
    """What it is said about, in words."""
    hidden: tuple[tuple[str, str], ...]
    """Fields that every form sends."""
    standing: Standing
    may: frozenset[str]
    """Acts, by their words."""
    undo: frozenset[int]
    """What may be taken back."""
    own: tuple[str, ...]
    """The reader and the reader's groups, to give work to."""
    until: tuple[tuple[str, str], ...] = tuple((each.value, text) for each, text in UNTIL.items())
    reasons: tuple[str, ...] = tuple(Reason)
    justifications: tuple[str, ...] = tuple(Justification)
    open: str = ""
    """The act whose form is open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Many:
    """Several findings that something is to be said about."""

    rows: tuple[FindingRow, ...]
    total: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was said just now."""

    told: str
    done: Done
    may_undo: bool
    back: str


def show(view: Viewing) -> Response[str]:
    """What may be said about the finding `id`, the bundle `bundle` or the query `q`."""
    asked = params.deciding(view.query)
    if asked.finding is not None:
        page = browse.finding(view.store, view.visibility, asked.finding, now=view.now)
        choices = of_finding(view, page, act=asked.act)
        title, row, many = page.row.title, page.row, None
    else:
        query = Target(bundle=asked.bundle, query=None if asked.q is None else parse(asked.q)).asked or Query()
        listed = ask.list_findings(view.store, view.viewer, query, now=view.now, limit=SHOWN)
        many = Many(rows=listed.rows, total=listed.total, url=links.query(query))
        hidden = [("bundle", asked.bundle)] if asked.bundle is not None else [("q", query.canonical)]
        choices = _choices(
            view, about=words.count(listed.total, "finding"), act=asked.act, standing=Standing(),
            may=about_many(view.viewer.rights),
            hidden=(*hidden, ("count", str(listed.total)), ("seen", str(deciding.newest(view.store)))),
        )  # fmt: skip
        title, row = choices.about, None
    return render.answer(
        "decide.html", title=f"Decide: {title}", here="findings", now=view.now, d=choices, row=row, many=many,
        heading=title,
    )  # fmt: skip


def of_finding(view: View, page: FindingPage, *, act: str = "") -> Choices:
    """What may be said about one finding."""
    hidden = (("id", str(page.row.id)), ("seen", str(page.standing.newest)))
    may = may_say(view.store, view.viewer, page)
    return _choices(view, about=page.row.title, hidden=hidden, standing=page.standing, may=may, act=act)


def _choices(
    view: View, *, about: str, hidden: tuple[tuple[str, str], ...], standing: Standing, may: Sayable, act: str
) -> Choices:
    return Choices(
        about=about, hidden=hidden, standing=standing, open=act, own=view.viewer.owners or (),
        may=frozenset(kind.word for kind in may.acts), undo=frozenset(may.undo),
    )  # fmt: skip


def say(view: Viewing, body: RawBody) -> Response[str]:
    """Say it, and tell what followed."""
    params.nothing(view.query)
    fields = forms.read(body, _FIELDS)
    draft = _draft(fields)
    done = said(view, draft, key=None)
    told = f"{words.count(len(done.findings), 'finding')} {DONE[done.kind]}."
    back = links.finding(draft.findings[0]) if draft.findings else "/findings"
    may_undo = done.decision is not None and done.kind is not DecisionKind.UNDO
    answer = render.answer(
        "decided.html", title=told.rstrip("."), here="findings", now=view.now,
        s=Outcome(told=told, done=done, may_undo=may_undo, back=back),
    )  # fmt: skip
    answer.background = engaged.acted(view, done)
    return answer


def _draft(fields: Mapping[str, str]) -> DecisionDraft:
    return DecisionDraft(
        act=fields["act"],
        findings=[params.finding_id(fields["id"])] if fields["id"] else None,
        bundle=fields["bundle"] or None,
        q=fields["q"] or None,
        seen=forms.number(fields["seen"], "seen"),
        count=forms.number(fields["count"], "count"),
        until=fields["until"] or fields["day"] or None,
        reason=fields["reason"] or None,
        justification=fields["justification"] or None,
        duplicate_of=forms.number(fields["duplicate_of"].lstrip("#"), "duplicate_of"),
        to=fields["to"] or None,
        of=forms.number(fields["of"], "of"),
        note=fields["note"],
    )
