"""Have a ticket made for one piece of work, or say that there is one already.

Nothing is asked of a tracker here: what is to be done there waits in the database, written together with what it is about.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec

from callboard.domain.access import Right, Viewer
from callboard.domain.query import OPEN, OneOf, Query
from callboard.domain.remediation.ticket import LinkedTicket, Place, key_in, url_of
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, deciders, tickets
from callboard.store.people import audit
from callboard.store.query.filters import Asking
from callboard.store.remediation import write_backs

MOST = 10_000
"""Findings that one ticket is about at most."""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket, and how many findings have it since now."""

    ticket: LinkedTicket
    findings: int
    is_new: bool
    """False: there was one for this work already."""


def file_ticket(store: Store, viewer: Viewer, query: Query, place: Place, *, clock: Clock) -> Filed:
    """A ticket for the open findings of a query that are the viewer's to act on; all of them are one piece of work.

    Where one stands for that work already, it is for these findings too, and no other is made: the same request twice makes
    one. Raises NotFoundError, InvalidQueryError, NotAllowedError.
    """
    viewer.require(Right.DECIDE)
    with store.write() as conn:
        now = clock.now()
        ids = _ids(conn, viewer, Query((OPEN, *query.terms)), Asking(now=now, me=viewer.owners))
        bundles = tickets.bundles_of(conn, store, ids)
        if len(bundles) != 1:
            raise InvalidQueryError(
                "A ticket is for one piece of work, and this is several.",
                field="q", hint="Take them one by one: `group:fix` shows the work.",
            )  # fmt: skip
        bundle_id = next(iter(bundles))
        found = tickets.standing(conn, place.name, bundle_id, ids)
        id_ = found
        if id_ is None:
            id_ = tickets.add(
                conn, tracker=place.name, marker=uuid.uuid4().hex, key="", url=None, bundle_id=bundle_id,
                by=viewer.named, now=now,
            )  # fmt: skip
        else:
            tickets.make_again(conn, id_, now=now)
        return _linked(conn, store, viewer, id_, ids, clock=clock, is_new=found is None, action="ticket.file")


def link_ticket(
    store: Store, viewer: Viewer, query: Query, text: str, places: Sequence[Place], *, clock: Clock
) -> Filed:
    """Say that the findings of a query, as far as they are the viewer's to act on, have the ticket that `text` names.

    What the tracker says about it is read afterwards: of a ticket that somebody only names no more is told than where it
    stands. Raises NotFoundError, InvalidQueryError, NotAllowedError.
    """
    viewer.require(Right.DECIDE)
    for place in places:
        key = key_in(text, place)
        if key is not None:
            break
    else:
        raise InvalidQueryError(
            "This names no ticket of a tracker that is set up.", field="ticket",
            hint="Give the address of its page, or its key." if places else "Set up a [[tracker]] in callboard.toml.",
        )  # fmt: skip
    with store.write() as conn:
        now = clock.now()
        ids = _ids(conn, viewer, query, Asking(now=now, me=viewer.owners))
        found = tickets.named(conn, place.name, key)
        id_ = found
        if id_ is None:
            id_ = tickets.add(
                conn, tracker=place.name, marker=uuid.uuid4().hex, key=key, url=url_of(key, place), bundle_id=None,
                by=viewer.named, now=now,
            )  # fmt: skip
        return _linked(conn, store, viewer, id_, ids, clock=clock, is_new=found is None, action="ticket.link")


def unlink_ticket(store: Store, viewer: Viewer, ticket_id: int, query: Query, *, clock: Clock) -> int:
    """Say that the findings of a query have this ticket no more. Returns how many. Raises NotFoundError, NotAllowedError."""
    viewer.require(Right.DECIDE)
    with store.write() as conn:
        now = clock.now()
        ids = _ids(conn, viewer, query, Asking(now=now, me=viewer.owners))
        ticket = tickets.by_id(conn, ticket_id)
        if ticket is None or not tickets.is_in_sight(conn, viewer.visibility, ticket_id):
            raise NotFoundError
        count = tickets.unlink(conn, store, ticket_id, ids, name=ticket.name, now=now)
        write_backs.add_ticket(
            conn, store, ticket_id, ids, key=ticket.key, url=ticket.url, actor=viewer.named, roles=viewer.roles, now=now,
            removes=True,
        )  # fmt: skip
        detail = {"findings": str(count), "tracker": ticket.tracker}
        audit.note(
            conn, at=now, actor=viewer.named, action="ticket.unlink", subject=f"ticket:{ticket_id}", detail=detail
        )  # fmt: skip
        return count


def list_tickets(
    store: Store, viewer: Viewer, *, after: int = 0, limit: int = 100
) -> tuple[tuple[LinkedTicket, int], ...]:
    """Tickets about something that the viewer sees, newest first, with how many such findings each has."""
    with store.read() as conn:
        return tickets.in_sight(conn, viewer.visibility, after=after, limit=limit)


def one_ticket(store: Store, viewer: Viewer, ticket_id: int) -> LinkedTicket:
    """One ticket. Raises NotFoundError."""
    with store.read() as conn:
        found = tickets.by_id(conn, ticket_id)
        if found is None or not tickets.is_in_sight(conn, viewer.visibility, ticket_id):
            raise NotFoundError
        return found


def of_finding(finding_id: int) -> Query:
    """The query that lists one finding."""
    return Query((OneOf("id", (str(finding_id),)),))


def place_for(places: Sequence[Place], name: str | None, owners: Sequence[str]) -> Place:
    """The tracker of this name, or else the first that takes the work of these owners. Raises InvalidQueryError."""
    if not places:
        raise InvalidQueryError("No tracker is set up.", field="tracker", hint="Add a [[tracker]] to callboard.toml.")
    if name is not None:
        found = [place for place in places if place.name == name]
        if not found:
            there = ", ".join(place.name for place in places)
            raise InvalidQueryError(f"No tracker is called {name[:60]!r}.", field="tracker", hint=f"There is {there}.")
        return found[0]
    fitting = [place for place in places if not place.teams or set(place.teams) & set(owners)]
    return (fitting or list(places))[0]


def _ids(conn: Connection, viewer: Viewer, query: Query, asking: Asking) -> list[int]:
    ids = deciders.of(conn, viewer.acting, query, asking, most=MOST)
    if not ids:
        raise NotFoundError
    if len(ids) > MOST:
        raise InvalidQueryError(
            f"More than {MOST:,} findings are too many for one ticket.", field="q", hint="Narrow it."
        )
    return ids


def _linked(
    conn: Connection, store: Store, viewer: Viewer, id_: int, ids: Sequence[int], *, clock: Clock, is_new: bool, action: str
) -> Filed:  # fmt: skip
    now = clock.now()
    ticket = tickets.by_id(conn, id_)
    assert ticket is not None  # noqa: S101 - it was found or made in this transaction
    count = tickets.link(conn, store, id_, ids, name=ticket.name, now=now)
    write_backs.add_ticket(
        conn, store, id_, ids, key=ticket.key, url=ticket.url, actor=viewer.named, roles=viewer.roles, now=now
    )  # fmt: skip
    if count or is_new:
        detail = {"findings": str(count), "tracker": ticket.tracker}
        audit.note(conn, at=now, actor=viewer.named, action=action, subject=f"ticket:{id_}", detail=detail)
    return Filed(ticket=ticket, findings=count, is_new=is_new)
