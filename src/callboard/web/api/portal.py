"""The risk register of a portal: shown to who may see what can be abused in it, and made of what pipelines hand in."""

from __future__ import annotations

from functools import partial

from litestar.exceptions import HTTPException
from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.domain.risk.judgement import Judgement
from callboard.errors import InvalidPurlError, MalformedManifestError, NotFoundError
from callboard.formats.json import read_json_as
from callboard.usecases.packages import keep_register
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import portal as to_wire_portal
from callboard.web.view import Viewing, paces_of

MAX_JUDGEMENT_BYTES = 4_000_000
"""Of a large portal with hundreds of advisories it is a tenth of that."""
LONGEST_NAME = 200
_BODY = "body"


def risks(view: Viewing) -> Response[bytes]:
    """The register of the portal in the address, or of whichever was judged last."""
    found = keep_register.newest(view.store, view.viewer, params.one(view.query, "name"))
    if found.register is None:
        raise NotFoundError(
            "No risk register of the portal was kept.", hint="`callboard risk --portal FOLDER --board` makes one."
        )
    register, portals = found.register, [each.portal for each in found.portals]
    return answers.json(to_wire_portal.register(register, old=register.is_old(view.now), portals=portals))


def deliver(
    view: Viewing, request: WebRequest, *, body: RawBody, kind: FromPath[str], namespace: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Hand in what was found in a portal's files, for the portal's own component."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)
    if (request.headers.get("content-type") or "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(status_code=415)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        # Unpacked it could be any size.
        raise HTTPException(status_code=415)
    if view.viewer.roles:
        paces_of(request).deliveries.require(view.viewer.key, "You hand in more than one may in an hour.")
    made = keep_register.deliver(view.store, view.viewer, ref, partial(_read, body), clock=view.services.clock)
    return answers.json(to_wire_portal.delivered(ref, made))


def _read(body: bytes) -> Judgement:
    """What was handed in. Raises MalformedManifestError."""
    judged = read_json_as(_BODY, body, Judgement)
    if not 0 < len(judged.portal) <= LONGEST_NAME or not judged.portal.isprintable():
        raise MalformedManifestError(f"expected a name of 1 to {LONGEST_NAME} characters for the portal", path=_BODY)
    for each in judged.weaknesses:
        try:
            _ = each.package.purl
        except InvalidPurlError as error:
            raise MalformedManifestError(f"expected packages with a package URL: {error.message}", path=_BODY) from None
    return judged
