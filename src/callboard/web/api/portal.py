"""`/api/v1/portal/risks`: the newest risk register of a portal, for who may see what can be abused in it."""

from __future__ import annotations

from litestar.response import Response

from callboard.errors import NotFoundError
from callboard.usecases import keep_register
from callboard.web import answers, params, to_wire_portal
from callboard.web.view import Viewing


def risks(view: Viewing) -> Response[bytes]:
    """The register of the portal in the address, or of whichever was judged last."""
    found = keep_register.newest(view.store, view.viewer, params.one(view.query, "name"))
    if found.register is None:
        raise NotFoundError(
            "No risk register of the portal was kept.", hint="`callboard risk --portal FOLDER --board` makes one."
        )
    register, portals = found.register, [each.portal for each in found.portals]
    return answers.json(to_wire_portal.register(register, old=register.is_old(view.now), portals=portals))
