"""Whose one resource is and why, with what the reader may say about it. It opens as a page, and in place where a script runs."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.access import Right
from callboard.domain.ownership.explanation import Explanation
from callboard.domain.ownership.likeness import Suggestion
from callboard.domain.ownership.verdict import Verdict
from callboard.errors import NotFoundError
from callboard.usecases import browse
from callboard.usecases.ownership import speak_for, suggest_owners
from callboard.usecases.ownership.speak_for import Said
from callboard.web import forms, render
from callboard.web.api.ownership import component_of
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import View, Viewing


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """What is told about one resource, and what may be done."""

    e: Explanation
    suggestions: tuple[Suggestion, ...]
    """For what nobody owns, to who may map."""
    why_not: str | None
    """Why the reader may say nothing. None: the reader may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What was said just now."""

    said: Said
    verb: str
    resource: str
    source: str
    may_undo: bool
    in_sight: bool
    """The reader sees the resource still."""


VERBS = {
    "confirm": "Confirmed for everybody",
    "endorse": "Confirmed by the team",
    "not-ours": "Noted as not theirs",
}


def show(view: Viewing) -> Response[str]:
    """Whose the resource `id` is, or that of the finding `finding`."""
    asked = params_ownership.resource_or_finding(view.query)
    resource, source = asked.id, asked.source
    if asked.finding is not None:
        page = browse.finding(view.store, view.visibility, asked.finding, now=view.now)
        resource, source = page.resource.external_id, page.row.source
    found = whose(view, resource, source)
    return render.answer(
        "whose.html", title=f"Whose is {found.e.name}?", here="ownership", now=view.now, tab="", w=found
    )


def whose(view: View, resource: str, source: str | None) -> Whose:
    """What a page tells about whose a resource is. Raises NotFoundError."""
    found = speak_for.explain(view.store, view.viewer, resource, source)
    suggestions: tuple[Suggestion, ...] = ()
    if found.may_map and found.verdict == Verdict.UNMAPPED:
        try:
            report = suggest_owners.suggest_owners(view.store, view.viewer, now=view.now, resource=found.external_id)
        except NotFoundError:  # somebody gave it an owner meanwhile
            report = None
        if report is not None:
            suggestions = next((each.suggestions for each in report.resources if each.source == found.source), ())
    return Whose(e=found, suggestions=suggestions, why_not=_why_not(view, found))


def _why_not(view: View, found: Explanation) -> str | None:
    if found.may_map or found.may_confirm or found.may_deny:
        return None
    if view.viewer.owners is None:
        return "Whose it is can be said by who may map and sees everything."
    if Right.DECIDE not in view.viewer.rights:
        return "You may look at it. Saying whose it is needs the right to decide, which an administrator can grant."
    return "Only the team that it is routed to, or who may map, can say whose it is."


def say(view: Viewing, body: RawBody) -> Response[str]:
    """It is theirs, or it is not."""
    params.nothing(view.query)
    fields = forms.read(body, ("word", "resource", "source", "component", "reason"))
    acts: dict[str, speak_for.Act] = {"confirm": speak_for.confirm, "not-ours": speak_for.not_ours}
    act = acts.get(fields["word"])
    if act is None:
        raise NotFoundError
    resource = forms.needed(fields, "resource")
    done = act(
        view.store, view.viewer, resource, component_of(forms.needed(fields, "component")), clock=view.services.clock,
        reason=fields["reason"], source=fields["source"] or None,
    )  # fmt: skip
    return _told(view, done, VERBS[done.word.value], resource, fields["source"], may_undo=True)


def undo(view: Viewing, body: RawBody) -> Response[str]:
    """Take back what was said."""
    params.nothing(view.query)
    fields = forms.read(body, ("decision", "resource", "source"))
    number = params.finding_id(forms.needed(fields, "decision"))
    done = speak_for.undo(view.store, view.viewer, number, clock=view.services.clock)
    return _told(view, done, "Taken back", fields["resource"], fields["source"], may_undo=False)


def _told(view: View, done: Said, verb: str, resource: str, source: str, *, may_undo: bool) -> Response[str]:
    try:
        speak_for.explain(view.store, view.viewer, resource, source or None)
        in_sight = True
    except NotFoundError:
        in_sight = False
    may_undo = may_undo and Right.DECIDE in view.viewer.rights
    spoken = Spoken(said=done, verb=verb, resource=resource, source=source, may_undo=may_undo, in_sight=in_sight)
    return render.answer("said.html", title=verb, here="ownership", now=view.now, tab="", s=spoken)
