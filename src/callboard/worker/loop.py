"""The loop behind `callboard serve` and `callboard worker`: does what is due, one after the other, until it is told to stop.

What is due stands in the database, and who does it; this loop only looks. Killing it loses nothing: what was cut off is
taken over by the next one, here or on another machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self

import msgspec
import structlog

from callboard.config import Section
from callboard.domain.access import LAPTOP, SYNC
from callboard.domain.finding import Kind
from callboard.domain.instant import HOUR, MINUTE, SECOND, Instant
from callboard.errors import CallboardError, ConflictError, StoreError
from callboard.telemetry import metrics, request_id
from callboard.usecases import keep_fresh, keep_records, repositories, source_health
from callboard.usecases.check_links import check_links, links_due
from callboard.usecases.fetching import Progress
from callboard.usecases.help_sync import help_sync
from callboard.usecases.jobs import Jobs, forget_hooked, hooked
from callboard.usecases.leases import beating
from callboard.usecases.ownership.watch_ownership import watch
from callboard.usecases.receive_hook import receive_hook
from callboard.usecases.remediation import write_back
from callboard.usecases.remediation.decide import bring_back
from callboard.usecases.sync import RunReport
from callboard.wiring.services import Services
from callboard.wiring.sources import OpenSource, open_source, rules_of
from callboard.worker import reading, sending

CATALOG_EVERY = 10 * MINUTE
FIRST_RETRY = MINUTE
LAST_RETRY = 60 * MINUTE
"""After a failure the wait doubles from the first to the last."""
STOP_SECONDS = 20.0
_WATCH = "ownership"
_PACKAGES = "packages"
_CHANNELS = "channels"
_REGISTRIES = "registries"
_DECISIONS = "decisions"
_FORGETTING = "forgetting"
_CALLS = "calls"
_HELP = "help"
"""With the name of a source: what other processes are called for when a sync begins."""

HELPERS = 8
"""Processes that are called to help with a sync; those that are busy do not come."""

Work = Callable[[], Awaitable[Instant | None]]
"""A job. Returns when it is due again. None: at the next look."""

_log = structlog.get_logger("callboard.sync")


class Background:
    """The loop in a thread of its own, for as long as the `with` lasts."""

    def __init__(self, services: Services, *, role: str = "serve") -> None:
        self._services = services
        self._jobs = Jobs(services.store, services.clock, role)
        self._has_begun = False
        self._doing: set[str] = set()
        self._links_not_before: dict[str, Instant] = {}
        self._went_wrong: dict[str, int] = {}
        """By source: the run of another worker with which helping went wrong."""
        self._open: dict[str, tuple[AsyncExitStack, OpenSource]] = {}
        """Sources stay open from one run to the next, so that their tokens are minted once."""
        self._beside: dict[str, asyncio.Task[None]] = {}
        """What is under way beside the others: what may have to wait for somebody's limits."""
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._leaving = asyncio.Event()
        self._is_ending = threading.Event()
        """Said to threads at work, which cannot be cancelled."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(STOP_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join(STOP_SECONDS)

    def stop(self) -> None:
        """Begin to end. From any thread, and as often as anybody likes."""
        self._is_ending.set()
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                self._loop.call_soon_threadsafe(self._task.cancel)

    @property
    def is_alive(self) -> bool:
        """Whether the loop goes on."""
        return self._thread.is_alive()

    def look(self) -> None:
        """Says that something has become due. From any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                self._loop.call_soon_threadsafe(self._wake.set)

    def _run(self) -> None:
        asyncio.run(self._until_told())

    async def _until_told(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        try:
            async with beating(self._beat, lease=self._services.store.lease):
                await self.begin()
                self._beside[_CHANNELS] = asyncio.create_task(self._deliver())
                self._beside[_CALLS] = asyncio.create_task(self._services.waker.answer(self._called))
                while True:
                    await self.once()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._services.config.jobs.look_seconds)
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
            with contextlib.suppress(CallboardError):
                await asyncio.to_thread(self._jobs.let_go)

    def _beat(self) -> None:
        self._jobs.beat(tuple(self._doing))

    async def begin(self) -> None:
        """Say that this process works, and have rows for all that it can do. What a start is for is due at once."""
        config = self._services.config
        read = [_key(section) for section in (*config.catalogs, *config.sources)]
        names = [*read, *map(_key, config.repositories), _PACKAGES, _WATCH, _DECISIONS, _FORGETTING, _CHANNELS]
        names += [_REGISTRIES] if config.registries else []
        await asyncio.to_thread(self._jobs.begin, names, hurried=read)
        await asyncio.to_thread(self._beat)
        self._has_begun = True

    async def once(self) -> None:
        """Does everything that is due now and that nobody does."""
        if not self._has_begun:
            await self.begin()
        config = self._services.config
        # Beside the others: the first time there may be much that is old.
        self._begin_beside(_FORGETTING, self._forget)
        for section in config.repositories:
            # Beside the others: a forge may make a reading wait for its limits, which must hold up no source.
            self._begin_beside(_key(section), partial(self._repositories, section))
        for section in config.catalogs:
            await self._job(_key(section), partial(self._catalog, section))
        for section in config.sources:
            if not await self._job(_key(section), partial(self._source, section), failed=partial(self._shut, section)):
                await self._help(section)
        if config.registries:
            # Beside the others as well: what is malicious must not wait until a hundred names were asked about.
            self._begin_beside(_REGISTRIES, self._ask)
        await self._job(_PACKAGES, self._packages)
        await self._job(_WATCH, self._watch)
        await self._job(_DECISIONS, self._bring_back)

    def _begin_beside(self, name: str, work: Work) -> None:
        if name not in self._beside:
            task = self._beside[name] = asyncio.create_task(self._beside_the_others(name, work))
            task.add_done_callback(partial(self._ended, name))

    async def _beside_the_others(self, name: str, work: Work) -> None:
        await self._job(name, work)

    async def _job(self, name: str, work: Work, *, failed: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Does a job if it is due and nobody does it. Returns whether it was done, or failed, here."""
        clock = self._services.clock
        try:
            job = await asyncio.to_thread(self._jobs.take, name)
        except CallboardError as error:
            _log.error("it cannot be seen what is due", job=name, reason=error.message)
            return False
        if job is None:
            return False
        self._doing.add(name)
        failures, reason, hint = 0, None, None
        try:
            with request_id():
                due_at = await work()
        except ConflictError:
            # Somebody else does it right now, which is as good.
            due_at, failures = Instant(clock.now() + FIRST_RETRY), job.failures
        except CallboardError as error:
            failures, reason, hint = job.failures + 1, error.message, error.hint
        except Exception:  # noqa: BLE001  one job must never stop the others
            _log.exception("unexpected", job=name)
            failures, reason = job.failures + 1, "something unexpected happened"
        finally:
            self._doing.discard(name)
        if reason is not None:
            wait = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LAST_RETRY)
            due_at = Instant(clock.now() + wait)
            _log.error("a job failed", job=name, reason=reason, hint=hint, again_in_seconds=wait // SECOND)
            if failed is not None:
                await failed()
        with contextlib.suppress(CallboardError):
            end = partial(self._jobs.end, job, due_at=due_at or clock.now(), failures=failures, reason=reason)
            await asyncio.to_thread(end)
        return True

    async def _packages(self) -> Instant | None:
        """Matches packages with advisories whenever one of the two has changed."""
        done = await reading.match(self._services, always=False, asks=False)
        if done is not None:
            told = _figures(done.run) if done.run is not None else {}
            _log.info("packages matched", judged=done.judged, news=done.news, **told)
        return None

    async def _ask(self) -> Instant | None:
        """Asks registries when it is time."""
        asked = await reading.ask(self._services, always=False)
        if asked.calls or asked.problems:
            _log.info("registries asked", calls=asked.calls, news=asked.news, problems=list(asked.problems))
        if asked.news:
            self._wake.set()
        return Instant(self._services.clock.now() + MINUTE)

    def _ended(self, key: str, _: asyncio.Task[None]) -> None:
        self._beside.pop(key, None)

    async def _watch(self) -> Instant | None:
        """Looks after ownership once a minute."""
        watched = await asyncio.to_thread(
            watch, self._services.store, clock=self._services.clock, safety=self._services.config.safety
        )
        if watched.ended or watched.moved_findings or watched.new_signals:
            _log.info("ownership", ended=len(watched.ended), moved=watched.moved_findings, signals=watched.new_signals)
        return Instant(self._services.clock.now() + MINUTE)

    async def _bring_back(self) -> Instant | None:
        """Lets decisions end whose time or condition has come: at each look, so that a sync's news are heard at once."""
        ended = await asyncio.to_thread(bring_back, self._services.store, clock=self._services.clock)
        if ended:
            _log.info("decisions ended", findings=ended)
        return None

    def wake(self) -> None:
        """Says that something waits to leave the house. From any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                self._loop.call_soon_threadsafe(self._leaving.set)

    async def _deliver(self) -> None:
        """Sends what waits, beside everything else: a receiver that hangs must hold up no source, nor a long sync a message."""
        while True:
            await self._job(_CHANNELS, self._send)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), self._services.config.jobs.look_seconds)
            self._leaving.clear()

    async def _send(self) -> Instant | None:
        if self._services.config.channels:
            await sending.send(self._services)
        if self._services.config.trackers:
            await sending.keep(self._services)
        return None

    async def _forget(self) -> Instant | None:
        """Drops what is old once a day, unless somebody forbids it."""
        store, clock = self._services.store, self._services.clock
        if keep_records.is_due(store, clock=clock):
            work = partial(
                keep_records.apply, store, self._services.config.retention, clock=clock,
                go_on=lambda: not self._is_ending.is_set(),
            )  # fmt: skip
            done = await asyncio.to_thread(work)
            if done.rows:
                _log.info("what was old was dropped", **done.rows)
            if done.problem is not None:
                raise StoreError(done.problem)
        return Instant(clock.now() + HOUR)

    async def _catalog(self, section: Section) -> Instant | None:
        report = await reading.one_catalog(self._services, section)
        _log.info("catalog read", name=section.name, state=report.state, entities=report.entities, reason=report.reason)
        return Instant(self._services.clock.now() + CATALOG_EVERY)

    async def _repositories(self, section: Section) -> Instant | None:
        """On a schedule of their own. After a start the last reading counts, so that a restart asks nobody."""
        now = self._services.clock.now()
        last = repositories.readings(self._services.store).get(section.name)
        due = keep_fresh.repositories_due(section.settings().read_every_minutes, last)
        if now < due:
            return due
        report, every = await reading.one_place(self._services, section)
        told = {"repositories": report.repositories, "read": report.read, "calls": report.calls}
        _log.info("repositories read", name=section.name, state=report.state, reason=report.reason, **told)
        return Instant(self._services.clock.now() + every)

    async def _source(self, section: Section) -> Instant | None:
        store, clock = self._services.store, self._services.clock
        opened = await self._opened(section)
        if ids := await asyncio.to_thread(hooked, store, section.name):
            until = clock.now()
            report = await receive_hook(store, opened.source, Kind.ISSUE, ids, clock=clock)
            # More may have come while these were read.
            await asyncio.to_thread(forget_hooked, store, section.name, ids, until=until)
            reading.count(report)
            _log.info("webhook read", source=section.name, **_figures(report))
        due = keep_fresh.due(store, opened.source, clock=clock, full_every=opened.full_every)
        if due is not None:
            _log.info("sync begins", source=section.name, mode=due.mode)
            report = await reading.run(self._services, opened, mode=due.mode, listen=self._calling())
            _log.info("sync ends", source=section.name, **_figures(report))
        self._measure(section.name)
        await self._write_back(section, opened)
        await self._links(section, opened)
        return None

    async def _called(self, name: str) -> None:
        """Does what another process called for, if it is still to be done."""
        what, _, name_of = name.partition(" ")
        section = next((each for each in self._services.config.sources if each.name == name_of), None)
        if name == _CHANNELS:
            await self._job(_CHANNELS, self._send)
        elif what == "source" and section is not None:
            await self._job(name, partial(self._source, section), failed=partial(self._shut, section))
        elif what.startswith(_HELP) and section is not None:
            if _key(section) in self._doing:
                await asyncio.sleep(1)  # the call is for the others, who come first now
            await self._help(section)

    def _calling(self) -> reading.Listener:
        """Calls the others whenever a sync has more parts than before."""
        most = 0

        def listen(source: str, progress: Progress) -> None:
            nonlocal most
            if progress.parts > most and progress.parts - progress.parts_done > 1:
                most = progress.parts
                names = [f"{_HELP}-{number} {source}" for number in range(HELPERS)]
                threading.Thread(target=self._services.waker.call, args=(names,), daemon=True).start()

        return listen

    async def _help(self, section: Section) -> None:
        """Reads parts of a sync that another process leads. Only where all of them share one pace of calls."""
        store, doing = self._services.store, f"{_key(section)}, helping"
        if not store.dialect.has_many_hosts or doing in self._doing:
            return
        try:
            opened = await self._opened(section)
            source = opened.timed(metrics().page_seconds.labels(section.name).observe)
            self._doing.add(doing)
            helped = await help_sync(store, source, clock=self._services.clock, but=self._went_wrong.get(section.name))
        except CallboardError as error:
            # The one that leads goes on, and tells what is wrong with the source.
            _log.info("helping ended early", source=section.name, reason=error.message)
        else:
            if helped is not None:
                _log.info("helped", source=section.name, **msgspec.structs.asdict(helped))
                if helped.reason is not None:
                    self._went_wrong[section.name] = helped.run
        finally:
            self._doing.discard(doing)

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
        now, name = self._services.clock.now(), section.name
        if now < self._links_not_before.get(name, 0) or not links_due(self._services.store, SYNC, name, now=now):
            return
        self._links_not_before[name] = Instant(now + LAST_RETRY)
        try:
            report = await check_links(
                self._services.store, SYNC, opened.source, rules_of(section), clock=self._services.clock
            )
        except CallboardError as error:
            _log.error("links could not be checked", source=section.name, reason=error.message)
        else:
            told = {"broken": report.broken, "unchecked": report.unchecked, "reason": report.not_asked}
            _log.info("links checked", source=section.name, **told)

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

    async def _shut(self, section: Section) -> None:
        """After a failure: a secret that was replaced meanwhile is read anew when the source is opened again."""
        await self._close(section.name)

    def _measure(self, name: str) -> None:
        now = self._services.clock.now()
        for health in source_health.of_sources(self._services.store, LAPTOP, now=now):
            if health.name == name and health.last_full_at is not None:
                metrics().freshness_seconds.labels(name).set((now - health.last_full_at) / SECOND)


def _key(section: Section) -> str:
    return f"{section.what} {section.name}"


def _figures(report: RunReport) -> dict[str, object]:
    wanted = ("run", "mode", "state", "reason", "seen", "new", "changed", "closed", "rejected", "seconds")
    return {name: getattr(report, name) for name in wanted}
