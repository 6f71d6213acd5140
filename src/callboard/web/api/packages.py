"""`/api/v1/who-uses`, `…/sbom` and `/api/v1/sbom-coverage`: what components consist of."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

from litestar.exceptions import HTTPException
from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard import gathering
from callboard.domain.component import short_name
from callboard.domain.instant import Instant
from callboard.domain.packages.manifest_series import Arrival
from callboard.errors import NotFoundError
from callboard.usecases.packages import manifests
from callboard.web import answers
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import packages as to_wire_packages
from callboard.web.view import Viewing, paces_of

MAX_BILL_BYTES = 24_000_000
"""A bill that is handed in. The largest real ones have some 15 MB."""
_READING = threading.BoundedSemaphore(2)
"""Bills that are read at one time: a large one takes some hundred megabytes meanwhile."""
PAGE = {"start": (0, 0, 1_000_000), "limit": (100, 1, 500)}
"""Parameters of a list of packages: default, least, most."""
_BODIES = frozenset(
    {
        "application/json",
        "application/xml",
        "application/vnd.cyclonedx+json",
        "application/vnd.cyclonedx+xml",
        "application/spdx+json",
        "application/ld+json",
    }
)


def who_uses(view: Viewing) -> Response[bytes]:
    """Who uses a package, now or in the past."""
    asked = params.who_uses(view.query)

    def read() -> object:
        found = manifests.who_uses(
            view.store, view.visibility, asked.wanted, asked.period, limit=asked.limit, cursor=asked.cursor
        )
        return to_wire_packages.who_uses(found)

    return answers.fresh(view, read)


async def show(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What one component consists of."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)

    def read() -> object:
        return to_wire_packages.composition(manifests.composition(view.store, view.visibility, ref))

    # In a thread of our own making: of two methods at one address Litestar would put the first into a thread twice.
    return await asyncio.to_thread(answers.fresh, view, read)


def used(view: Viewing, kind: FromPath[str], namespace: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The packages that one component uses now."""
    start, limit = params.numbers(view.query, PAGE)
    ref = params.component_ref(kind, namespace, name)

    def read() -> object:
        return to_wire_packages.used(ref, manifests.used(view.store, view.visibility, ref, start=start, limit=limit))

    return answers.fresh(view, read)


def file(
    view: Viewing,
    kind: FromPath[str],
    namespace: FromPath[str],
    name: FromPath[str],
    format: FromPath[str],  # noqa: A002
) -> Response[bytes]:
    """The bill of materials of one component, as a file."""
    params.nothing(view.query)
    ref = params.component_ref(kind, namespace, name)
    if format not in gathering.BILL_FORMATS:
        raise NotFoundError
    raw = gathering.bill_of(short_name(ref), manifests.locks(view.store, view.visibility, ref), format)
    told = f'attachment; filename="{format}.json"'
    return Response(raw, media_type="application/json", headers={"Content-Disposition": told})


def deliver(
    view: Viewing, request: WebRequest, *, body: RawBody, kind: FromPath[str], namespace: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Hand in a bill of materials for one component."""
    called = params.texts(view.query, ("name",))["name"] or manifests.USUAL_NAME
    ref = params.component_ref(kind, namespace, name)
    if (request.headers.get("content-type") or "").partition(";")[0].strip().lower() not in _BODIES:
        raise HTTPException(status_code=415)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        # Unpacked it could be any size.
        raise HTTPException(status_code=415)
    if view.viewer.roles:
        paces_of(request).deliveries.require(view.viewer.key, "You hand in more bills than one may in an hour.")
    read = partial(_read, called, body, view.now)
    taken = manifests.deliver(view.store, view.viewer, ref, called, read, clock=view.services.clock)
    return answers.json(to_wire_packages.delivered(ref, called, taken))


def _read(name: str, body: bytes, now: Instant) -> Arrival:
    with _READING:
        return gathering.read_bill(name, body, now=now)


def coverage(view: Viewing) -> Response[bytes]:
    """For how much of the catalog it is known what it consists of."""
    params.nothing(view.query)
    return answers.fresh(view, lambda: to_wire_packages.coverage(manifests.coverage(view.store, view.visibility)))
