"""One worker a source: leases, fences, and going on after a worker died."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

import pytest
from sqlalchemy import select

from callboard.domain.instant import DAY
from callboard.domain.run import Mode, RunState
from callboard.errors import ConflictError
from callboard.ports import RawPage
from callboard.store import schema
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.usecases.leases import is_dead, worker_name
from callboard.usecases.sync import sync
from tests.support.dumps import differences, dump
from tests.support.stages import Stage


class Abort(Exception):  # noqa: N818 - stands for whatever ends a worker
    """The worker ends here."""


def abort_at(stage: Stage, count: int) -> None:
    """Let the world end the worker before its `count`-th page."""
    pages = iter(range(1, 1_000_000))

    def on_page(part: object, number: int) -> None:
        if next(pages) == count:
            raise Abort

    stage.world.on_page = on_page


def somebody_alive() -> str:
    """A worker on another machine, of which nobody here can tell whether it lives."""
    return f"elsewhere/{os.getpid()}/{'0' * 16}"


@pytest.mark.fault("F18")
def test_a_second_sync_is_refused_while_the_first_one_runs(stage: Stage) -> None:
    """Even in the same process: the first one goes on undisturbed."""
    stage.world.fill(10)
    refused: list[str] = []

    def second(part: object, number: int) -> None:
        if not refused:
            coroutine = sync(stage.store, stage.world, clock=stage.clock)
            with pytest.raises(ConflictError) as error:
                _run(coroutine)
            refused.append(error.value.message)

    stage.world.on_page = second
    assert stage.sync().state is RunState.APPLIED
    assert refused == [f"Another sync of 'world' is running ({worker_name()})."]
    assert stage.run_states() == ["applied"]


def _run(coroutine: object) -> None:
    """Run it in a loop of its own, as another thread of the server would."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()  # type: ignore[arg-type]


def test_files_and_hooks_wait_for_a_running_sync(stage: Stage) -> None:
    """Both are refused while a sync holds the lease, and neither disturbs it."""
    stage.world.add("a")
    stage.sync()
    stage.hold_lease(somebody_alive(), seconds=600)
    for step in (stage.sync, stage.import_records, lambda: stage.hook("a")):
        with pytest.raises(ConflictError):
            step()
        stage.hold_lease(somebody_alive(), seconds=600)
    stage.hold_lease(None)
    assert stage.sync().state is RunState.APPLIED


@pytest.mark.fault("F19")
def test_a_lease_ends_by_itself(stage: Stage) -> None:
    """A worker that said nothing for two minutes has lost it."""
    stage.world.add("a")
    stage.sync()
    stage.hold_lease(somebody_alive(), seconds=30)
    assert stage.sync().state is RunState.APPLIED


@pytest.mark.fault("F18")
def test_the_lease_of_a_dead_worker_is_taken_over_at_once(stage: Stage) -> None:
    """A process of this machine that is not running any more holds nothing."""
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    stage.world.add("a")
    stage.sync()
    stage.hold_lease(f"{socket.gethostname()}/{int(child.stdout)}/{'0' * 16}", seconds=3600)
    assert stage.sync().state is RunState.APPLIED


def test_whether_a_worker_is_dead_is_never_guessed() -> None:
    """Only a process of this machine can be known to be dead; one with our number may be an earlier one."""
    host, number = socket.gethostname(), os.getpid()
    assert not is_dead(None)
    assert not is_dead(worker_name())
    assert not is_dead(f"{host}-2/{number}/0")
    assert not is_dead(f"{host}/nobody/0")
    assert not is_dead(f"{host}/{os.getppid()}/0")
    assert is_dead(f"{host}/{number}/{'0' * 16}")


@pytest.mark.fault("F18", "F19")
def test_a_worker_that_lost_its_lease_cannot_commit(stage: Stage) -> None:
    """Another one took over while this one slept: its next page is refused and nothing of it is seen."""
    stage.world.fill(30, severity="high", kind="issue")
    stage.sync()
    before = dump(stage.store)
    stage.world.change("f0001", severity="critical")

    def steal(part: object, number: int) -> None:
        if number == 2:
            with stage.store.write() as conn:
                row = source_store.ensure_source(conn, "world", "made-up")
                source_store.take_lease(conn, row, somebody_alive(), now=stage.clock.now(), abandoned=True)

    stage.world.on_page = steal
    with pytest.raises(ConflictError):
        stage.sync()
    after = dump(stage.store)
    assert (after["finding"], after["history"]) == (before["finding"], before["history"])
    with stage.store.read() as conn:
        assert source_store.lease_owner(conn, 1) == somebody_alive()
    stage.world.heal()
    stage.clock.advance(3600)
    assert stage.sync().changed == 1


@pytest.mark.fault("F18")
def test_a_late_word_that_a_worker_lives_takes_no_lease(stage: Stage) -> None:
    """It may have waited for the database until the run had ended and let the source go."""
    stage.world.add("a")
    stage.sync()
    with stage.store.read() as conn:
        fence = conn.execute(select(schema.source.c.fence)).scalar_one()
    with pytest.raises(ConflictError), stage.store.write() as conn:
        source_store.keep_lease(conn, 1, fence, now=stage.clock.now())
    assert stage.sync().state is RunState.APPLIED


@pytest.mark.fault("F1")
@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_a_first_sync_goes_on_where_it_was_aborted(stage: Stage, count: int) -> None:
    """The pages that were committed are not read again, and the end is that of an undisturbed run."""
    stage.world.fill(60)
    abort_at(stage, count)
    with pytest.raises(Abort):
        stage.sync()
    stage.world.heal()
    report = stage.sync()
    assert (report.state, report.resumed) == (RunState.APPLIED, True)
    assert stage.rows().keys() == stage.world.records.keys()
    with stage.store.read() as conn:
        assert len(run_store.parts_of(conn, report.run)) == 6
    assert stage.sync().changes == 0


def evolve(stage: Stage) -> None:
    """A day passes."""
    stage.clock.advance(24 * 3600)
    stage.world.remove("f0001", "f0002", "f0003")
    for id_ in ("f0010", "f0011"):
        stage.world.resolve(id_)
    for id_ in ("f0020", "f0040"):
        stage.world.change(id_, severity="critical", note="worse")
    stage.world.fill(5, start=60)
    stage.world.redetect("f0030", "f0031")


@pytest.mark.fault("F1")
@pytest.mark.parametrize("count", [1, 3, 6, 11, 14])
def test_a_sync_that_was_aborted_ends_like_an_undisturbed_one(stage: Stage, count: int) -> None:
    """Readers see nothing of it until it is whole; resumed, it gives what one run without a break gives."""
    stage.world.fill(60)
    stage.sync()
    before = dump(stage.store)
    evolve(stage)
    abort_at(stage, count)
    with pytest.raises(Abort):
        stage.sync()
    broken = dump(stage.store)
    assert differences({**before, "spool": []}, {**broken, "spool": []}) == ""
    stage.world.on_page = lambda _part, _number: None
    report = stage.sync()
    assert (report.state, report.resumed) == (RunState.APPLIED, True)
    assert (report.new, report.closed, report.changed) == (5, 5, 2)
    assert stage.sync().changes == 0
    rows = stage.rows()
    assert {id_ for id_, row in rows.items() if not row.state.is_open} == {"f0001", "f0002", "f0003", "f0010", "f0011"}
    assert dump(stage.store)["spool"] == []


def test_a_sync_that_was_aborted_while_asking_by_id_asks_again(stage: Stage) -> None:
    """What was asked by id is no part of the source to be read: the next run does not mistake it for one."""
    stage.world.fill(30)
    stage.world.fill(3, start=30, kind="issue")
    stage.sync()
    stage.world.remove("f0001", "f0003")
    stage.world.hidden = {"f0030", "f0031", "f0032"}
    by_ids = stage.world.by_ids

    async def dying(*args: object) -> object:
        async for page in by_ids(*args):  # type: ignore[arg-type]
            assert isinstance(page, RawPage)
            yield page
            raise Abort

    stage.world.by_ids = dying  # type: ignore[method-assign,assignment]
    with pytest.raises(Abort):
        stage.sync()
    assert set(stage.states().values()) == {"open"}
    stage.world.by_ids = by_ids  # type: ignore[method-assign]
    report = stage.sync()
    assert (report.state, report.resumed, report.closed) == (RunState.APPLIED, True, 2)
    assert {id_ for id_, state in stage.states().items() if state == "fixed"} == {"f0001", "f0003"}
    assert all(row.in_scope for row in stage.rows().values())


def test_a_run_that_was_aborted_long_ago_is_not_continued(stage: Stage) -> None:
    """After a day its pages say nothing any more: it is discarded and a new one begins."""
    stage.world.fill(30)
    stage.sync()
    abort_at(stage, 3)
    with pytest.raises(Abort):
        stage.sync()
    stage.clock.advance(2 * DAY / 1e6)
    stage.world.heal()
    assert not stage.sync().resumed
    assert stage.run_states() == ["applied", "discarded", "applied"]


def test_a_hook_between_abort_and_resumption_is_not_undone(stage: Stage) -> None:
    """What the source said later stands, though staged pages tell of an earlier time."""
    stage.world.fill(30, kind="issue", severity="high")
    stage.sync()
    stage.clock.advance(3600)
    stage.world.change("f0001", severity="critical")
    abort_at(stage, 4)
    with pytest.raises(Abort):
        stage.sync()
    stage.clock.advance(3600)
    stage.world.resolve("f0001")
    stage.world.redetect("f0001")
    newest = stage.clock.now()
    stage.hook("f0001")
    stage.world.heal()
    assert stage.sync().resumed
    row = stage.row("f0001")
    assert (row.state.word, row.last_detected_at) == ("fixed", newest)


def test_a_delta_run_after_an_aborted_full_one_starts_anew(stage: Stage) -> None:
    """A run of another mode is not continued."""
    stage.world.fill(30)
    stage.sync()
    abort_at(stage, 3)
    with pytest.raises(Abort):
        stage.sync()
    stage.world.heal()
    report = stage.sync(Mode.DELTA)
    assert (report.resumed, report.mode) == (False, Mode.DELTA)
