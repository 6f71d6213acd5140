"""A Wiz tenant as a source of findings."""

from __future__ import annotations

import asyncio
import random as random_module
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from callboard.domain.finding import Kind, Observed, Rejected
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.run import Mode, Part, Scope, Size
from callboard.errors import SourceChangedError
from callboard.net import Net
from callboard.ports import Check, ProjectRecord, RawPage, Split, TurnsOf
from callboard.sources.wiz import cutting, documents, filters
from callboard.sources.wiz.auth import Tokens
from callboard.sources.wiz.client import Client, NotUnderstoodError, Page, TooHeavyError
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.doctor import examine
from callboard.sources.wiz.pages import Cutter, Walk, record_id
from callboard.sources.wiz.parse import PARSER_VERSION, parse, parse_project
from callboard.sources.wiz.patience import Patience
from callboard.sources.wiz.vocabulary import Vocabulary
from callboard.sources.wiz.writing import WizWriter

_BATCH = 500
"""Ids asked for at once: as many as one page can hand out."""


class _Ways:
    """How this tenant wants to be asked about one kind; learnt from its refusals and remembered."""

    def __init__(self, page_size: int) -> None:
        self.shape = documents.Shape.WHOLE
        self.old_names = False
        self.ordered = True
        self.first = page_size

    def give_way(self, error: NotUnderstoodError, kind: str, ask: filters.Ask) -> bool:
        """Ask for less, or in older words, once each. The message chooses what is tried first. False: nothing is left."""
        message = error.message
        names_order = "order" in message.lower() or "INCREMENTAL" in message
        names_filter = "Filter" in message or "filterBy" in message or "V2" in message
        choices = [
            (names_order, "order", self.ordered and ask.order is not None),
            (names_filter, "names", not self.old_names and filters.has_old_names(kind, ask)),
            (True, "shape", self.shape is documents.Shape.WHOLE),
            (True, "names", not self.old_names and filters.has_old_names(kind, ask)),
            (True, "order", self.ordered and ask.order is not None),
        ]
        for wanted, choice, possible in choices:
            if wanted and possible:
                if choice == "order":
                    self.ordered = False
                elif choice == "names":
                    self.old_names = True
                else:
                    self.shape = documents.Shape.BASE
                return True
        return False


class WizSource:
    """Implements `ports.Source`. Opens connections at the first call and lets go of them in `close`."""

    def __init__(
        self,
        config: WizConfig,
        *,
        user_agent: str,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], Instant] | None = None,
        turns: TurnsOf | None = None,
    ) -> None:
        """`turns`: where the account's calls take turns; without it only this process calls.

        `now` and the other clocks are passed in by tests; `user_agent` is `<product>/<version>`, as Wiz asks for.
        """
        self.config = config
        self._scope = config.scope.resolved()
        self._now = now or _wall_clock
        self._net = Net(user_agent=user_agent, allow_hosts=config.allow_hosts, max_connections=config.concurrency + 2)
        self._client = Client(
            config,
            self._net,
            Tokens(config, self._net, monotonic=monotonic, now=self._now),
            Patience(sleep=sleep, random=random),
            now=self._now,
            turns=turns,
        )
        self._vocabulary = Vocabulary(self._filter_fields, now=self._now)
        self._ways = {kind: _Ways(config.page_size) for kind in documents.PAGES}

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self.config.name

    @property
    def kind(self) -> str:
        """Which room reads it."""
        return "wiz"

    @property
    def scope(self) -> Scope:
        """What its runs ask about."""
        return self._scope

    def promise(self, part_kind: str, door: str) -> str:
        """Changes with the parser and the query. What a tenant made us leave out shows in the bytes themselves."""
        query = documents.PAGES.get(part_kind, "") if door == "api" else ""
        return f"wiz/{part_kind}/{door}/{PARSER_VERSION}/{query}"

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:
        """The parts of a run. A reading of changes without a watermark reads everything."""
        if mode is Mode.DELTA and since is not None:
            overlap = int(self.config.overlap_minutes * MINUTE)
            return filters.plan_delta(self._scope, Instant(since - overlap), now)
        return filters.plan_full(self._scope, now)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        """The pages of one part from a cursor on, or a Split when it is larger than one walk hands out."""
        ask = filters.Ask.decode(part.filter)
        walk = Walk(cursor, f"{part.kind} records")
        cutter = _cutter(part.kind)
        while True:
            page = await self._page(part.kind, ask, cursor)
            if cursor is None and self._too_large(part, page) and (smaller := self._split(part, page)):
                yield Split(parts=smaller)
                return
            nodes, cursor = walk.take(page)
            yield RawPage(nodes=cutter.cut(nodes), cursor=cursor, expected=walk.expected, sent_at=self._client.sent_at)
            if cursor is None:
                return

    async def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:
        """What Wiz says about these ids now. An id that does not come back is unknown to it.

        Ids that do not come by themselves are asked for again with every status by name, before they are called unknown:
        taking a finding that somebody rejected for one that is gone would show it as fixed.
        """
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            missing = set(batch)
            async for page in self._walk_ids(kind.word, filters.by_ids(kind.word, batch, self._now()), missing):
                yield page
            if missing:
                batch = [each for each in batch if each in missing]
                again = filters.by_ids(kind.word, batch, self._now(), every_status=True)
                async for page in self._walk_ids(kind.word, again, missing):
                    yield page

    async def _walk_ids(self, kind: str, ask: filters.Ask, missing: set[str]) -> AsyncIterator[RawPage]:
        """The pages of an ask for ids; those that come are taken off `missing`."""
        cutter = _cutter(kind)
        walk = Walk(None, f"{kind} records")
        cursor: str | None = None
        while True:
            nodes, cursor = walk.take(await self._page(kind, ask, cursor))
            missing.difference_update(filter(None, map(record_id, nodes)))
            yield RawPage(nodes=cutter.cut(nodes), cursor=cursor, expected=walk.expected, sent_at=self._client.sent_at)
            if cursor is None:
                return

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One finding record. Never raises for bad input."""
        return parse(part_kind, raw, now=self._now())

    def parse_project(self, raw: bytes | memoryview) -> ProjectRecord | Rejected:
        """One project record. Never raises for bad input."""
        return parse_project(raw)

    async def estimate(self, *, now: Instant) -> AsyncIterator[Size]:
        """How much a first run would read, part by part, from counts alone."""
        for part in filters.plan_full(self._scope, now):
            page = await self._count(part.kind, filters.Ask.decode(part.filter))
            count = page.totalCount if isinstance(page.totalCount, int) else len(page.nodes or ())
            calls = -(-count // self.config.page_size) or 1
            yield Size(part=part.name, count=count, capped=page.maxCountReached is True, calls=calls)

    async def check(self) -> tuple[Check, ...]:
        """Token, API, scopes: what works and what does not."""
        return await examine(self.config, self._client, self._scope, probe=self._probe, words=self._vocabulary.of)

    @property
    def calls(self) -> int:
        """Requests sent to the API so far, retries included."""
        return self._client.calls

    @property
    def writer(self) -> WizWriter:
        """What writes to this tenant."""
        return WizWriter(self._client)

    async def close(self) -> None:
        """Let go of connections."""
        await self._net.close()

    def _too_large(self, part: Part, page: Page) -> bool:
        if self.config.window == 0 or part.kind not in ("vulnerability", "misconfiguration"):
            return False
        total = page.totalCount
        return page.maxCountReached is True or (isinstance(total, int) and total > self.config.window)

    def _split(self, part: Part, page: Page) -> tuple[Part, ...]:
        total = page.totalCount if isinstance(page.totalCount, int) and page.maxCountReached is not True else None
        return cutting.split(part, total, self.config.window)

    async def _filter_fields(self, kind: str) -> Page:
        return await self._client.execute(documents.WORDS[kind], {}, kind=kind)

    async def _probe(self, kind: str) -> Page:
        return await self._count(kind, filters.Ask(filter={}, high=self._now()))

    async def _count(self, kind: str, ask: filters.Ask) -> Page:
        return await self._ask(documents.COUNTS[kind], kind, ask, {"first": 1})

    async def _page(self, kind: str, ask: filters.Ask, cursor: str | None) -> Page:
        """One page, at half the size where Wiz calls it too costly."""
        ways = self._ways[kind]
        while True:
            variables: dict[str, Any] = {"first": ways.first, "after": cursor, "counted": cursor is None}
            try:
                return await self._ask(documents.PAGES[kind], kind, ask, variables)
            except TooHeavyError:
                if ways.first == 1:
                    raise
                ways.first = max(ways.first // 2, 1)

    async def _ask(self, document: str, kind: str, ask: filters.Ask, variables: dict[str, Any]) -> Page:
        """One answer, in fewer or older words where the tenant does not understand."""
        ways = self._ways[kind]
        words = await self._vocabulary.of(kind) if ask.beyond else None
        while True:
            chosen = filters.filter_by(kind, ask, old_names=ways.old_names, words=words)
            sent = {**variables, "filterBy": chosen}
            if ask.order is not None and ways.ordered and "after" in variables:
                sent["orderBy"] = {"field": ask.order, "direction": "ASC"}
            try:
                return await self._client.execute(documents.shaped(document, ways.shape), sent, kind=kind)
            except NotUnderstoodError as error:
                if not ways.give_way(error, kind, ask):
                    raise SourceChangedError(error.message, hint="Callboard may be too old for this tenant.") from error


def _cutter(kind: str) -> Cutter:
    return Cutter(documents.MOVING[kind], detected=kind in documents.DETECTED)


def _wall_clock() -> Instant:
    return Instant(time.time_ns() // 1000)
