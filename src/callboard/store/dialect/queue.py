"""Procrastinate: a queue in PostgreSQL that wakes one of the processes that work on it, at once and each time another one.

It holds no truth. What is due stands in our own rows, and who woke up looks there; a job of the queue that is lost, or done
twice, loses and doubles nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection

import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import URL, Engine, text

TASK = "callboard.job"
QUEUE = "callboard"
AT_ONCE = 4
"""Jobs that one process does at the same time because somebody called."""
LOCK = 0x63616C6D
"""The advisory lock under which the queue's tables are made."""
AGAIN_SECONDS = 30.0
"""How long to wait after the queue could not be used. Until then the looks of each process find what is due."""

_log = structlog.get_logger("callboard.queue")


class Queue:
    """Implements `store.waking.Waker`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._sync: App | None = None

    def call(self, names: Collection[str]) -> None:
        """Have somebody do these jobs now. A name that already waits is not added again. Blocking; never raises."""
        try:
            with self._lock:
                if self._sync is None:
                    self._make()
                    self._sync = App(
                        connector=SyncPsycopgConnector(conninfo=_conninfo(self._engine.url), min_size=1, max_size=2)
                    )
                    self._sync.open()
                for name in names:
                    task = self._sync.configure_task(TASK, queue=QUEUE, queueing_lock=name)
                    try:
                        task.defer(job=name)
                    except AlreadyEnqueued:
                        continue
        except (ConnectorException, OSError) as error:
            _log.warning("nobody could be woken; the next look finds it", reason=str(error))

    async def answer(self, do: Callable[[str], Awaitable[None]]) -> None:
        """Do what others call for, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self._make)
                await self._work(do)
            except (ConnectorException, OSError) as error:
                _log.warning("the queue cannot be used; each process looks by itself", reason=str(error))
                await asyncio.sleep(AGAIN_SECONDS)

    async def _work(self, do: Callable[[str], Awaitable[None]]) -> None:
        app = App(connector=PsycopgConnector(conninfo=_conninfo(self._engine.url), min_size=1, max_size=3))

        @app.task(name=TASK, queue=QUEUE)
        async def _job(job: str) -> None:
            await do(job)

        async with app.open_async():
            for stalled in await app.job_manager.get_stalled_jobs(queue=QUEUE):
                # Whoever took it is dead. What it was called for is due in our rows, or done by somebody.
                await app.job_manager.finish_job(stalled, status=Status.FAILED, delete_job=True)
            await app.run_worker_async(
                queues=[QUEUE], concurrency=AT_ONCE, install_signal_handlers=False, delete_jobs="always",
                shutdown_graceful_timeout=1,
            )  # fmt: skip

    def _make(self) -> None:
        """The queue's own tables, once."""
        with self._engine.begin() as conn:
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if conn.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is not None:
                return
            app = App(connector=SyncPsycopgConnector(conninfo=_conninfo(self._engine.url), min_size=1, max_size=1))
            with app.open():
                app.schema_manager.apply_schema()

    def close(self) -> None:
        """Let go of connections."""
        with self._lock:
            if self._sync is not None:
                self._sync.close()
                self._sync = None


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
