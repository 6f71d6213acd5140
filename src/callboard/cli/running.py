"""Reading everything once, for `callboard sync` and the demo: in which order, what it came to, and how far it is."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import msgspec

from callboard.cli.errors import exit_code
from callboard.config import Section
from callboard.domain.packages.package_match import SOURCE
from callboard.domain.run import Mode, Size
from callboard.errors import CallboardError, NotFoundError
from callboard.ports import Source
from callboard.usecases import holds, keep_records, upkeep
from callboard.usecases.fetching import Progress
from callboard.usecases.ownership.watch_ownership import watch
from callboard.usecases.package_source import PackageSource
from callboard.usecases.read_catalog import CatalogReport
from callboard.usecases.remediation import decide
from callboard.usecases.sync import RunReport
from callboard.wiring.services import Services
from callboard.wiring.sources import open_source
from callboard.worker import reading
from callboard.worker.reading import Listener

BYTES_PER_FINDING = 2_000
"""On disk, with rule, resource, history and indexes. The made-up company takes 1,450; real texts are longer."""

SECONDS_BETWEEN_LINES = 5.0


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A source or catalog that could not be read at all."""

    what: str
    """Source or Catalog."""
    name: str
    message: str
    hint: str | None
    exit_code: int


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What reading everything once came to."""

    catalogs: tuple[CatalogReport, ...]
    sources: tuple[RunReport, ...]
    failures: tuple[Failure, ...]


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a first run of a source would cost."""

    source: str
    parts: tuple[Size, ...]
    findings: int
    capped: bool
    """True when the source stopped counting: at least that many."""
    calls: int
    minutes: float
    megabytes: float


def follow_policy(services: Services) -> None:
    """Gives open findings the due dates of the policy in force, before anything is read. Hardly any work when it is the same."""
    moved = upkeep.follow_policy(services.store, services.clock)
    if moved:
        print(f"The policy has changed: {moved:,} due dates moved.", file=sys.stderr)


def look_after(services: Services) -> None:
    """What a command does before it reads: dates of the policy in force, and once a day dropping what is old."""
    follow_policy(services)
    if keep_records.is_due(services.store, clock=services.clock):
        done = keep_records.apply(services.store, services.config.retention, clock=services.clock)
        if done.problem is not None:
            print(f"What is old was not all dropped. {done.problem}", file=sys.stderr)


def bring_back(services: Services) -> None:
    """Lets decisions end whose time or condition has come, which what was read may have brought."""
    ended = decide.bring_back(services.store, clock=services.clock)
    if ended:
        print(f"Back among the work, as their time or condition has come: {ended:,}.", file=sys.stderr)


def watch_ownership(services: Services) -> None:
    """Looks after ownership once something was read: what has ended, what has won twice, what is amiss."""
    watched = watch(services.store, clock=services.clock, safety=services.config.safety)
    for entry in watched.ended:
        print(f"The mapping entry {entry} has ended.", file=sys.stderr)
    if watched.moved_findings:
        print(f"{watched.moved_findings:,} findings changed hands.", file=sys.stderr)
    if watched.held_back:
        print(
            f"{watched.held_back:,} resources would change hands by tags, labels or defaults, which is so many that they wait: "
            "`callboard ownership signals` has the number to let them go by.",
            file=sys.stderr,
        )


async def everything(
    services: Services,
    sections: Sequence[Section],
    catalogs: Sequence[Section],
    *,
    mode: Mode | None,
    listen: Listener | None,
    accept: bool = False,
    packages: bool | None = None,
) -> Round:
    """Reads the catalogs, then the sources, one after the other. One that fails does not stop the others.

    `packages` says whether packages are matched as well: True always, None where something has changed, False not at all.
    """
    catalog_reports: list[CatalogReport] = []
    reports: list[RunReport] = []
    failures: list[Failure] = []
    for section in catalogs:
        try:
            catalog_reports.append(await reading.one_catalog(services, section, accept=accept))
        except CallboardError as error:
            failures.append(_failure("Catalog", section.name, error))
    for section in sections:
        try:
            reports.append(await reading.one_source(services, section, mode=mode, listen=listen))
        except CallboardError as error:
            failures.append(_failure("Source", section.name, error))
    if packages is not False:
        try:
            matching = await reading.match(services, always=packages is True)
        except CallboardError as error:
            failures.append(_failure("Source", SOURCE, error))
        else:
            reports += [matching.run] if matching is not None and matching.run is not None else []
    return Round(catalogs=tuple(catalog_reports), sources=tuple(reports), failures=tuple(failures))


async def accept(services: Services, run_id: int) -> Round:
    """Applies a held run after all. Raises NotFoundError when no configured source has it."""
    async with _holder(services, run_id) as source:
        report = await holds.accept(services.store, source, run_id, clock=services.clock)
    return Round(catalogs=(), sources=(report,), failures=())


async def discard(services: Services, run_id: int) -> None:
    """Throws a held run away. Raises NotFoundError when no configured source has it."""
    async with _holder(services, run_id) as source:
        await asyncio.to_thread(holds.discard, services.store, source, run_id, clock=services.clock)


@asynccontextmanager
async def _holder(services: Services, run_id: int) -> AsyncIterator[Source]:
    """The source whose held run this is. Raises NotFoundError."""
    held = {each.run: each for each in holds.held(services.store)}
    if run_id not in held:
        there = ", ".join(f"{each.run} ({each.source})" for each in held.values())
        raise NotFoundError(f"Run {run_id} is not held.", hint=f"Held: {there}." if there else "No run is held.")
    if held[run_id].source == SOURCE:
        yield PackageSource(services.store, services.clock)
        return
    async with open_source(services.config.source(held[run_id].source), services.store) as opened:
        yield opened.source


async def estimates(services: Services, sections: Sequence[Section]) -> list[Estimate]:
    """What a first run of each source would cost."""
    found = []
    for section in sections:
        async with open_source(section, services.store) as opened:
            sizes = tuple([size async for size in opened.source.estimate(now=services.clock.now())])
        # Projects are read too, and take hardly any room.
        findings = sum(size.count for size in sizes if not size.part.startswith("project"))
        calls = sum(size.calls for size in sizes)
        found.append(
            Estimate(
                source=section.name,
                parts=sizes,
                findings=findings,
                capped=any(size.capped for size in sizes),
                calls=calls,
                minutes=round(calls / (opened.calls_per_second or 1) / 60, 2),
                megabytes=round(findings * BYTES_PER_FINDING / 1e6, 1),
            )
        )
    return found


def _failure(what: str, name: str, error: CallboardError) -> Failure:
    return Failure(what=what, name=name, message=error.message, hint=error.hint, exit_code=exit_code(error))


@contextmanager
def progress() -> Iterator[Listener]:
    """A bar on a terminal, and elsewhere a line now and then."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from callboard.cli import output

    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=output.err(),
        transient=True,
    ) as bar:
        tasks: dict[tuple[str, str], int] = {}

        def listen(source: str, progress: Progress) -> None:
            key = (source, progress.part)
            if key not in tasks:
                tasks[key] = bar.add_task(f"{source}: {progress.part}", total=progress.part_expected)
            bar.update(tasks[key], completed=progress.part_seen, total=progress.part_expected)  # type: ignore[arg-type]

        yield listen


class _Lines:
    """For logs and pipes: a line now and then."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, source: str, progress: Progress) -> None:
        if time.monotonic() - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = time.monotonic()
            print(
                f"{source}: {progress.parts_done} of {progress.parts} parts read, {progress.seen:,} records",
                file=sys.stderr,
            )
