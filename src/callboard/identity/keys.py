"""The public keys that somebody's tokens are checked with: fetched from one configured address, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from callboard.domain.instant import HOUR, MINUTE, Instant
from callboard.errors import IdentityUnreachableError, OutboundError
from callboard.net import Net

REFETCH_FLOOR = MINUTE
"""A key that is not among those kept has them fetched anew, and no more often than this (microseconds)."""
KEPT_FOR = HOUR
"""Keys are fetched anew after this anyway, so that one that was withdrawn is not believed for ever (microseconds)."""
MAX_BYTES = 256 * 1024
"""Of a set of keys."""
MAX_KEYS = 64

PublicKey = ECKey | RSAKey | OKPKey


class _Document(msgspec.Struct):
    keys: list[dict[str, object]]


class Keys:
    """One key set. Ids of keys are somebody else's text, so an unknown one costs at most one look a minute."""

    def __init__(self, url: Callable[[], str], net: Net, *, now: Callable[[], Instant], timeout: float) -> None:
        """`url` gives the address when it is needed."""
        self._url = url
        self._net = net
        self._now = now
        self._timeout = timeout
        self._keys: tuple[PublicKey, ...] = ()
        self._fetched_at: Instant | None = None
        self._tried_at: Instant | None = None
        self._lock = asyncio.Lock()

    async def find(self, kid: str, algorithms: Collection[str]) -> PublicKey | None:
        """The public key with this id that may sign by one of these. None: there is none.

        Raises IdentityUnreachableError when there never were any keys. Once there were, they go on being good while the
        address does not answer.
        """
        found = self._kept(kid, algorithms)
        if found is not None and not self._is_old():
            return found
        async with self._lock:
            if self._may_try():
                await self._fetch()
        return self._kept(kid, algorithms)

    async def refresh(self) -> int:
        """Fetch the keys now, and tell how many there are. Raises IdentityUnreachableError."""
        self._tried_at = self._now()
        try:
            answer = await self._net.request("GET", self._url(), max_bytes=MAX_BYTES, timeout=self._timeout)
        except OutboundError as error:
            raise IdentityUnreachableError(f"The keys cannot be fetched: {error.message}", hint=error.hint) from error
        if answer.status != 200:
            raise IdentityUnreachableError(f"The keys cannot be fetched: the answer is {answer.status}.")
        self._keys = _read(answer.body)
        self._fetched_at = self._now()
        return len(self._keys)

    async def _fetch(self) -> None:
        try:
            await self.refresh()
        except IdentityUnreachableError:
            if self._fetched_at is None:
                raise

    def _kept(self, kid: str, algorithms: Collection[str]) -> PublicKey | None:
        for key in self._keys:
            if key.kid == kid and key.alg in (None, *algorithms):
                return key
        return None

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._now() - self._fetched_at >= KEPT_FOR

    def _may_try(self) -> bool:
        return self._tried_at is None or not 0 <= self._now() - self._tried_at < REFETCH_FLOOR


def _read(body: bytes) -> tuple[PublicKey, ...]:
    """The public keys for signatures in a document; what is no such key is left out. Raises IdentityUnreachableError."""
    try:
        document = msgspec.json.decode(body, type=_Document)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise IdentityUnreachableError("The keys cannot be read: the answer is no key set.") from None
    found: list[PublicKey] = []
    for raw in document.keys[:MAX_KEYS]:
        # A symmetric key in a published document is an accident or an attack; either way it signs nothing here.
        if not isinstance(raw.get("kid"), str) or raw.get("use", "sig") != "sig" or "k" in raw or "d" in raw:
            continue
        try:
            keys = KeySet.import_key_set({"keys": [raw]}).keys  # type: ignore[list-item]
        except (JoseError, ValueError, TypeError):
            continue
        found.extend(key for key in keys if isinstance(key, ECKey | RSAKey | OKPKey))
    return tuple(found)
