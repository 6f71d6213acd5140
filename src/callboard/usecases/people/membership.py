"""Who is in which group, never older than it may be."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from callboard.domain.component import EntityRef
from callboard.domain.instant import MINUTE, SECOND, Instant
from callboard.domain.person import Person
from callboard.errors import CatalogError, IdentityUnreachableError
from callboard.ports import Clock, Directory
from callboard.store import Store
from callboard.store.ownership import members
from callboard.store.ownership.members import Answer

FRESH_FOR = 5 * MINUTE
"""How old an answer of the catalog about one person may be (microseconds). Who left a group is out after that."""
PATIENCE = 15 * SECOND
"""How long a catalog that did not answer is left alone (microseconds)."""
MOST_HELD = 10_000


class People:
    """What the catalog says about people, kept for minutes.

    While it does not answer, its last word about somebody stands, as long as whatever that person came in with: a token or a
    session that began before that word was given.
    """

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._held: OrderedDict[EntityRef, Answer] = OrderedDict()
        self._failed_at: Instant | None = None
        self._locks: dict[EntityRef, asyncio.Lock] = {}

    async def person(self, ref: EntityRef, *, since: Instant) -> Person | None:
        """The person with the groups that the catalog puts this person in. None: the catalog has no such user.

        `since` is when the token or session began. Raises IdentityUnreachableError when nobody can tell.
        """
        found = self._fresh(ref)
        if found is not None:
            return found.person
        lock = self._locks.setdefault(ref, asyncio.Lock())
        try:
            async with lock:
                found = self._fresh(ref) or await self._look(ref, since)
        finally:
            if not lock.locked():
                self._locks.pop(ref, None)
        return found.person

    async def find(self, field: str, value: str) -> tuple[EntityRef, ...]:
        """The users of whom a field has this value. Raises IdentityUnreachableError."""
        try:
            return await self._directory.people(field, value)
        except CatalogError as error:
            raise _unknown(error) from error

    async def _look(self, ref: EntityRef, since: Instant) -> Answer:
        now = self._clock.now()
        failure: CatalogError | None = None
        if self._failed_at is None or not 0 <= now - self._failed_at < PATIENCE:
            try:
                answer = Answer(await self._directory.person(ref), now)
            except CatalogError as error:
                failure, self._failed_at = error, now
            else:
                self._failed_at = None
                self._hold(ref, answer)
                await asyncio.to_thread(self._keep, ref, answer)
                return answer
        last = self._held.get(ref) or await asyncio.to_thread(self._last, ref)
        if last is None or last.asked_at < since:
            raise _unknown(failure)
        return last

    def _fresh(self, ref: EntityRef) -> Answer | None:
        found = self._held.get(ref)
        return found if found is not None and 0 <= self._clock.now() - found.asked_at < FRESH_FOR else None

    def _hold(self, ref: EntityRef, answer: Answer) -> None:
        self._held[ref] = answer
        self._held.move_to_end(ref)
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)

    def _keep(self, ref: EntityRef, answer: Answer) -> None:
        with self._store.write() as conn:
            members.note(conn, ref, answer.person, now=answer.asked_at)

    def _last(self, ref: EntityRef) -> Answer | None:
        with self._store.read() as conn:
            return members.last(conn, ref)


def _unknown(error: CatalogError | None) -> IdentityUnreachableError:
    told = f" {error.message}" if error is not None else ""
    return IdentityUnreachableError(
        f"The catalog cannot be asked who is in which group just now, so nobody new comes in.{told}",
        hint="`callboard doctor` looks closer.",
    )
