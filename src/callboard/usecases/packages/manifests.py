"""What components consist of: taking in what is handed in, and looking at it."""

from __future__ import annotations

from collections.abc import Callable

from callboard.domain.access import Right, Viewer, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.composition import Composition, Packages, SbomCoverage
from callboard.domain.packages.lock import Lock
from callboard.domain.packages.manifest_series import Arrival, Origin, Series, Standing, Taken
from callboard.domain.packages.who_uses import Period, Wanted, WhoUses
from callboard.errors import InvalidQueryError, ManifestError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store
from callboard.store.packages import compositions
from callboard.store.packages import manifests as shelf
from callboard.store.packages import who_uses as uses
from callboard.store.people import audit
from callboard.store.visible import owns

MOST_NAMES = 50
"""Names under which bills are handed in for one component."""
LONGEST_NAME = 200
USUAL_NAME = "sbom"
"""Where whoever hands in a bill gives it no name."""


def deliver(
    store: Store, viewer: Viewer, ref: EntityRef, name: str, read: Callable[[], Arrival], *, clock: Clock
) -> Taken:
    """Take in a bill that was handed in for a component. `read` reads it, once it is known that it may be.

    Raises NotAllowedError, NotFoundError for a component that is not the viewer's own, InvalidQueryError for a name that
    is none, and what `read` raises: then it is noted, and the bill that was there stays.
    """
    viewer.require(Right.DELIVER)
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidQueryError(f"The name of a bill has 1 to {LONGEST_NAME} characters.", field="name")
    series = Series(origin=Origin.UPLOAD, where=ref, path=name)
    with store.read() as conn:
        entity_id = shelf.entity_ids(conn, (ref,)).get(ref)
        if not owns(conn, viewer.acting, entity_id) or entity_id is None:
            raise NotFoundError(f"There is no {ref} here, or it is not yours.")
        if shelf.id_of(conn, series) is None and shelf.names_for(conn, entity_id) >= MOST_NAMES:
            raise InvalidQueryError(
                f"There are bills of {MOST_NAMES} names for this component.", field="name",
                hint="Hand in each bill under the same name every time: the name tells which one it replaces.",
            )  # fmt: skip
    try:
        arrival = read()
    except ManifestError as error:
        with store.write() as conn:
            shelf.note_problem(conn, series, error.message, inputs="", now=clock.now())
            _held(conn, series, entity_id, clock.now(), clock.now())
        raise
    now = clock.now()
    with store.write() as conn:
        taken = shelf.take(conn, store.dialect, series, arrival, now=now)
        _held(conn, series, entity_id, taken.at, now)
        if taken.standing is not Standing.SAME:
            audit.note(
                conn, at=now, actor=viewer.named, action="sbom.deliver", subject=ref,
                detail={"name": name, "digest": arrival.digest, "standing": taken.standing.value},
            )  # fmt: skip
    return taken


def _held(conn: Connection, series: Series, entity_id: int, since: Instant, now: Instant) -> None:
    manifest_id = shelf.id_of(conn, series)
    if manifest_id is not None:
        shelf.hold(conn, manifest_id, (entity_id,), since=since, now=now)
        shelf.held_since(conn, manifest_id, since)


def who_uses(
    store: Store, visibility: Visibility, wanted: Wanted, period: Period, *, limit: int, cursor: str | None = None
) -> WhoUses:
    """Who uses a package, or used it. Raises InvalidQueryError for a damaged cursor."""
    with store.read() as conn:
        return uses.who_uses(conn, store.dialect, visibility, wanted, period, limit=limit, cursor=cursor)


def composition(store: Store, visibility: Visibility, ref: EntityRef) -> Composition:
    """What a component consists of. Raises NotFoundError."""
    with store.read() as conn:
        return compositions.composition(conn, visibility, ref)


def used(store: Store, visibility: Visibility, ref: EntityRef, *, start: int, limit: int) -> Packages:
    """Some of the packages that a component uses now, the worst first. Raises NotFoundError."""
    with store.read() as conn:
        return compositions.used(conn, store.dialect, visibility, ref, start=start, limit=limit)


def locks(store: Store, visibility: Visibility, ref: EntityRef) -> list[tuple[Lock, Instant]]:
    """The manifests of a component, whole, with the moments they speak of. Raises NotFoundError."""
    with store.read() as conn:
        return compositions.locks(conn, visibility, ref)


def coverage(store: Store, visibility: Visibility) -> SbomCoverage:
    """For how much of the catalog it is known what it consists of."""
    with store.read() as conn:
        return compositions.coverage(conn, visibility)
