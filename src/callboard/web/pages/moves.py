"""What the numbers of a plan and of drift count: resources, each with whose it was, and the list of its findings."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.access import Right
from callboard.domain.component import EntityRef, short_name
from callboard.domain.ownership.drift import Signal, SignalKind
from callboard.domain.ownership.picking import Lines, Number, Pick
from callboard.usecases.ownership import plan_mapping, watch_ownership
from callboard.web import forms, links, render, rule_text, words
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import Viewing

FIELDS = ("document", "of", "skip")
PAGE = 100
"""Signals on a page."""

TOLD = {
    Number.MOVED: "They would go elsewhere",
    Number.DEPTH: "They would stay where they are, and be seen to another depth",
    Number.GAINED: "{} would newly see them",
    Number.LOST: "{} would see them no more",
    Number.GAINED_SENSITIVE: "{} would newly see what is sensitive in them",
    Number.LOST_SENSITIVE: "{} would no longer see what is sensitive in them",
    Number.MATCHED: "The rule {} would match them",
    Number.DECIDED: "The rule {} would decide them",
}
"""What is said of the resources."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """What the template of resources is given."""

    found: Lines
    why: str
    """What they have in common, in a sentence."""
    document: str | None
    """The draft, where they are a plan's."""
    of: str
    skip: int
    signal: Signal | None
    older: str | None
    """The address of the next ones, where there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What the template of one kind of signal is given."""

    kind: SignalKind
    title: str
    signals: tuple[Signal, ...]
    count: int
    older: str | None
    may_close: bool
    listable: frozenset[SignalKind]
    """Kinds of signals whose resources can be listed."""


def planned(view: Viewing, body: RawBody) -> Response[str]:
    """The resources that one number of a plan counts. Nothing is written."""
    params.nothing(view.query)
    fields = forms.read(body, FIELDS)
    view.viewer.require(Right.MAP)
    pick, skip = params_ownership.pick(forms.needed(fields, "of")), params_ownership.skipped(fields["skip"])
    draft = rule_text.read(fields["document"].encode(), name="the text")
    found = plan_mapping.list_picked(view.store, view.viewer, draft, pick, clock=view.services.clock, skip=skip)
    return _answer(
        view,
        Moves(
            found=found, why=_why(pick), document=fields["document"], of=str(pick), skip=skip, signal=None, older=None
        ),
    )  # fmt: skip


def changed(view: Viewing) -> Response[str]:
    """The resources that changed hands in 30 days, or those that the signal of this number is about."""
    number, skip = params.numbers(view.query, {"signal": (0, 0, 10**15), "skip": (0, 0, params_ownership.MOST_SKIPPED)})
    done = watch_ownership.changed(
        view.store, view.viewer, clock=view.services.clock, signal_id=number or None, skip=skip
    )
    signal, rest = done.signal, done.found.next
    why = "They went from one to another in the last 30 days" if signal is None else _about(signal)
    asked = {"signal": str(signal.id)} if signal is not None else {}
    older = None if rest is None else links.address("/ownership/changes", {**asked, "skip": str(rest)})
    return _answer(
        view, Moves(found=done.found, why=why, document=None, of="", skip=skip, signal=signal, older=older)
    )  # fmt: skip


def signals(view: Viewing) -> Response[str]:
    """All signals of one kind that nobody has looked at."""
    asked = params_ownership.signals(view.query)
    kind = asked.kind or SignalKind.RESOURCE_MOVED
    found = watch_ownership.listed(view.store, view.viewer, kind=kind, before=asked.before, limit=PAGE + 1)
    rest = found[PAGE - 1].id if len(found) > PAGE else None
    context = Signals(
        kind=kind,
        title=words.reason(kind.value).capitalize(),
        listable=watch_ownership.listable(view.viewer),
        signals=found[:PAGE],
        count=watch_ownership.counts(view.store, view.viewer).get(kind, 0),
        older=None if rest is None else links.address("/ownership/signals", {"kind": kind.value, "before": str(rest)}),
        may_close=Right.MAP in view.viewer.rights,
    )
    return render.answer("signals.html", title=context.title, here="ownership", now=view.now, tab="coverage", c=context)


def _answer(view: Viewing, context: Moves) -> Response[str]:
    tab = "coverage" if context.document is None else "plan"
    return render.answer("moves.html", title="Resources", here="ownership", now=view.now, tab=tab, c=context)


def _why(pick: Pick) -> str:
    if pick.number is Number.SHIFT:
        before, after, verdict = (*pick.of.split(">"), "", "")[:3]
        to = " into conflict between" if verdict == "conflict" else " to"
        return f"They would go from {_names(before)}{to} {_names(after)}"
    is_owner = pick.number not in (Number.MATCHED, Number.DECIDED) and pick.of
    who = short_name(EntityRef(pick.of)) if is_owner else pick.of
    return TOLD[pick.number].format(who)


def _names(refs: str) -> str:
    return ", ".join(short_name(EntityRef(ref)) for ref in refs.split(",") if ref) or "nobody"


def _about(signal: Signal) -> str:
    match signal.kind:
        case SignalKind.RULE_GREEDY:
            return f"The rule {signal.about} matches them"
        case SignalKind.RULE_REVIEW:
            return f"Teams said that they are not theirs; {signal.about} gave them"
        case SignalKind.HELD_BACK:
            return "They would go to others by tags, labels or defaults, and are so many that they wait to be let go"
        case SignalKind.CLAIM_CONTESTED:
            return f"They are claimed by {_names(signal.about.replace(' | ', ','))}"
        case _:
            before, after = (_names((text or "").replace(", ", ",")) for text in (signal.old, signal.new))
            return f"They went from {before} to {after}"
