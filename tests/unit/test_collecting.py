"""The pace of Python's collector: often in processes that live long, rarely while a job makes very many values."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from callboard.usecases.collecting import HARDLY, OFTEN, RARELY, collect_often, fewer_collections


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """The pace of these tests ends with them."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_process_that_lives_long_comes_back_to_its_pace_after_jobs() -> None:
    """The first job slows the collector down, the last one puts it back to what the process chose at its start."""
    gc.set_threshold(200_001)
    collect_often()
    usual = gc.get_threshold()
    assert usual[0] == OFTEN
    with fewer_collections():
        with fewer_collections():
            assert gc.get_threshold()[0] == RARELY
        assert gc.get_threshold()[0] == RARELY
    assert gc.get_threshold() == usual


def test_of_jobs_that_run_together_the_slowest_pace_counts() -> None:
    """Whichever of them begins or ends first."""
    usual = gc.get_threshold()
    with ExitStack() as short:
        short.enter_context(fewer_collections())
        with fewer_collections(HARDLY):
            assert gc.get_threshold()[0] == HARDLY
            short.close()
            assert gc.get_threshold()[0] == HARDLY
    assert gc.get_threshold() == usual
    with fewer_collections(HARDLY), fewer_collections():
        assert gc.get_threshold()[0] == HARDLY
    assert gc.get_threshold() == usual
