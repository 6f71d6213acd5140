"""The catalog of a live Backstage portal, over its REST API.

Read 2026-11 against Backstage 1.55.0 (recorded answers) and
https://backstage.io/docs/features/software-catalog/software-catalog-api. Always asked with a list of kinds and a
projection: without one an API entity brings its whole definition, which may be megabytes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from callboard.catalog.config import BackstageConfig
from callboard.catalog.entities import KINDS, Draft, RawEntity, draft_from_relations, expectation, join
from callboard.catalog.keys import KeyTokens
from callboard.catalog.report import reading_checks
from callboard.domain.component import CatalogProblem, CatalogReading, EntityRef
from callboard.domain.instant import Instant
from callboard.errors import CatalogError, CatalogRefusedError, CatalogUnreachableError, OutboundError, UnreachableError
from callboard.net import Answer, Net, retry_after_seconds
from callboard.ports import Check

FIELDS = (
    "kind",
    "metadata.name",
    "metadata.namespace",
    "metadata.title",
    "metadata.description",
    "metadata.uid",
    "metadata.annotations",
    "metadata.links",
    "metadata.tags",
    "spec.type",
    "spec.lifecycle",
    "spec.profile.displayName",
    "relations",
)
"""The projection: what ownership and roll-ups need, and nothing else."""

MAX_PAGES = 2_000
"""Pages of one reading at most: a million entities at the usual size."""

ATTEMPTS = 4
"""Tries of one page, the first included."""
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0
"""The bound of a wait that we choose ourselves doubles from the first to the longest."""
LONGEST_ASKED_WAIT_SECONDS = 60.0
"""What the portal may ask us to wait with Retry-After; a portal that starts answers 503 for about 20 seconds."""

_MAX_PAGE_BYTES = 64 * 1024 * 1024


class _PageInfo(msgspec.Struct, rename="camel"):
    next_cursor: str | None = None


class _Page(msgspec.Struct, rename="camel"):
    """An answer of by-query. Items stay raw, so that one that cannot be read spoils no other."""

    items: list[msgspec.Raw]
    page_info: _PageInfo
    total_items: int = 0


class _ServerError(msgspec.Struct):
    name: str = ""
    message: str = ""


class _ErrorBody(msgspec.Struct):
    error: _ServerError


class _Named(msgspec.Struct):
    """As much of an entity as a message about it needs."""

    kind: object = "?"
    metadata: dict[str, object] = {}


class _TransientError(Exception):
    """The portal could not answer just now."""

    def __init__(self, message: str, *, wait_seconds: float | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.wait_seconds = wait_seconds
        self.hint = hint


class BackstageCatalog:
    """One portal."""

    def __init__(
        self,
        config: BackstageConfig,
        net: Net,
        *,
        now: Callable[[], Instant],
        folder: Path = Path(),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`folder` is what a relative key file is relative to; `chance` gives 0 to 1. Raises ConfigError."""
        self._config = config
        self._net = net
        self._now = now
        self._sleep = sleep
        self._chance = chance
        self._tokens = KeyTokens.of(config, now=now, folder=folder)

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self._config.name

    async def read(self) -> CatalogReading:
        """One whole reading. Raises CatalogRefusedError or CatalogUnreachableError when not even a page could be read.

        When a later page fails, the reading holds what came before and is not complete. Neither is it complete when
        an entity could not be understood, or when the portal shows none at all: a permission policy hides entities
        by leaving them out.
        """
        reading = _Reading()
        cursor: str | None = None
        cursors: set[str] = set()
        for number in range(1, MAX_PAGES + 1):
            try:
                page = await self._page(cursor)
            except CatalogError as error:
                if number == 1:
                    raise
                reading.stop(f"page {number}", error.message)
                break
            reading.add(page)
            cursor = page.page_info.next_cursor
            if cursor is None:
                break
            if cursor in cursors:
                reading.stop(f"page {number}", "the portal gives the same cursor again, so the walk would not end")
                break
            cursors.add(cursor)
        else:
            reading.stop(f"page {MAX_PAGES}", f"more than {MAX_PAGES:,} pages; the others are left out")
        return reading.result(reached_end=cursor is None)

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""
        try:
            reading = await self.read()
        except CatalogError as error:
            return (Check(subject=f"catalog {self.name}", ok=False, message=error.message, hint=error.hint),)
        return reading_checks(self.name, reading)

    async def _page(self, cursor: str | None) -> _Page:
        """One page, asked for again while the portal cannot answer."""
        # The cursor carries filter and order; the projection and the size are told every time.
        asked = [("limit", str(self._config.page_size)), ("fields", ",".join(FIELDS))]
        asked += [("filter", f"kind={kind}") for kind in KINDS] if cursor is None else [("cursor", cursor)]
        url = f"{self._config.base_url}/api/catalog/entities/by-query?{urlencode(asked)}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._understood(await self._ask(url))
            except _TransientError as error:
                if attempt == ATTEMPTS:
                    raise CatalogUnreachableError(
                        f"{error.message} Asked {ATTEMPTS} times.", hint=error.hint
                    ) from error
                await self._sleep(self._wait_seconds(attempt, error))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait_seconds(self, attempt: int, error: _TransientError) -> float:
        own = self._chance() * min(FIRST_WAIT_SECONDS * float(1 << (attempt - 1)), LONGEST_WAIT_SECONDS)
        return (
            own if error.wait_seconds is None else min(error.wait_seconds, LONGEST_ASKED_WAIT_SECONDS) + min(own, 1.0)
        )

    async def _ask(self, url: str) -> Answer:
        token = self._tokens.current() if self._tokens else (self._config.token or "").strip()
        try:
            return await self._net.request(
                "GET",
                url,
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                max_bytes=_MAX_PAGE_BYTES,
                timeout=self._config.timeout_seconds,
            )
        except UnreachableError as error:
            raise _TransientError(error.message, hint=error.hint) from error
        except OutboundError as error:
            raise CatalogUnreachableError(error.message, hint=error.hint) from error

    def _understood(self, answer: Answer) -> _Page:
        """The page in an answer. Raises _TransientError or CatalogError."""
        if answer.status == 200:
            try:
                return msgspec.json.decode(answer.body, type=_Page)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                raise CatalogUnreachableError(
                    f"{self._config.base_url} answers with something that is not a Backstage catalog.",
                    hint="Check `url`; a login page or another proxy may stand in front of the portal's backend.",
                ) from None
        said = _said(answer.body)
        if answer.status == 401:
            raise CatalogRefusedError(f"The portal does not accept Callboard's token{said}.", hint=self._token_hint())
        if answer.status == 403:
            raise CatalogRefusedError(
                f"The portal accepts Callboard's token and forbids it to read the catalog{said}.",
                hint="Allow it in app-config: backend.auth.externalAccess[].accessRestrictions needs {plugin: catalog}.",
            )
        if answer.status in (408, 429) or answer.status >= 500:
            raise _TransientError(
                f"The portal answers {answer.status}{said}.",
                wait_seconds=retry_after_seconds(answer.headers, self._now()),
                hint="It may be starting, or its catalog may have failed: look at the portal's own log.",
            )
        if answer.status == 404:
            raise CatalogUnreachableError(
                f"There is no catalog at {self._config.base_url}.",
                hint="Check `url`: it is the address of the portal's backend, without /api.",
            )
        raise CatalogUnreachableError(f"The portal answers {answer.status}{said}.", hint="Check `url`.")

    def _token_hint(self) -> str:
        if self._tokens is None:
            return "It has to be equal to the one under backend.auth.externalAccess (type: static) of the portal."
        return (
            "The portal has to reach Callboard's /.well-known/jwks.json, and issuer, audience and algorithm (ES256) "
            "under backend.auth.externalAccess (type: jwks) have to be equal to Callboard's."
        )


class _Reading:
    """One reading under way."""

    def __init__(self) -> None:
        self._drafts: dict[EntityRef, Draft] = {}
        self._problems: list[CatalogProblem] = []
        self._complete = True
        self._expected = 0

    def add(self, page: _Page) -> None:
        """Takes the entities of a page."""
        self._expected = max(self._expected, page.total_items)
        for raw in page.items:
            try:
                draft = draft_from_relations(msgspec.json.decode(raw, type=RawEntity))
            except msgspec.ValidationError as error:
                value = msgspec.json.decode(raw)
                self.stop(_name_of(value), expectation(error, value)[0])
            except (msgspec.MsgspecError, RecursionError):
                self.stop("an entity", "expected JSON of an entity")
            except ValueError as error:
                self.stop(_name_of(msgspec.json.decode(raw)), str(error))
            else:
                # An entity that changes while we read can come twice; the later one is newer.
                self._drafts[draft.entity.ref] = draft

    def stop(self, where: str, reason: str) -> None:
        """Notes what could not be read, so that nothing may be taken for deleted."""
        self._complete = False
        self._problems.append(CatalogProblem(where=where, reason=reason))

    def result(self, *, reached_end: bool) -> CatalogReading:
        """The reading, once there are no more pages."""
        seen = len(self._drafts)
        if self._complete and reached_end and seen < self._expected:
            self.stop("catalog", f"the portal counts {self._expected:,} entities and handed out {seen:,}")
        if self._complete and not seen:
            self.stop("catalog", "the portal shows no entity; a permission policy may hide them from Callboard's token")
        entities, problems = join({ref: draft for ref, draft in self._drafts.items() if draft.entity.kind in KINDS})
        return CatalogReading(entities=entities, problems=(*self._problems, *problems), complete=self._complete)


def _name_of(value: object) -> str:
    """What to call an entity that could not be read."""
    try:
        named = msgspec.convert(value, _Named)
    except msgspec.ValidationError:
        return "an entity"
    namespace, name = named.metadata.get("namespace") or "default", named.metadata.get("name", "?")
    return _short(f"{named.kind}:{namespace}/{name}".lower())


def _said(body: bytes) -> str:
    """The portal's own words, in brackets. They are somebody else's text, so they are kept short and printable."""
    try:
        error = msgspec.json.decode(body, type=_ErrorBody).error
    except (msgspec.MsgspecError, ValueError):
        return ""
    text = _short(": ".join(part for part in (error.name, error.message) if part).rstrip("."))
    return f" ({text})" if text else ""


def _short(text: str) -> str:
    text = "".join(each if each.isprintable() else " " for each in text)
    return text if len(text) <= 200 else f"{text[:199]}…"
