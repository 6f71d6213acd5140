"""`/api/v1/decisions`: say something about findings, and take it back.

Writing from a page of another origin is refused at the edge, as it is everywhere.
"""

from __future__ import annotations

from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.errors import InvalidQueryError
from callboard.usecases.remediation import decide as deciding
from callboard.web import answers, engaged
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import decisions as to_wire_decisions
from callboard.web.view import View, Viewing
from callboard.web.wire import decisions as wire_decisions

KEY = "idempotency-key"
"""The header whose value makes a request that comes again answer as the first time."""


def decide(view: Viewing, request: WebRequest, body: RawBody) -> Response[bytes]:
    """Say something about one finding or many."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = read_body(body, wire_decisions.DecisionDraft)
    key = request.headers.get(KEY, draft.key)
    if draft.key is not None and draft.key != key:
        raise InvalidQueryError("The header says otherwise.", field="key")
    done = say(view, draft, key=key)
    answer = answers.json(to_wire_decisions.done(done))
    answer.background = engaged.acted(view, done)
    return answer


def undo(view: Viewing, request: WebRequest, decision_id: FromPath[str]) -> Response[bytes]:
    """Take back what was said, wherever it still stands."""
    params.nothing(view.query)
    number = params.finding_id(decision_id)
    done = deciding.undo(
        view.store, view.viewer, number, clock=view.services.clock, key=request.headers.get(KEY)
    )  # fmt: skip
    return answers.json(to_wire_decisions.done(done))


def say(view: View, draft: wire_decisions.DecisionDraft, *, key: str | None) -> deciding.Done:
    """The one way from a door to the use case."""
    return deciding.decide(
        view.store, view.viewer, to_wire_decisions.draft_of(draft), to_wire_decisions.target_of(draft),
        clock=view.services.clock, seen=draft.seen, count=draft.count, key=key, tried=draft.preview,
    )  # fmt: skip
