"""Reading one catalog, one source, one place of repositories, and matching packages: the same for the loop and for commands."""

from __future__ import annotations

from collections.abc import Callable

from callboard import gathering
from callboard.config import Section
from callboard.domain.instant import Instant
from callboard.domain.run import Mode
from callboard.telemetry import metrics
from callboard.usecases import keep_fresh
from callboard.usecases.fetching import Progress
from callboard.usecases.package_source import Matching, match_packages
from callboard.usecases.packages.ask_registries import Registered, as_known, ask_registries
from callboard.usecases.read_catalog import CatalogReport, read_catalog
from callboard.usecases.read_repositories import RepositoriesProgress, RepositoriesReport, read_repositories
from callboard.usecases.sync import RunReport, sync
from callboard.wiring.catalogs import open_catalog, open_repositories
from callboard.wiring.packages import open_judge, open_registries
from callboard.wiring.services import Services
from callboard.wiring.sources import OpenSource, open_source

Listener = Callable[[str, Progress], None]
"""Hears how far a source is, by its name."""


async def one_catalog(services: Services, section: Section, *, accept: bool = False) -> CatalogReport:
    """Reads one catalog."""
    async with open_catalog(services.config, section, services.clock) as catalog:
        return await read_catalog(
            services.store, catalog, clock=services.clock, safety=services.config.safety, accept=accept
        )


async def one_place(
    services: Services, section: Section, listen: Callable[[RepositoriesProgress], object] | None = None
) -> tuple[RepositoriesReport, int]:
    """Reads the repositories of one section. With how long until the next reading, in microseconds."""
    async with open_repositories(services.config, section, services.clock) as opened:
        report = await read_repositories(
            services.store,
            opened.reader,
            clock=services.clock,
            activity_days=opened.activity_days,
            sections=[each.name for each in services.config.repositories],
            gathering=gathering,
            progress=listen,
        )
        return report, opened.every


async def one_source(services: Services, section: Section, *, mode: Mode | None, listen: Listener | None) -> RunReport:
    """Runs one source. `mode` None: full when the last full run is old enough, else what has changed."""
    async with open_source(section, services.store) as opened:
        return await run(services, opened, mode=mode, listen=listen)


async def run(
    services: Services, opened: OpenSource, *, mode: Mode | None = None, listen: Listener | None = None
) -> RunReport:
    """Runs an open source."""
    store, clock, source = services.store, services.clock, opened.source
    if mode is None:
        mode = keep_fresh.next_mode(store, source, clock=clock, full_every=opened.full_every)
    report = await sync(
        store,
        opened.timed(metrics().page_seconds.labels(source.name).observe),
        clock=clock,
        mode=mode,
        safety=services.config.safety,
        progress=None if listen is None else lambda progress: listen(source.name, progress),
        next_due_at=lambda now: Instant(now + opened.delta_every),
    )
    count(report)
    return report


async def ask(services: Services, *, always: bool) -> Registered:
    """Asks registries, where some are configured. Without `always` only when it is time."""
    async with open_registries(services.config) as (registries, problems):
        return await ask_registries(services.store, registries, clock=services.clock, problems=problems, always=always)


async def match(services: Services, *, always: bool, asks: bool = True) -> Matching | None:
    """Matches the packages of components with what is known of them now. None: nothing has changed.

    Without `asks` registries are not asked first: what they said stands.
    """
    judge = open_judge(services.config)
    if asks:
        registered = await ask(services, always=always)
    else:
        async with open_registries(services.config) as (registries, problems):
            registered = await as_known(services.store, registries, problems)
    matching = await match_packages(
        services.store, judge, clock=services.clock, safety=services.config.safety, always=always, registered=registered
    )
    if matching is not None and matching.run is not None:
        count(matching.run)
    return matching


def count(report: RunReport) -> None:
    """Adds a run to the figures of this process."""
    figures = metrics()
    figures.runs.labels(report.source, report.state.value).inc()
    figures.seen.labels(report.source).inc(report.seen)
    figures.rejected.labels(report.source).inc(report.rejected)
