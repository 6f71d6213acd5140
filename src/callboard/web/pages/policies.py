"""Policies: who is what and sees how much, by when things are due, and what a change would do before it does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.access import Everything, Right
from callboard.domain.ownership.picking import Sight
from callboard.domain.policy import DateLines, Moved, PolicyKind, PolicyPlan
from callboard.errors import ConflictError, MappingRefusedError, NotAllowedError
from callboard.usecases import plan_policy
from callboard.usecases.plan_policy import Applied, Standing
from callboard.web import forms, policy_text, render
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import View, Viewing

_STATUS: Mapping[type[Exception], int] = {MappingRefusedError: 422, ConflictError: 409, NotAllowedError: 403}
FIELDS = ("document", "expected", "reason", "agreed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    standing: tuple[Standing, ...]
    texts: Mapping[PolicyKind, str]
    """Each policy in force, as the file that it could be kept in."""
    document: str | None
    """The draft; None: nobody writes one."""
    expected: str
    reason: str
    plan: PolicyPlan | None
    applied: Applied | None
    refused: MappingRefusedError | ConflictError | NotAllowedError | None
    sees_all: bool
    """Whether numbers lead to what they count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """What the template of findings whose dates would move is given."""

    found: DateLines
    told: str
    document: str
    of: str
    skip: int


TOLD = {
    Moved.ALL: "would get another date",
    Moved.EARLIER: "would be due earlier",
    Moved.LATER: "would be due later, or would have no date",
    Moved.NEWLY_OVERDUE: "would be overdue at once",
    Moved.NO_LONGER_OVERDUE: "would be overdue no longer",
}
"""What is said of the findings that a number counts."""


def show(view: Viewing) -> Response[str]:
    """The policies in force; with `id` a text to write another one in."""
    asked = params.one(view.query, "id")
    found = plan_policy.standing(view.store, view.viewer, view.services.configured)
    one = next((each for each in found if each.kind == asked), None)
    document = None if one is None else plan_policy.as_yaml(one.body)
    expected = "" if one is None else str(one.history[0].n if one.history else 0)
    return _answer(view, {"document": document or "", "expected": expected, "reason": ""}, writes=one is not None)


def preview(view: Viewing, body: RawBody) -> Response[str]:
    """What the text would do. Nothing is written."""
    params.nothing(view.query)
    fields = forms.read(body, FIELDS)
    services = view.services
    plan_policy.standing(view.store, view.viewer, services.configured)  # raises for who may not
    try:
        draft = policy_text.read(fields["document"].encode())
        found = plan_policy.plan_policy(view.store, view.viewer, draft, services.configured, clock=services.clock)
    except MappingRefusedError as error:
        return _answer(view, fields, refused=error)
    return _answer(view, {**fields, "expected": fields["expected"] or str(found.revision)}, plan=found)


def dates(view: Viewing, body: RawBody) -> Response[str]:
    """The findings that one number of a plan counts. Nothing is written."""
    params.nothing(view.query)
    fields = forms.read(body, ("document", "of", "skip"))
    view.viewer.require(Right.ADMINISTER)
    number, skip = params_ownership.moved(forms.needed(fields, "of")), params_ownership.skipped(fields["skip"])
    draft = policy_text.read(fields["document"].encode())
    found = plan_policy.list_counted(
        view.store, view.viewer, draft, view.services.configured, number, clock=view.services.clock, skip=skip
    )
    told = number.told if isinstance(number, Sight) else TOLD[number]
    context = Dates(found=found, told=told, document=fields["document"], of=fields["of"], skip=skip)
    return render.answer("dates.html", title="Part of a plan", here="policies", now=view.now, c=context)


def apply(view: Viewing, body: RawBody) -> Response[str]:
    """Put the text in force, as it was looked at."""
    params.nothing(view.query)
    fields = forms.read(body, FIELDS)
    services = view.services
    plan_policy.standing(view.store, view.viewer, services.configured)  # raises for who may not
    try:
        done = plan_policy.apply_policy(
            view.store,
            view.viewer,
            policy_text.read(fields["document"].encode()),
            services.configured,
            clock=services.clock,
            reason=fields["reason"],
            agreed=fields["agreed"] == "yes",
            expected=params_ownership.revision(fields["expected"]),
        )
    except (MappingRefusedError, ConflictError, NotAllowedError) as error:
        return _answer(view, fields, refused=error)
    is_done = done.state == "applied"
    fields = {**fields, "expected": str(done.revision)}
    return _answer(view, fields, plan=None if is_done else done.plan, applied=done, writes=not is_done)


def _answer(
    view: View,
    fields: Mapping[str, str],
    *,
    plan: PolicyPlan | None = None,
    applied: Applied | None = None,
    refused: MappingRefusedError | ConflictError | NotAllowedError | None = None,
    writes: bool = True,
) -> Response[str]:
    found = plan_policy.standing(view.store, view.viewer, view.services.configured)
    context = Context(
        standing=found,
        texts={each.kind: plan_policy.as_yaml(each.body) for each in found},
        document=fields["document"] if writes else None,
        expected=fields["expected"],
        reason=fields["reason"],
        plan=plan,
        applied=applied,
        refused=refused,
        sees_all=isinstance(view.visibility, Everything),
    )
    status = 200 if refused is None else _STATUS[type(refused)]
    return render.answer(
        "policies.html", status_code=status, title="Policies", here="policies", now=view.now, c=context
    )
