"""Who is in which group, asked about one person at a time, so that who leaves a group is out within minutes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from callboard.catalog.config import BackstageConfig, FileCatalogConfig
from callboard.catalog.entities import RawEntity, draft_from_relations
from callboard.catalog.file import FileCatalog
from callboard.catalog.keys import KeyTokens
from callboard.domain.component import CatalogReading, EntityRef
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.person import Person
from callboard.errors import CatalogRefusedError, CatalogUnreachableError, OutboundError
from callboard.net import Answer, Net

FIELDS = ("kind", "metadata.name", "metadata.namespace", "relations")
READING_KEPT_FOR = MINUTE
"""Catalog files are read again for a person after this (microseconds)."""
MAX_BYTES = 4 * 1024 * 1024
TIMEOUT_SECONDS = 10.0
"""Somebody waits for the answer."""
MOST_ALIKE = 2
"""Users with one and the same value that are told about: two are one too many already."""


class _Items(msgspec.Struct):
    items: list[RawEntity | None]


class PortalDirectory:
    """The users of a Backstage portal, asked by reference with Callboard's own token."""

    def __init__(self, config: BackstageConfig, net: Net, *, now: Callable[[], Instant], folder: Path = Path()) -> None:
        """`folder` is what a relative key file is relative to. Raises ConfigError."""
        self._config = config
        self._net = net
        self._tokens = KeyTokens.of(config, now=now, folder=folder)

    async def person(self, ref: EntityRef) -> Person | None:
        """The user of this reference. None: there is none. Raises CatalogError."""
        asked = {"entityRefs": [ref], "fields": list(FIELDS)}
        items = self._understood(await self._ask("POST", "/api/catalog/entities/by-refs", asked))
        if len(items) != 1:
            raise CatalogUnreachableError("The portal's catalog answers about other entities than it was asked for.")
        return None if items[0] is None else _person(items[0], ref)

    async def people(self, field: str, value: str) -> tuple[EntityRef, ...]:
        """The users of whom a field has this value. Raises CatalogError."""
        # A comma would begin another condition, and the catalog knows no way to write one as a part of a value.
        if not value.strip() or "," in value or len(value) > 200:
            return ()
        key = {"email": "spec.profile.email", "name": "metadata.name"}.get(field, f"metadata.annotations.{field}")
        query = [("filter", f"kind=user,{key}={value}"), ("fields", ",".join(FIELDS)), ("limit", str(MOST_ALIKE))]
        found = self._understood(await self._ask("GET", f"/api/catalog/entities/by-query?{urlencode(query)}"))
        return tuple(sorted(draft_from_relations(each).entity.ref for each in found if each is not None))

    async def _ask(self, method: str, path: str, asked: object = None) -> Answer:
        token = self._tokens.current() if self._tokens else (self._config.token or "").strip()
        try:
            return await self._net.request(
                method,
                f"{self._config.base_url}{path}",
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                json=asked,
                max_bytes=MAX_BYTES,
                timeout=min(TIMEOUT_SECONDS, self._config.timeout_seconds),
            )
        except OutboundError as error:
            raise CatalogUnreachableError(error.message, hint=error.hint) from error

    def _understood(self, answer: Answer) -> list[RawEntity | None]:
        if answer.status in (401, 403):
            raise CatalogRefusedError("The portal's catalog does not accept Callboard's token.")
        if answer.status != 200:
            raise CatalogUnreachableError(f"The portal's catalog answers {answer.status}.")
        try:
            return msgspec.json.decode(answer.body, type=_Items).items
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise CatalogUnreachableError(
                "The portal's catalog answers with something that is not Backstage's."
            ) from None


class FileDirectory:
    """The users in catalog files. The files are read whole, and the reading is kept for a minute."""

    def __init__(self, config: FileCatalogConfig, *, now: Callable[[], Instant], folder: Path = Path()) -> None:
        """`folder` is what a relative root is relative to."""
        self._catalog = FileCatalog(config, folder=folder)
        self._now = now
        self._reading: CatalogReading | None = None
        self._read_at: Instant | None = None

    async def person(self, ref: EntityRef) -> Person | None:
        """The user of this reference. None: there is none. Raises CatalogError."""
        reading = await self._read()
        if all(each.ref != ref or each.kind != "user" for each in reading.entities):
            if not reading.complete:
                raise CatalogUnreachableError(
                    "The catalog files could not be read completely, so nobody can tell whether this user is gone.",
                    hint="`callboard sync` names what could not be read.",
                )
            return None
        groups = tuple(each.ref for each in reading.entities if each.kind == "group" and ref in each.members)
        return Person(ref=ref, groups=groups)

    async def people(self, field: str, value: str) -> tuple[EntityRef, ...]:
        """The users of whom a field has this value; e-mail addresses are not kept from files. Raises CatalogError."""
        users = [each for each in (await self._read()).entities if each.kind == "user"]
        wanted = value.casefold()
        if field == "name":
            return tuple(each.ref for each in users if each.name.casefold() == wanted)
        return tuple(each.ref for each in users if dict(each.annotations).get(field, "").casefold() == wanted)

    async def _read(self) -> CatalogReading:
        now = self._now()
        if self._reading is None or self._read_at is None or not 0 <= now - self._read_at < READING_KEPT_FOR:
            self._reading, self._read_at = await self._catalog.read(), now
        return self._reading


def _person(raw: RawEntity, ref: EntityRef) -> Person | None:
    """The person in an entity. None: it is no user, or another one than was asked for."""
    try:
        draft = draft_from_relations(raw)
    except ValueError:
        return None
    if draft.entity.ref != ref or draft.entity.kind != "user":
        return None
    return Person(ref=ref, groups=draft.member_of)
