"""`/api/v1/views`: queries with names. Writing from a page of another origin is refused at the edge, as it is everywhere.

These handlers go to a thread by themselves: where two methods share an address, Litestar (2.25) wraps what `sync_to_thread`
has wrapped once more, and the answer is never waited for.
"""

from __future__ import annotations

import asyncio

import msgspec
from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.domain.component import EntityRef, entity_ref
from callboard.errors import InvalidQueryError
from callboard.usecases import saved_views
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import work as to_wire_work
from callboard.web.view import Viewing
from callboard.web.wire import work as wire_work

_decoder = msgspec.json.Decoder(wire_work.ViewDraft)


async def list_all(view: Viewing) -> Response[bytes]:
    """The caller's views, and those of the caller's teams."""
    params.nothing(view.query)
    return answers.json(to_wire_work.saved_views(await asyncio.to_thread(saved_views.views, view.store, view.viewer)))


async def save(view: Viewing, request: WebRequest, body: RawBody) -> Response[bytes]:
    """Keep a view; one of the same name is replaced."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = _draft(body)
    team = _team(draft.team)
    made = await asyncio.to_thread(
        saved_views.save_view, view.store, view.viewer, draft.name, draft.query, now=view.now, team=team
    )
    return answers.json(to_wire_work.saved_view(made), status=201)


async def remove(view: Viewing, view_id: FromPath[str]) -> None:
    """Remove one of the caller's own views."""
    params.nothing(view.query)
    await asyncio.to_thread(saved_views.remove_view, view.store, view.viewer, params.finding_id(view_id), now=view.now)


def _draft(body: bytes) -> wire_work.ViewDraft:
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        told = str(error) if isinstance(error, msgspec.ValidationError) else "The body is no JSON document"
        hint = 'For example {"name": "Mine", "query": "is:open owner:payments"}.'
        raise InvalidQueryError(f"{told}.", hint=hint) from error


def _team(text: str | None) -> EntityRef | None:
    if text is None:
        return None
    try:
        return entity_ref(text, kind="group")
    except ValueError as error:
        raise InvalidQueryError(
            f"{text[:60]!r} is not an entity reference.", field="team", hint="For example group:default/payments."
        ) from error
