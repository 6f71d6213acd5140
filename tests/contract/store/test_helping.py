"""Several workers read the parts of one run: the end is that of one worker, whoever dies, stops or comes too late."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from callboard.domain.run import RunState
from callboard.errors import ConflictError, SourceChangedError
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.usecases import help_sync as helping
from callboard.usecases import leases
from callboard.usecases.help_sync import Helped, help_sync
from callboard.usecases.sync import RunReport
from tests.contract.store.test_leases import Abort, evolve, somebody_alive
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

ELSEWHERE = "elsewhere/1/0"
"""A worker on another machine."""


@contextmanager
def as_worker(name: str) -> Iterator[None]:
    """Let what runs inside be the work of another worker."""
    former = helping.worker_name, leases.worker_name
    from callboard.usecases import fetching

    try:
        for module in (helping, fetching):
            module.worker_name = lambda: name  # type: ignore[attr-defined]
        yield
    finally:
        helping.worker_name = former[0]
        fetching.worker_name = former[1]


def help_from(stage: Stage, name: str = ELSEWHERE, **options: int) -> Helped | None:
    """Help as another worker, in a loop of its own."""
    from concurrent.futures import ThreadPoolExecutor

    def work() -> Helped | None:
        return asyncio.run(help_sync(stage.store, stage.world, clock=stage.clock, **options))

    with as_worker(name), ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def sync_with_help(stage: Stage, *, at: int) -> tuple[RunReport, list[Helped | None]]:
    """A sync that is helped from its page number `at` on."""
    came: list[Helped | None] = []
    pages = iter(range(1, 1_000_000))

    def on_page(part: object, number: int) -> None:
        if next(pages) == at:
            came.append(help_from(stage))

    stage.world.on_page = on_page
    return stage.sync(workers=1), came


def _not_any_more(_self: object, _run: object) -> None:
    """Whoever died gives nothing back."""


def prepare(stage: Stage) -> None:
    """Something of everything."""
    stage.world.projects = {id_: ProjectRecord(external_id=id_, name=id_.title()) for id_ in ("p1", "p2")}
    stage.world.fill(60, projects=("p1",))
    stage.world.fill(10, start=80, projects=("p1", "p2"))


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
def test_a_run_that_was_helped_ends_like_one_that_was_not(stage: Stage, *, is_first: bool) -> None:
    """The helper takes what nobody reads, stages it, and the one that leads applies all of it, once."""
    prepare(stage)
    if not is_first:
        stage.sync()
        evolve(stage)
    report, came = sync_with_help(stage, at=2)
    (helped,) = came
    assert helped is not None
    assert helped.reason is None
    assert helped.pages > 0
    assert report.state is RunState.APPLIED
    assert report.seen == len(stage.world.records)
    assert {id_ for id_, row in stage.rows().items() if row.state.is_open} == {
        id_ for id_, each in stage.world.records.items() if each.state == "open"
    }
    found = dump(stage.store)
    assert found["spool"] == []
    again = stage.sync()
    assert again.changes == 0
    assert differences({**found, "source": []}, {**dump(stage.store), "source": []}) == ""


def test_there_is_nothing_to_help_with_where_nobody_leads(stage: Stage) -> None:
    """Neither before a run nor after it."""
    prepare(stage)
    assert help_from(stage) is None
    stage.sync()
    assert help_from(stage) is None


def test_a_program_that_reads_differently_does_not_help(stage: Stage) -> None:
    """Its hashes would promise what the one that leads did not do."""
    prepare(stage)
    stage.sync()

    def on_page(part: object, number: int) -> None:
        stage.world.on_page = lambda _part, _number: None
        stage.world.parser_version = 2
        assert help_from(stage) is None
        stage.world.parser_version = 1

    stage.world.on_page = on_page
    assert stage.sync(workers=1).state is RunState.APPLIED


def test_a_run_that_went_wrong_here_is_left_to_the_one_that_leads(stage: Stage) -> None:
    """What fails for the helper is given back, read by the one that leads, and judged there."""
    prepare(stage)
    stage.sync()
    came: list[Helped | None] = []

    def on_page(part: object, number: int) -> None:
        stage.world.on_page = lambda _part, _number: None
        error = SourceChangedError("It broke.")
        stage.world.failing = dict.fromkeys(("issue/severe", "issue/other", "vulnerability/severe"), (0, error))
        came.append(help_from(stage, workers=1))
        stage.world.failing = {}
        assert came[0] is not None
        came.append(help_from(stage, but=came[0].run))

    stage.world.on_page = on_page
    assert stage.sync(workers=1).state is RunState.APPLIED
    assert came[0] is not None
    assert came[0].reason == "It broke."
    assert came[1] is None


def test_the_parts_of_a_helper_that_died_are_read_by_the_others(stage: Stage) -> None:
    """It took a part, staged a page, and was never heard of again."""
    prepare(stage)
    stage.sync()
    evolve(stage)
    pages = iter(range(1, 1_000_000))

    def die(part: object, number: int) -> None:
        if next(pages) == 3:
            raise Abort

    def on_page(part: object, number: int) -> None:
        stage.world.on_page = die
        let_go = helping._Helper.let_go
        helping._Helper.let_go = _not_any_more  # type: ignore[method-assign]
        try:
            with pytest.raises(Abort):
                help_from(stage, workers=1)
        finally:
            helping._Helper.let_go = let_go  # type: ignore[method-assign]
        stage.world.on_page = lambda _part, _number: None
        stage.clock.advance(stage.store.lease / 1e6 + 1)

    stage.world.on_page = on_page
    report = stage.sync(workers=1)
    assert (report.state, report.new, report.closed) == (RunState.APPLIED, 5, 5)
    assert stage.sync().changes == 0


def test_a_helper_that_slept_too_long_cannot_stage(stage: Stage) -> None:
    """Another one has read its part: the fence refuses what it brings, and nothing of it is applied twice."""
    prepare(stage)
    stage.sync()
    evolve(stage)
    refused: list[str] = []

    def steal(part: object, number: int) -> None:
        with stage.store.write() as conn:
            mine = schema.run_part.c.lease_owner == ELSEWHERE
            taken = {"fence": schema.run_part.c.fence + 1, "lease_owner": somebody_alive()}
            conn.execute(update(schema.run_part).where(mine).values(taken))

    def on_page(part: object, number: int) -> None:
        stage.world.on_page = steal
        with pytest.raises(ConflictError) as error:
            help_from(stage, workers=1)
        refused.append(error.value.message)
        stage.world.on_page = lambda _part, _number: None
        stage.clock.advance(stage.store.lease / 1e6 + 1)

    stage.world.on_page = on_page
    report = stage.sync(workers=1)
    assert refused == ["Another worker has taken this part over."]
    assert (report.state, report.new, report.closed) == (RunState.APPLIED, 5, 5)
    assert stage.sync().changes == 0


def test_a_helper_stops_when_the_run_has_ended(stage: Stage) -> None:
    """A newer run took its place meanwhile."""
    prepare(stage)
    stage.sync()

    def end(part: object, number: int) -> None:
        with stage.store.write() as conn:
            fetching = schema.run.c.state == RunState.FETCHING.value
            conn.execute(update(schema.run).where(fetching).values(state=RunState.DISCARDED.value))

    def on_page(part: object, number: int) -> None:
        stage.world.on_page = end
        with pytest.raises(ConflictError):
            help_from(stage, workers=1)
        stage.world.on_page = lambda _part, _number: None
        raise Abort

    stage.world.on_page = on_page
    with pytest.raises(Abort):
        stage.sync(workers=1)
    assert stage.sync().state is RunState.APPLIED
