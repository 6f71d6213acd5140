"""The loop behind `callboard serve`: reads what is due, one after the other, until it is told to stop.

Which source is due stands in the database; this loop only looks. Killing it loses nothing: a
run that was cut off goes on with the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import ClassVar, Self

import msgspec
import structlog

from callboard.cli import running
from callboard.cli.remediation import sending
from callboard.config import Section
from callboard.domain.access import LAPTOP, SYNC
from callboard.domain.finding import Kind
from callboard.domain.instant import DAY, MINUTE, SECOND, Instant
from callboard.errors import CallboardError, ConflictError
from callboard.telemetry import metrics, request_id
from callboard.usecases import browse, keep_fresh, repositories, upkeep
from callboard.usecases.check_links import check_links, links_due
from callboard.usecases.ownership.watch_ownership import watch
from callboard.usecases.receive_hook import receive_hook
from callboard.usecases.remediation import tell, write_back
from callboard.usecases.remediation.decide import bring_back
from callboard.usecases.sync import RunReport
from callboard.wiring.services import Services
from callboard.wiring.sources import OpenSource, open_source, rules_of

LOOK_SECONDS = 15.0
"""How often the loop looks whether something is due."""
CATALOG_EVERY = 10 * MINUTE
FORGETTING = "forgetting"
FIRST_RETRY = MINUTE
LAST_RETRY = 60 * MINUTE
"""After a failure the wait doubles from the first to the last."""
STOP_SECONDS = 20.0
MOST_TOLD = 10_000
"""Ids that webhooks may name before they are read. Beyond that they are refused: the next run sees them anyway."""

_WATCH = "ownership"
_PACKAGES = "packages"
_CHANNELS = "channels"
_REGISTRIES = "registries"

_log = structlog.get_logger("callboard.sync")


class Background:
    """The loop in a thread of its own, for as long as the `with` lasts."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._not_before: dict[str, Instant] = {}
        """By section: after a failure, and for catalogs, whose times no row holds."""
        self._failed: dict[str, int] = {}
        self._told: dict[str, dict[str, None]] = {}
        """By source: ids that webhooks named, in order."""
        self._open: dict[str, tuple[AsyncExitStack, OpenSource]] = {}
        """Sources stay open from one run to the next, so that their tokens are minted once."""
        self._beside: dict[str, asyncio.Task[None]] = {}
        """Readings of repositories that are under way."""
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._leaving = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(STOP_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(STOP_SECONDS)

    def tell(self, source: str, ids: Sequence[str]) -> bool:
        """Have these findings of a source read again soon. From any thread. False: there is no room for more."""
        waiting = self._told.get(source, {})
        if self._loop is None or len(waiting) + len(ids) > MOST_TOLD:
            return False
        self._loop.call_soon_threadsafe(self._take, source, tuple(ids))
        return True

    def _take(self, source: str, ids: Sequence[str]) -> None:
        self._told.setdefault(source, {}).update(dict.fromkeys(ids))
        self._wake.set()

    def _run(self) -> None:
        asyncio.run(self._until_told())

    async def _until_told(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        self._beside[_CHANNELS] = asyncio.create_task(self._deliver())
        try:
            while True:
                await self.once()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
                self._wake.clear()
        except asyncio.CancelledError:
            pass
        finally:
            beside = tuple(self._beside.values())
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            for name in list(self._open):
                await self._close(name)

    async def once(self) -> None:
        """Reads everything that is due now, and once a day forgets what is old."""
        self._forget()
        config = self._services.config
        for section in config.repositories:
            # Beside the others: a forge may make a reading wait for its limits, which must hold up no source.
            if _key(section) not in self._beside and self._services.clock.now() >= self._not_before.get(
                _key(section), 0
            ):
                task = self._beside[_key(section)] = asyncio.create_task(self._one(section))
                task.add_done_callback(partial(self._ended, _key(section)))
        for section in (*config.catalogs, *config.sources):
            if self._services.clock.now() >= self._not_before.get(_key(section), 0):
                await self._one(section)
        if config.registries and _REGISTRIES not in self._beside:
            # Beside the others as well: what is malicious must not wait until a hundred names were asked about.
            asking = self._beside[_REGISTRIES] = asyncio.create_task(self._ask())
            asking.add_done_callback(partial(self._ended, _REGISTRIES))
        await self._packages()
        await self._watch()
        await self._bring_back()

    async def _packages(self) -> None:
        """Matches packages with advisories whenever one of the two has changed."""
        now = self._services.clock.now()
        if now < self._not_before.get(_PACKAGES, 0):
            return
        try:
            done = await running.match(self._services, always=False, asks=False)
        except ConflictError:
            self._not_before[_PACKAGES] = Instant(now + FIRST_RETRY)
        except CallboardError as error:
            self._not_before[_PACKAGES] = Instant(now + LAST_RETRY)
            _log.error("packages could not be matched", reason=error.message, hint=error.hint)
        except Exception:  # noqa: BLE001  what is wrong here must never stop the sources
            self._not_before[_PACKAGES] = Instant(now + LAST_RETRY)
            _log.exception("unexpected", what="packages")
        else:
            if done is not None:
                told = _figures(done.run) if done.run is not None else {}
                _log.info("packages matched", judged=done.judged, news=done.news, **told)

    async def _ask(self) -> None:
        """Asks registries when it is time."""
        now = self._services.clock.now()
        if now < self._not_before.get(_REGISTRIES, 0):
            return
        self._not_before[_REGISTRIES] = Instant(now + MINUTE)
        try:
            asked = await running.ask(self._services, always=False)
        except CallboardError as error:
            self._not_before[_REGISTRIES] = Instant(now + LAST_RETRY)
            _log.error("registries could not be asked", reason=error.message, hint=error.hint)
        except Exception:  # noqa: BLE001  what is wrong here must never stop the sources
            self._not_before[_REGISTRIES] = Instant(now + LAST_RETRY)
            _log.exception("unexpected", what="registries")
        else:
            if asked.calls or asked.problems:
                _log.info("registries asked", calls=asked.calls, news=asked.news, problems=list(asked.problems))
            if asked.news:
                self._wake.set()

    async def _one(self, section: Section) -> None:
        with request_id():
            await self._read(section, self._services.clock.now())

    def _ended(self, key: str, _: asyncio.Task[None]) -> None:
        self._beside.pop(key, None)

    async def _watch(self) -> None:
        """Looks after ownership once a minute."""
        now = self._services.clock.now()
        if now < self._not_before.get(_WATCH, 0):
            return
        self._not_before[_WATCH] = Instant(now + MINUTE)
        try:
            watched = await asyncio.to_thread(
                watch, self._services.store, clock=self._services.clock, safety=self._services.config.safety
            )
        except CallboardError as error:
            _log.error("ownership could not be looked after", reason=error.message)
        else:
            if watched.ended or watched.moved_findings or watched.new_signals:
                _log.info(
                    "ownership", ended=len(watched.ended), moved=watched.moved_findings, signals=watched.new_signals
                )

    async def _bring_back(self) -> None:
        """Lets decisions end whose time or condition has come: at each look, so that a sync's news are heard at once."""
        try:
            ended = await asyncio.to_thread(bring_back, self._services.store, clock=self._services.clock)
        except CallboardError as error:
            _log.error("what has come to its end could not be brought back", reason=error.message)
        else:
            if ended:
                _log.info("decisions ended", findings=ended)

    def wake(self) -> None:
        """Says that something waits to leave the house. From any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                self._loop.call_soon_threadsafe(self._leaving.set)

    async def _deliver(self) -> None:
        """Sends what waits, beside everything else: a receiver that hangs must hold up no source, nor a long sync a message."""
        while True:
            await self._send()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), LOOK_SECONDS)
            self._leaving.clear()

    async def _send(self) -> None:
        try:
            if self._services.config.channels:
                await sending.send(self._services)
            if self._services.config.trackers:
                await sending.keep(self._services)
        except CallboardError as error:
            _log.error("messages could not be sent", reason=error.message, hint=error.hint)
        except Exception:  # noqa: BLE001  what is wrong here must never stop the sources
            _log.exception("unexpected", what="channels")

    def _forget(self) -> None:
        now = self._services.clock.now()
        if now < self._not_before.get(FORGETTING, 0):
            return
        self._not_before[FORGETTING] = Instant(now + DAY)
        try:
            upkeep.forget_engagement(self._services.store, self._services.clock)
            tell.forget(self._services.store, clock=self._services.clock)
        except CallboardError as error:
            # It is tried again the next day; nothing else waits for it.
            _log.error("what is old could not be forgotten", reason=error.message)

    async def _read(self, section: Section, now: Instant) -> None:
        try:
            await self._READERS[section.what](self, section)
        except ConflictError:
            # Somebody else reads it right now, which is as good.
            self._not_before[_key(section)] = Instant(now + FIRST_RETRY)
        except CallboardError as error:
            await self._postpone(section, now, error.message, error.hint)
        except Exception:  # noqa: BLE001  one source must never stop the others
            _log.exception("unexpected", what=section.what, name=section.name)
            await self._postpone(section, now, "something unexpected happened", None)
        else:
            self._failed.pop(_key(section), None)

    async def _catalog(self, section: Section) -> None:
        report = await running.one_catalog(self._services, section)
        self._not_before[_key(section)] = Instant(self._services.clock.now() + CATALOG_EVERY)
        _log.info("catalog read", name=section.name, state=report.state, entities=report.entities, reason=report.reason)

    async def _repositories(self, section: Section) -> None:
        """On a schedule of their own. After a start the last reading counts, so that a restart asks nobody."""
        key, now = _key(section), self._services.clock.now()
        last = repositories.readings(self._services.store).get(section.name)
        due = keep_fresh.repositories_due(section.settings().read_every_minutes, last)
        if now < due:
            self._not_before[key] = due
            return
        report, every = await running.one_place(self._services, section)
        self._not_before[key] = Instant(self._services.clock.now() + every)
        told = {"repositories": report.repositories, "read": report.read, "calls": report.calls}
        _log.info("repositories read", name=section.name, state=report.state, reason=report.reason, **told)

    async def _source(self, section: Section) -> None:
        store, clock = self._services.store, self._services.clock
        opened = await self._opened(section)
        if ids := tuple(self._told.get(section.name, ())):
            report = await receive_hook(store, opened.source, Kind.ISSUE, ids, clock=clock)
            # More may have come while these were read.
            self._told[section.name] = {id_: None for id_ in self._told[section.name] if id_ not in set(ids)}
            running.count(report)
            _log.info("webhook read", source=section.name, **_figures(report))
        due = keep_fresh.due(store, opened.source, clock=clock, full_every=opened.full_every)
        if due is not None:
            _log.info("sync begins", source=section.name, mode=due.mode)
            report = await running.run(self._services, opened, mode=due.mode)
            _log.info("sync ends", source=section.name, **_figures(report))
        self._measure(section.name)
        await self._write_back(section, opened)
        await self._links(section, opened)

    async def _write_back(self, section: Section, opened: OpenSource) -> None:
        """Writes what people said here to the source. That it cannot must never keep the source from being read."""
        store, clock, writer = self._services.store, self._services.clock, opened.writer
        if writer is None or not write_back.is_due(store, section.name, clock=clock):
            return
        try:
            report = await write_back.write_back(store, section.name, writer, clock=clock)
        except CallboardError as error:
            _log.error("the source could not be written to", source=section.name, reason=error.message)
        else:
            _log.info("written to the source", source=section.name, **msgspec.structs.asdict(report))

    async def _links(self, section: Section, opened: OpenSource) -> None:
        """Checks the links of a source once a day. That it cannot must never keep the source from being read."""
        now, key = self._services.clock.now(), f"links {section.name}"
        if now < self._not_before.get(key, 0) or not links_due(self._services.store, SYNC, section.name, now=now):
            return
        self._not_before[key] = Instant(now + LAST_RETRY)
        try:
            report = await check_links(
                self._services.store, SYNC, opened.source, rules_of(section), clock=self._services.clock
            )
        except CallboardError as error:
            _log.error("links could not be checked", source=section.name, reason=error.message)
        else:
            told = {"broken": report.broken, "unchecked": report.unchecked, "reason": report.not_asked}
            _log.info("links checked", source=section.name, **told)

    _READERS: ClassVar[dict[str, Callable[[Background, Section], Awaitable[None]]]] = {
        "catalog": _catalog,
        "source": _source,
        "repositories": _repositories,
    }

    async def _opened(self, section: Section) -> OpenSource:
        if section.name not in self._open:
            stack = AsyncExitStack()
            self._open[section.name] = (
                stack,
                await stack.enter_async_context(open_source(section, self._services.store)),
            )
        return self._open[section.name][1]

    async def _close(self, name: str) -> None:
        if name in self._open:
            await self._open.pop(name)[0].aclose()

    async def _postpone(self, section: Section, now: Instant, reason: str, hint: str | None) -> None:
        if section.what == "source":
            # A secret that was replaced meanwhile is read anew when it is opened again.
            await self._close(section.name)
        failures = self._failed[_key(section)] = self._failed.get(_key(section), 0) + 1
        wait = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LAST_RETRY)
        self._not_before[_key(section)] = Instant(now + wait)
        told = {"reason": reason, "hint": hint, "again_in_seconds": wait // SECOND}
        _log.error("could not be read", what=section.what, name=section.name, **told)

    def _measure(self, name: str) -> None:
        now = self._services.clock.now()
        for health in browse.sources(self._services.store, LAPTOP, now=now):
            if health.name == name and health.last_full_at is not None:
                metrics().freshness_seconds.labels(name).set((now - health.last_full_at) / SECOND)


def _key(section: Section) -> str:
    return f"{section.what} {section.name}"


def _figures(report: RunReport) -> dict[str, object]:
    wanted = ("run", "mode", "state", "reason", "seen", "new", "changed", "closed", "rejected", "seconds")
    return {name: getattr(report, name) for name in wanted}
