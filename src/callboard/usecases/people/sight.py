"""What belongs to a person, and what the portal shows to that person of what belongs to others."""

from __future__ import annotations

from callboard.domain.access import Depth, Readers, Rules
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.person import Person
from callboard.store import Store
from callboard.store.ownership import members

MOST_ASKED = 20_000
"""Entities that the portal is asked about for one person; what is beyond that is not shown."""


def owns_anything(store: Store, person: Person) -> bool:
    """Whether anything in the catalog is owned by this person, one of the groups, or a group below them."""
    with store.read() as conn:
        return members.owns(conn, person)


def to_ask(store: Store, person: Person, rules: Rules) -> tuple[EntityRef, ...]:
    """What the portal has to be asked about: what this person would know of and does not own."""
    readers = Readers(frozenset(person.owners), Depth.WORK, others=rules.organisation_sees)
    with store.read() as conn:
        return members.to_ask(conn, readers, most=MOST_ASKED)


def keep_shown(store: Store, refs: frozenset[EntityRef], *, now: Instant) -> int:
    """The number of the set of entities that the portal shows."""
    with store.write() as conn:
        return members.intern_sight(conn, refs, now=now)
