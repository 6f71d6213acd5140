"""Who is asking: from a cookie or a token to a `Viewer`, by every way in that is configured.

A header decides alone: a token that is not good is never made up for by a cookie. What cannot be found out opens nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import structlog

from callboard.domain.access import (
    AT_THE_LAPTOP,
    Rules,
    Viewer,
    groups_told,
    viewer_of,
    viewer_of_token,
)
from callboard.domain.component import EntityRef
from callboard.domain.instant import MINUTE, SECOND, Instant
from callboard.domain.person import Person
from callboard.errors import IdentityUnreachableError, NotAllowedError, SignInRefusedError
from callboard.usecases import plan_policy
from callboard.usecases.people import sessions, sight, tokens
from callboard.usecases.people.membership import FRESH_FOR
from callboard.web.gate import LoopbackGate
from callboard.web.trail import Trail

if TYPE_CHECKING:
    from callboard.identity.portal import Portal, PortalUser
    from callboard.ports import Clock
    from callboard.store import Store
    from callboard.wiring.identity import OpenIdentity

K = TypeVar("K")
V = TypeVar("V")

MOST_HELD = 10_000
"""Callers that are remembered between two requests."""
OWNS_FOR = MINUTE
"""How long it is remembered whether somebody owns anything (microseconds)."""
RULES_FOR = 5 * SECOND
"""How long it is remembered who is what (microseconds): a policy that is laid down is in force everywhere after that."""
NOT_IN_CATALOG = "The catalog does not know you, so nothing here can be yours."

_log = structlog.get_logger("callboard.web")


class Callers:
    """Every way in."""

    def __init__(
        self, store: Store, clock: Clock, gate: LoopbackGate, identity: OpenIdentity | None, trail: Trail
    ) -> None:
        self._store = store
        self._clock = clock
        self._gate = gate
        self._identity = identity
        self._trail = trail
        self._owns: OrderedDict[Person, tuple[bool, Instant]] = OrderedDict()
        self._sights: OrderedDict[tuple[EntityRef, bytes], tuple[int, Instant]] = OrderedDict()
        self._sight_locks: dict[EntityRef, asyncio.Lock] = {}
        self._known_rules: tuple[Rules | None, Instant] = (None, Instant(0))
        self._entered: OrderedDict[bytes, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def identify(self, *, authorization: str | None, laptop: str | None, named: str | None) -> Viewer | None:
        """Who is asking, by these credentials: a header, and the values of both session cookies.

        None: nobody that is known. Raises SignInRefusedError, NotAllowedError for somebody whom the catalog does not know,
        and IdentityUnreachableError when it cannot be found out.
        """
        if authorization is not None:
            return await self._by_header(authorization)
        if laptop is not None and self._gate.visibility(session=laptop, authorization=None) is not None:
            return AT_THE_LAPTOP
        return None if named is None else await self._by_session(named)

    async def sign_in(self, ref: EntityRef) -> str:
        """A new session's id for a user whom the provider vouches for. Raises as `identify` does."""
        identity = self._asked()
        person = await identity.people.person(ref, since=self._clock.now())
        if person is None:
            raise NotAllowedError(NOT_IN_CATALOG)
        return await asyncio.to_thread(sessions.begin, self._store, ref, clock=self._clock, limits=identity.limits)

    async def sign_out(self, named: str) -> None:
        """End a session, if it is one."""
        await asyncio.to_thread(sessions.end, self._store, named, clock=self._clock)

    async def _by_header(self, authorization: str) -> Viewer | None:
        if self._gate.visibility(session=None, authorization=authorization) is not None:
            return AT_THE_LAPTOP
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            return None
        if token.startswith(tokens.BEGINNING):
            return await self._by_token(token)
        if self._identity is None or self._identity.portal is None:
            return None
        return await self._by_portal(self._identity, self._identity.portal, token)

    async def _by_token(self, secret: str) -> Viewer | None:
        token = await asyncio.to_thread(tokens.known, self._store, secret, clock=self._clock)
        if token is None:
            return None
        self._later(tokens.keep, token)
        return viewer_of_token(token.name, token.grant)

    async def _by_portal(self, identity: OpenIdentity, portal: Portal, token: str) -> Viewer:
        user = await portal.user(token)
        person = await identity.people.person(user.ref, since=user.begins_at)
        if person is None:
            raise NotAllowedError(NOT_IN_CATALOG, hint="Ask who looks after the portal.")
        person = Person(ref=person.ref, groups=groups_told(user.told, person.groups))
        shown = await self._sight(identity, portal, user, person, token) if portal.decides else None
        self._note_entry(user, token)
        return await self._viewer(identity, person, shown)

    async def _by_session(self, id_: str) -> Viewer | None:
        identity = self._identity
        if identity is None or identity.provider is None:
            return None
        found = await asyncio.to_thread(sessions.find, self._store, id_, clock=self._clock, limits=identity.limits)
        if found is None:
            return None
        person = await identity.people.person(found.person, since=found.made_at)
        if person is None:
            await asyncio.to_thread(
                sessions.end_all_of, self._store, found.person, clock=self._clock, reason="left the catalog"
            )
            return None
        if sessions.is_due(found, clock=self._clock):
            self._later(sessions.keep, id_)
        return await self._viewer(identity, person, None)

    async def _viewer(self, identity: OpenIdentity, person: Person, shown: int | None) -> Viewer:
        digest = hashlib.sha256(f"{self._store.seed}:{person.ref}".encode()).hexdigest()
        owns = await self._owns_anything(person)
        rules = await self._rules(identity)
        return viewer_of(person, rules, key=f"person:{digest[:20]}", owns=owns, sight=shown)

    async def _rules(self, identity: OpenIdentity) -> Rules:
        """Who is what and sees how much, as laid down by now, else as configured."""
        now = self._clock.now()
        known, at = self._known_rules
        if known is None or not 0 <= now - at < RULES_FOR:
            known = await asyncio.to_thread(plan_policy.rules_in_force, self._store, identity.rules)
            self._known_rules = (known, now)
        return known

    async def _owns_anything(self, person: Person) -> bool:
        now = self._clock.now()
        known, at = self._owns.get(person, (False, Instant(0)))
        if not 0 <= now - at < OWNS_FOR:
            known = await asyncio.to_thread(sight.owns_anything, self._store, person)
            _hold(self._owns, person, (known, now))
        return known

    async def _sight(
        self, identity: OpenIdentity, portal: Portal, user: PortalUser, person: Person, token: str
    ) -> int | None:
        """The set of entities that the portal shows to this person, at most five minutes old. None: it shows none.

        While the portal does not answer, nothing of others is shown once the last answer is too old.
        """
        # A change of groups, or of what is open to everybody, changes what has to be asked about.
        rules = await self._rules(identity)
        asked_for = "\n".join((*person.owners, str(rules.organisation_sees)))
        key = (person.ref, hashlib.sha256(asked_for.encode()).digest())
        lock = self._sight_locks.setdefault(user.ref, asyncio.Lock())
        try:
            async with lock:
                known, at = self._sights.get(key, (0, Instant(0)))
                now = self._clock.now()
                if known and 0 <= now - at < FRESH_FOR:
                    return known
                asked = await asyncio.to_thread(sight.to_ask, self._store, person, rules)
                try:
                    shown = await portal.shown(token, asked)
                except (IdentityUnreachableError, SignInRefusedError) as error:
                    _log.warning("portal not asked what it shows", reason=error.message)
                    return None
                found = await asyncio.to_thread(sight.keep_shown, self._store, shown, now=now)
                _hold(self._sights, key, (found, now))
                return found
        finally:
            if not lock.locked():
                self._sight_locks.pop(user.ref, None)

    def _note_entry(self, user: PortalUser, token: str) -> None:
        """Once for every token, that somebody came in by the portal."""
        digest = hashlib.sha256(token.encode()).digest()
        if digest not in self._entered:
            _hold(self._entered, digest, None)
            self._trail.entered(user.ref, "portal")

    def _later(self, keep: Callable[..., None], *what: object) -> None:
        """Keep something in a thread of its own; nobody waits for it."""
        work = asyncio.to_thread(keep, self._store, *what, clock=self._clock)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("not kept", error=type(error).__name__)

    def _asked(self) -> OpenIdentity:
        if self._identity is None:
            raise SignInRefusedError("Nobody signs in by name here.")
        return self._identity


def _hold(held: OrderedDict[K, V], key: K, value: V) -> None:
    held[key] = value
    held.move_to_end(key)
    while len(held) > MOST_HELD:
        held.popitem(last=False)
