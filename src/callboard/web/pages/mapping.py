"""Rule sets with their revisions, and what a change of one would move before it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.access import Right
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.mapping import WARNED_DAYS, Entry, Rule, Trust, Vocabulary
from callboard.domain.ownership.plan import Plan
from callboard.errors import ConflictError, MappingRefusedError
from callboard.store.mapping import Revision
from callboard.usecases.ownership import plan_mapping, propose_owner, speak_for
from callboard.usecases.ownership.plan_mapping import Applied
from callboard.web import forms, render, rule_text
from callboard.web.api.ownership import component_of
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import View, Viewing

FIELDS = ("document", "expected", "reason", "agreed")
EXAMPLE = """\
name: platform
rules:
  - name: shared network
    match: {account: "123456789012"}
    owners: [component:default/network]
    reason: Run by the network team for everybody.
    until: 2027-06-30
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One entry of a set, in words."""

    name: str
    matches: str
    owners: tuple[str, ...]
    entry: Entry
    trust: Trust | None
    """Who trusts it to open what is sensitive."""
    ends: str | None
    """late: it has ended; soon: it ends within two weeks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the template of rule sets is given."""

    sets: tuple[Revision, ...] | None
    """None: the viewer may not read them."""
    entries: dict[str, tuple[Written, ...]]
    history: tuple[Revision, ...]
    """Every revision of the one set that is asked for."""
    asked: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What the template of a plan is given."""

    document: str
    expected: str
    reason: str
    may_map: bool
    plan: Plan | None
    applied: Applied | None
    refused: MappingRefusedError | ConflictError | None
    drafted: bool
    """The text is a draft that somebody asked for, and nobody has looked at it yet."""


def rules(view: Viewing) -> Response[str]:
    """The rule sets in force, or every revision of the one that `id` names."""
    asked = params.one(view.query, "id")
    may = Right.MAP in view.viewer.rights
    sets = plan_mapping.rule_sets(view.store, view.viewer) if may else None
    history = plan_mapping.revisions(view.store, view.viewer, asked) if may and asked else ()
    context = Rules(
        sets=sets,
        entries={each.name: tuple(_written(entry, view.now) for entry in each.rule_set.entries) for each in sets or ()},
        history=history,
        asked=asked,
    )
    return render.answer("rules.html", title="Rules", here="ownership", now=view.now, tab="rules", c=context)


def _written(entry: Entry, now: Instant) -> Written:
    if isinstance(entry, Rule):
        matches = " and ".join(f"{term.form.value}: {' or '.join(term.values)}" for term in entry.terms)
        owners: tuple[str, ...] = entry.owners
    elif isinstance(entry, Vocabulary):
        matches = f"whatever the {entry.form.value} {entry.key} names"
        owners = tuple(f"{value} → {ref}" for value, ref in entry.values)
    else:
        matches = f"everything in the {entry.form.value} {entry.value} for which nothing better is known"
        owners = (entry.owner,)
    ends = None
    if entry.until is not None and entry.until - now < WARNED_DAYS * DAY:
        ends = "late" if entry.until <= now else "soon"
    return Written(
        name=entry.name,
        matches=matches,
        owners=owners,
        entry=entry,
        trust=None if isinstance(entry, Rule) else entry.trust,
        ends=ends,
    )


def plan(view: Viewing) -> Response[str]:
    """A text to write a rule set in: that of the set `id`, or a draft for a resource and a component."""
    asked = params_ownership.drafted(view.query)
    document, expected = EXAMPLE if not asked else "", ""
    may = speak_for.maps(view.viewer)
    if "component" in asked:
        draft = _drafted(view, asked, component_of(asked["component"]))
        document, expected = plan_mapping.as_yaml(draft.rule_set), str(draft.revision)
    elif "id" in asked and may:
        found = plan_mapping.revisions(view.store, view.viewer, asked["id"])[0]
        document, expected = plan_mapping.as_yaml(found.rule_set), str(found.n)
    return _answer(view, {"document": document, "expected": expected, "reason": ""}, drafted=bool(asked))


def _drafted(view: View, asked: Mapping[str, str], component: EntityRef) -> propose_owner.Draft:
    reason = asked.get("reason", "")
    place = next((kind for kind in ("project", "account") if kind in asked), None)
    if place is not None:
        return propose_owner.propose_for_place(view.store, view.viewer, place, asked[place], component, reason=reason)
    return propose_owner.propose_owner(
        view.store, view.viewer, asked.get("resource", ""), component, reason=reason, source=asked.get("source")
    )


def preview(view: Viewing, body: RawBody) -> Response[str]:
    """What the text would move. Nothing is written."""
    params.nothing(view.query)
    fields = forms.read(body, FIELDS)
    view.viewer.require(Right.MAP)
    try:
        draft = rule_text.read(fields["document"].encode(), name="the text")
        found = plan_mapping.plan_mapping(
            view.store, view.viewer, draft, clock=view.services.clock, safety=view.services.safety
        )
    except MappingRefusedError as error:
        return _answer(view, fields, refused=error)
    return _answer(view, {**fields, "expected": fields["expected"] or str(found.revision)}, plan=found)


def apply(view: Viewing, body: RawBody) -> Response[str]:
    """Put the text in force, as it was looked at."""
    params.nothing(view.query)
    fields = forms.read(body, FIELDS)
    view.viewer.require(Right.MAP)
    try:
        draft = rule_text.read(fields["document"].encode(), name="the text")
        done = plan_mapping.apply_mapping(
            view.store,
            view.viewer,
            draft,
            reason=fields["reason"],
            clock=view.services.clock,
            agreed=fields["agreed"] == "yes",
            expected=params_ownership.revision(fields["expected"]),
            safety=view.services.safety,
        )
    except (MappingRefusedError, ConflictError) as error:
        return _answer(view, fields, refused=error)
    fields = {**fields, "expected": str(done.revision)}
    return _answer(view, fields, plan=None if done.state == "applied" else done.plan, applied=done)


def _answer(
    view: View,
    fields: Mapping[str, str],
    *,
    plan: Plan | None = None,
    applied: Applied | None = None,
    refused: MappingRefusedError | ConflictError | None = None,
    drafted: bool = False,
) -> Response[str]:
    context = Planned(
        document=fields["document"],
        expected=fields["expected"],
        reason=fields["reason"],
        may_map=speak_for.maps(view.viewer),
        plan=plan,
        applied=applied,
        refused=refused,
        drafted=drafted,
    )
    status = 200 if refused is None else 409 if isinstance(refused, ConflictError) else 422
    return render.answer(
        "plan.html", status_code=status, title="Plan", here="ownership", now=view.now, tab="plan", c=context
    )
