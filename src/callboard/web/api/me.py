"""`/api/v1/me`: who the caller is here, what the caller sees, and what the caller may do."""

from __future__ import annotations

from litestar.response import Response

from callboard.domain.access import Everything, Nothing, Readers, Visibility
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.view import Viewing
from callboard.web.wire import who as wire_who


def show(view: Viewing) -> Response[bytes]:
    """The caller."""
    params.nothing(view.query)
    viewer = view.viewer
    me = wire_who.Me(
        actor=viewer.named,
        roles=[role.value for role in viewer.roles],
        rights=sorted(right.value for right in viewer.rights),
        owners=None if viewer.owners is None else list(viewer.owners),
        sees=_sees(viewer.visibility),
        of_others=_of_others(viewer.visibility),
        tracked=bool(view.services.trackers),
    )
    return answers.json(me)


def _sees(visibility: Visibility) -> str:
    match visibility:
        case Everything():
            return "everything"
        case Readers(component=str()):
            return "component"
        case Readers():
            return "own"
        case Nothing():
            return "nothing"


def _of_others(visibility: Visibility) -> str:
    match visibility:
        case Everything(deepest=depth):
            return depth.name.lower()
        case Readers(others=depth) if depth is not None:
            return depth.name.lower()
    return "nothing"
