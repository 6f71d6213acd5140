"""`/api/v1/policies`: who is what and sees how much, and by when things are due. For who may administer."""

from __future__ import annotations

from typing import Any

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain import policy
from callboard.errors import InvalidQueryError
from callboard.usecases import plan_policy
from callboard.web import answers
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.to_wire import policy as to_wire_policy
from callboard.web.view import Viewing
from callboard.web.wire import policy as wire_policy


def list_all(view: Viewing) -> Response[bytes]:
    """Every policy with its revisions."""
    params.nothing(view.query)
    return answers.json(
        to_wire_policy.policies(plan_policy.standing(view.store, view.viewer, view.services.configured))
    )


def plan(view: Viewing, body: RawBody) -> Response[bytes]:
    """What applying a policy would do. Nothing is written."""
    params.nothing(view.query)
    draft = read_body(body, wire_policy.PolicyDraft)
    services = view.services
    found = plan_policy.plan_policy(
        view.store, view.viewer, _body(draft.document), services.configured, clock=services.clock
    )
    return answers.json(to_wire_policy.plan(found))


def dates(view: Viewing, body: RawBody) -> Response[bytes]:
    """The findings that one number of a plan counts."""
    params.nothing(view.query)
    draft = read_body(body, wire_policy.DatesDraft)
    found = plan_policy.list_counted(
        view.store, view.viewer, _body(draft.document), view.services.configured, params_ownership.moved(draft.of),
        clock=view.services.clock, skip=draft.skip,
    )  # fmt: skip
    return answers.json(to_wire_policy.date_lines(found))


def apply(view: Viewing, body: RawBody) -> Response[bytes]:
    """Put a policy in force, or take it back."""
    params.nothing(view.query)
    draft = read_body(body, wire_policy.PolicyDraft)
    services = view.services
    done = plan_policy.apply_policy(
        view.store, view.viewer, _body(draft.document), services.configured, clock=services.clock, reason=draft.reason,
        agreed=draft.agreed, expected=draft.expected, remove=draft.remove,
    )  # fmt: skip
    return answers.json(to_wire_policy.applied(done))


def _body(document: dict[str, Any]) -> policy.Body:
    try:
        return policy.read(document)
    except policy.UnreadableError as error:
        raise InvalidQueryError(str(error), field="document") from None
