"""`/api/v1/ownership`: whose things are, why, and what a change of the rules would do.

Reading is by what is in sight; what changes anything states the right that it needs in its use case.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import RuleSet
from callboard.errors import InvalidQueryError
from callboard.usecases.ownership import plan_mapping, report_ownership, speak_for, watch_ownership
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.to_wire import ownership as to_wire_ownership
from callboard.web.view import Viewing
from callboard.web.wire import ownership as wire_ownership

T = TypeVar("T")


def rules(view: Viewing) -> Response[bytes]:
    """The rule sets in force, or every revision of the one that `id` names."""
    name = params.one(view.query, "id")
    store, viewer = view.store, view.viewer
    found = plan_mapping.rule_sets(store, viewer) if name is None else plan_mapping.revisions(store, viewer, name)
    return answers.json(to_wire_ownership.rule_sets(found))


def plan(view: Viewing, body: RawBody) -> Response[bytes]:
    """What applying a rule set would do. Nothing is written."""
    params.nothing(view.query)
    draft = read_body(body, wire_ownership.RuleSetDraft)
    found = plan_mapping.plan_mapping(
        view.store, view.viewer, _rule_set(draft.document), clock=view.services.clock, safety=view.services.safety
    )
    return answers.json(to_wire_ownership.plan(found))


def picked(view: Viewing, body: RawBody) -> Response[bytes]:
    """The resources that one number of a plan counts. Nothing is written."""
    params.nothing(view.query)
    draft = read_body(body, wire_ownership.PickDraft)
    found = plan_mapping.list_picked(
        view.store, view.viewer, _rule_set(draft.document), params_ownership.pick(draft.of), clock=view.services.clock,
        skip=draft.skip,
    )  # fmt: skip
    return answers.json(to_wire_ownership.lines(found))


def changed(view: Viewing) -> Response[bytes]:
    """The resources that changed hands in 30 days, or those that the signal of this number is about."""
    number, skip = params.numbers(view.query, {"signal": (0, 0, 10**15), "skip": (0, 0, params_ownership.MOST_SKIPPED)})

    def read() -> object:
        done = watch_ownership.changed(
            view.store, view.viewer, clock=view.services.clock, signal_id=number or None, skip=skip
        )
        return to_wire_ownership.lines(done.found)

    return answers.fresh(view, read, holds=answers.TICK)


def apply(view: Viewing, body: RawBody) -> Response[bytes]:
    """Put a rule set in force. One that is kept in a file is answered with a patch for it."""
    params.nothing(view.query)
    draft = read_body(body, wire_ownership.RuleSetDraft)
    done = plan_mapping.apply_mapping(
        view.store, view.viewer, _rule_set(draft.document), reason=draft.reason, clock=view.services.clock, agreed=draft.agreed,
        expected=draft.expected, remove=draft.remove, safety=view.services.safety,
    )  # fmt: skip
    return answers.json(to_wire_ownership.applied(done))


def explain(view: Viewing) -> Response[bytes]:
    """Why the resource with this `id` is whose it is."""
    asked = params.named(view.query)

    def read() -> object:
        return to_wire_ownership.explanation(speak_for.explain(view.store, view.viewer, asked.id, asked.source))

    return answers.fresh(view, read)


def report(view: Viewing) -> Response[bytes]:
    """How much has an owner, now or `on` a past day, by what `by` says."""
    asked = params_ownership.coverage(view.query)

    def read() -> object:
        found = report_ownership.report(view.store, view.viewer, clock=view.services.clock, on=asked.on, by=asked.by)
        return to_wire_ownership.report(found)

    return answers.fresh(view, read, holds=answers.TICK)


def confirm(view: Viewing, body: RawBody) -> Response[bytes]:
    """It is theirs."""
    return _said(view, body, speak_for.confirm)


def not_ours(view: Viewing, body: RawBody) -> Response[bytes]:
    """It is not theirs."""
    return _said(view, body, speak_for.not_ours)


def undo(view: Viewing, decision_id: FromPath[str]) -> Response[bytes]:
    """Take back what was said."""
    params.nothing(view.query)
    found = speak_for.undo(view.store, view.viewer, params.finding_id(decision_id), clock=view.services.clock)
    return answers.json(to_wire_ownership.said(found))


def signals(view: Viewing) -> Response[bytes]:
    """What changed about ownership, or deserves a look."""
    asked = params_ownership.signals(view.query)

    def read() -> object:
        found = watch_ownership.listed(view.store, view.viewer, kind=asked.kind, before=asked.before)
        return to_wire_ownership.signals(found, watch_ownership.counts(view.store, view.viewer))

    return answers.fresh(view, read)


def close_signal(view: Viewing, signal_id: FromPath[str]) -> Response[bytes]:
    """Somebody has looked at it."""
    params.nothing(view.query)
    watch_ownership.close(view.store, view.viewer, params.finding_id(signal_id), clock=view.services.clock)
    return answers.json(to_wire_ownership.signals(()))


def let_go(view: Viewing, signal_id: FromPath[str]) -> Response[bytes]:
    """Somebody has looked at what is held back, and lets it go."""
    params.nothing(view.query)
    watch_ownership.let_go(view.store, view.viewer, params.finding_id(signal_id), clock=view.services.clock)
    return answers.json(to_wire_ownership.signals(()))


def _said(view: Viewing, body: bytes, act: speak_for.Act) -> Response[bytes]:
    params.nothing(view.query)
    draft = read_body(body, wire_ownership.WordDraft)
    found = act(
        view.store, view.viewer, draft.resource, component_of(draft.component), clock=view.services.clock,
        reason=draft.reason, source=draft.source,
    )  # fmt: skip
    return answers.json(to_wire_ownership.said(found))


def component_of(text: str) -> EntityRef:
    """The component that somebody names. Raises InvalidQueryError."""
    try:
        return entity_ref(text, kind="component")
    except ValueError as error:
        raise InvalidQueryError(
            f"{error}.", field="component", hint="For example component:default/payments."
        ) from error


def _rule_set(document: dict[str, Any]) -> RuleSet:
    try:
        return mapping_text.read(document)
    except mapping_text.UnreadableError as error:
        told = " ".join(f"{each.where}: {each.reason}" for each in error.problems)
        raise InvalidQueryError(told, field="document") from None


def read_body(body: bytes, shape: type[T]) -> T:
    """A body of JSON in this shape. Raises InvalidQueryError.

    A name that comes twice in one object is refused: readers on the way here may take the first, and this one the last.
    """
    try:
        found = msgspec.json.decode(body, type=shape)
        json.loads(body, object_pairs_hook=_each_once)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        told = str(error) if isinstance(error, msgspec.ValidationError) else "The body is no JSON document"
        raise InvalidQueryError(f"{told}.", hint="/openapi.json describes it.") from error
    return found


def _each_once(pairs: list[tuple[str, object]]) -> None:
    names = {name for name, _ in pairs}
    if len(names) < len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in {former for former, _ in pairs[:at]})
        raise InvalidQueryError(f"{twice[:60]!r} comes twice in one object of the body.", hint="Name each thing once.")
