"""Answers of programs' addresses: JSON with an ETag, or "not modified" before anything is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import msgspec
from litestar.response import Response

from callboard.domain.instant import DAY, MINUTE
from callboard.domain.query import Between, OneOf, Query, Relative
from callboard.usecases import browse
from callboard.web.view import View

TICK = 5 * MINUTE
"""What an answer says about staleness moves with the clock alone; a client that asks conditionally learns of it this late at most."""

_MOVING_WORDS = frozenset({"new", "stale"})
"""Properties that change without a change of the data: by a visit, and by the clock."""

_encoder = msgspec.json.Encoder()


def json(content: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """`content` as JSON."""
    return Response(_encoder.encode(content), status_code=status, media_type="application/json", headers=headers)


def fresh(view: View, read: Callable[[], object], *, holds: int = DAY) -> Response[bytes]:
    """What `read` gives as JSON under a weak ETag; 304 without reading when the caller holds it already.

    `holds` is how long an answer stays true while the data stays as they are: a day where it tells what is overdue, a
    `TICK` where the clock moves more than that. The revision is taken before the reading, so the answer may be newer than its
    tag says, never older.
    """
    tag = etag(view, holds=holds)
    if view.conditional is not None and _holds(view.conditional, tag):
        return Response(b"", status_code=304, media_type="application/json", headers={"ETag": tag})
    answer = json(read())
    answer.headers["ETag"] = tag
    return answer


def holds(query: Query) -> int:
    """How long the list of a query stays true while the data stay as they are."""
    for term in query.terms:
        if isinstance(term, OneOf) and term.key == "is" and _MOVING_WORDS & set(term.values):
            return TICK
        if isinstance(term, Between) and not _is_bound_to_days(term):
            return TICK
    return DAY


def _is_bound_to_days(term: Between) -> bool:
    """Whether a range lies the same from one end of a day to the other."""
    return not any(isinstance(bound, Relative) for bound in (term.low, term.high))


def etag(view: View, *, holds: int) -> str:
    """Equal for equal answers: of the program, the data, the viewer, the question and, where it counts, the time."""
    parts = (
        view.services.version,
        str(browse.revision(view.store)),
        repr(view.viewer),
        view.path,
        repr(view.query),
        str(view.now // holds),
    )
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def _holds(header: str, tag: str) -> bool:
    opaque = tag.removeprefix("W/")
    return (
        any(candidate.strip().removeprefix("W/") == opaque for candidate in header.split(",")) or header.strip() == "*"
    )
