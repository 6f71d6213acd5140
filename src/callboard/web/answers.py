"""Answers of programs' addresses: JSON with an ETag, or "not modified" before anything is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
from litestar.response import Response

from callboard.domain.instant import MINUTE
from callboard.usecases import browse
from callboard.web.view import View

TICK = 5 * MINUTE
"""What an answer says about staleness moves with the clock alone; a client that asks conditionally learns of it this late at most."""

_encoder = msgspec.json.Encoder()


def json(content: object, *, status: int = 200) -> Response[bytes]:
    """`content` as JSON."""
    return Response(_encoder.encode(content), status_code=status, media_type="application/json")


def fresh(view: View, read: Callable[[], object], *, ticking: bool) -> Response[bytes]:
    """What `read` gives as JSON under a weak ETag; 304 without reading when the caller holds it already.

    `ticking`: the answer says something that moves with the clock. The revision is taken before the reading, so the
    answer may be newer than its tag says, never older.
    """
    tag = etag(view, ticking=ticking)
    if view.conditional is not None and _holds(view.conditional, tag):
        return Response(b"", status_code=304, media_type="application/json", headers={"ETag": tag})
    answer = json(read())
    answer.headers["ETag"] = tag
    return answer


def etag(view: View, *, ticking: bool) -> str:
    """Equal for equal answers: of the program, the data, the viewer, the question and, where it counts, the time."""
    parts = (
        view.services.version,
        str(browse.revision(view.store)),
        repr(view.visibility),
        view.path,
        repr(view.query),
        str(view.now // TICK) if ticking else "",
    )
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def _holds(header: str, tag: str) -> bool:
    opaque = tag.removeprefix("W/")
    return (
        any(candidate.strip().removeprefix("W/") == opaque for candidate in header.split(",")) or header.strip() == "*"
    )
