"""Jobs: each is done by one process at a time, and by the next one when that one dies or sleeps."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from callboard.domain.instant import MINUTE, Instant
from callboard.store import Store
from callboard.store import jobs as job_store
from callboard.usecases.jobs import MOST_HOOKED, Jobs, forget_hooked, hooked, hurry, note_hooked, standing
from callboard.usecases.leases import worker_name
from tests.support.clocks import SettableClock

ELSEWHERE = f"elsewhere/{os.getpid()}/0"


def take_elsewhere(store: Store, clock: SettableClock, name: str) -> job_store.Job | None:
    """Another machine takes a job."""
    with store.jot() as conn:
        return job_store.take(conn, name, ELSEWHERE, now=clock.now(), is_dead=lambda _worker: False)


def test_a_job_is_done_by_one_process_at_a_time(store: Store) -> None:
    """Who comes second finds nothing; after the first one has ended it is due when that one said."""
    clock = SettableClock()
    here = Jobs(store, clock, "worker")
    here.begin(["catalog main", "packages"])
    job = here.take("catalog main")
    assert job is not None
    assert here.take("catalog main") is None
    assert take_elsewhere(store, clock, "catalog main") is None
    assert take_elsewhere(store, clock, "packages") is not None
    here.end(job, due_at=Instant(clock.now() + MINUTE))
    assert take_elsewhere(store, clock, "catalog main") is None
    clock.advance(61)
    assert take_elsewhere(store, clock, "catalog main") is not None


def test_the_job_of_a_process_that_was_not_heard_of_is_taken_over(store: Store) -> None:
    """And what the first one says when it wakes up counts for nothing."""
    clock = SettableClock()
    here = Jobs(store, clock, "worker")
    here.begin(["packages"])
    slept = take_elsewhere(store, clock, "packages")
    assert slept is not None
    assert here.take("packages") is None
    clock.advance(store.lease / 1e6 + 1)
    assert [each.name for each in standing(store, now=clock.now()).stuck] == ["packages"]
    mine = here.take("packages")
    assert mine is not None
    with store.jot() as conn:
        assert not job_store.end(
            conn, slept, due_at=Instant(clock.now() + MINUTE), failures=0, reason=None, now=clock.now()
        )
    assert [each.lease_owner for each in standing(store, now=clock.now()).under_way] == [worker_name()]


def test_a_process_that_lives_keeps_its_jobs(store: Store) -> None:
    """As long as it says so, and then it gives them back."""
    clock = SettableClock()
    here = Jobs(store, clock, "worker")
    here.begin(["packages"])
    assert here.take("packages") is not None
    for _ in range(5):
        clock.advance(store.lease / 2e6)
        here.beat(["packages"])
    assert take_elsewhere(store, clock, "packages") is None
    (worker,) = standing(store, now=clock.now()).workers
    assert (worker.name, worker.role, worker.doing) == (worker_name(), "worker", "packages")
    here.let_go()
    found = standing(store, now=clock.now())
    assert (found.workers, [each.name for each in found.due]) == ((), ["packages"])


def test_a_process_may_say_twice_at_once_that_it_lives(store: Store) -> None:
    """As when it begins while its loop beats: it is one worker, and nothing fails."""
    here = Jobs(store, SettableClock(), "worker")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(here.beat, [["packages"]] * 8)) == [None] * 8
    assert [each.name for each in standing(store, now=SettableClock().now()).workers] == [worker_name()]


def test_a_process_that_was_not_heard_of_is_told_and_then_forgotten(store: Store) -> None:
    """After a lease it is lost, and after a day nobody speaks of it."""
    clock = SettableClock()
    with store.jot() as conn:
        job_store.beat(
            conn,
            job_store.Worker(
                name=ELSEWHERE, role="worker", version="1", started_at=clock.now(), seen_at=clock.now(), doing=""
            ),
        )
    assert [each.name for each in standing(store, now=clock.now()).workers] == [ELSEWHERE]
    clock.advance(store.lease / 1e6 + 1)
    assert [each.name for each in standing(store, now=clock.now()).lost] == [ELSEWHERE]
    clock.advance(86_400)
    Jobs(store, clock, "worker").begin([])
    assert standing(store, now=clock.now()).lost == ()


def test_what_failed_is_due_again_when_somebody_starts(store: Store) -> None:
    """Who starts a process has perhaps mended it; what went well keeps its time."""
    clock = SettableClock()
    here = Jobs(store, clock, "worker")
    here.begin(["bad", "good"])
    for name, failures in (("bad", 3), ("good", 0)):
        job = here.take(name)
        assert job is not None
        here.end(job, due_at=Instant(clock.now() + MINUTE), failures=failures, reason="no" if failures else None)
    assert [(each.name, each.failures) for each in standing(store, now=clock.now()).failing] == [("bad", 3)]
    Jobs(store, clock, "worker").begin(["bad", "good"])
    assert [each.name for each in standing(store, now=clock.now()).due] == ["bad"]
    hurry(store, "good", clock=clock)
    assert [each.name for each in standing(store, now=clock.now()).due] == ["bad", "good"]


def test_what_webhooks_name_waits_for_whoever_reads_it(store: Store) -> None:
    """In the order of naming; what is named again while it is read is read once more."""
    clock = SettableClock()
    Jobs(store, clock, "worker").begin(["source main"])
    assert note_hooked(store, "main", ["b", "a"], clock=clock)
    clock.advance(1)
    assert note_hooked(store, "main", ["c"], clock=clock)
    assert note_hooked(store, "other", ["a"], clock=clock)
    assert hooked(store, "main") == ("a", "b", "c")
    until = clock.now()
    clock.advance(1)
    assert note_hooked(store, "main", ["b"], clock=clock)
    forget_hooked(store, "main", ["a", "b", "c"], until=until)
    assert hooked(store, "main") == ("b",)
    assert standing(store, now=clock.now()).hooked == 2
    assert not note_hooked(store, "main", [f"id{n}" for n in range(MOST_HOOKED)], clock=clock)
