"""`/api/v1/ownership`: what waits for an owner, what is claimed twice, where the catalog and Wiz differ, and trees.

All of it is read by what is in sight, and nothing of it changes anything.
"""

from __future__ import annotations

from litestar.params import RawBody
from litestar.response import Response

from callboard.errors import InvalidQueryError
from callboard.usecases import roll_up
from callboard.usecases.ownership import align, list_conflicts, propose_owner, queue_unmapped
from callboard.web import answers
from callboard.web.api.ownership import component_of, read_body
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.to_wire import queues as to_wire_queues
from callboard.web.view import Viewing
from callboard.web.wire import queues as wire_queues


def unmapped(view: Viewing) -> Response[bytes]:
    """What nobody owns, by what one action would map."""
    params.nothing(view.query)
    return answers.fresh(
        view, lambda: to_wire_queues.queue(queue_unmapped.queue_unmapped(view.store, view.viewer, now=view.now))
    )


def conflicts(view: Viewing) -> Response[bytes]:
    """What components of different owners claim."""
    params.nothing(view.query)
    return answers.fresh(view, lambda: to_wire_queues.conflicts(list_conflicts.list_conflicts(view.store, view.viewer)))


def alignment(view: Viewing) -> Response[bytes]:
    """Where the catalog and Wiz differ, with a change for either side."""
    params.nothing(view.query)
    return answers.fresh(view, lambda: to_wire_queues.alignment(align.align(view.store, view.viewer)))


def tree(view: Viewing) -> Response[bytes]:
    """Open findings by domain, business unit, region or account."""
    by = params_ownership.rolled_by(view.query)
    return answers.fresh(view, lambda: to_wire_queues.node(roll_up.roll_up(view.store, view.viewer, by)))


def propose(view: Viewing, body: RawBody) -> Response[bytes]:
    """A rule that would give a resource to a component. Nothing is written."""
    params.nothing(view.query)
    draft = read_body(body, wire_queues.ProposalDraft)
    component, place = component_of(draft.component), _place(draft)
    if place is not None:
        found = propose_owner.propose_for_place(view.store, view.viewer, *place, component, reason=draft.reason)
    else:
        found = propose_owner.propose_owner(
            view.store, view.viewer, draft.resource or "", component, reason=draft.reason, source=draft.source
        )
    return answers.json(to_wire_queues.proposal(found))


def _place(draft: wire_queues.ProposalDraft) -> tuple[str, str] | None:
    given = [(name, value) for name in ("resource", "project", "account") if (value := getattr(draft, name))]
    if len(given) != 1:
        raise InvalidQueryError("It has to name a resource, a project or an account, and only one.", field="resource")
    return None if given[0][0] == "resource" else given[0]
