"""Boards live many lives, each drawn from a seed, and are at every step what a small model says they must be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callboard.store import Store, open_store
from tests.simulation.life import live
from tests.support.stores import clear

ROOT = Path(__file__).parents[2]

FOUND = {
    31: "a clock that was an hour ahead made readings of changes miss what the source dated in between",
    51: "a reader lost the word that it was over, and a sync whose worker had failed never ended",
    76: "what an abandoned first run had read and the source has lost since stays open until the whole run after the first",
    2581: "the same, seen by another life",
    4779: "what a run was told when it asked for the missing before it died counted in the model for the run that went on",
}
"""Seeds that once went wrong, and by what. They are lived for ever."""


def lives(store: Store, seeds: range) -> None:
    """Live them; the first that goes wrong says which it was and how to live it again."""
    for seed in seeds:
        live(clear(store), seed)


@pytest.fixture
def memory() -> Store:
    """An empty board in memory, seen from one thread only."""
    return open_store("sqlite://")


@pytest.mark.seeds("board", 5)
def test_a_few_lives(memory: Store) -> None:
    """Whatever happens in the world, at the source, to the process and to its clock, and whatever people say."""
    lives(memory, range(1, 6))
    memory.close()


@pytest.mark.parametrize("seed", FOUND)
def test_what_went_wrong_once_goes_well(memory: Store, seed: int) -> None:
    """Each seed that ever failed."""
    live(memory, seed)
    memory.close()


@pytest.mark.seeds("board on PostgreSQL", 1)
def test_a_few_lives_on_postgresql(postgres_store: Store) -> None:
    """The same model."""
    lives(postgres_store, range(1, 2))


def test_a_life_is_the_same_on_both_databases_and_whatever_order_sets_have(
    memory: Store, postgres_store: Store
) -> None:
    """A seed is all there is to it: the same history down to the last event."""
    seed = 5
    wanted = live(memory, seed).digest
    memory.close()
    assert live(postgres_store, seed).digest == wanted
    for hashing in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", str(seed)],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashing, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        )
        assert done.stdout.strip() == wanted


@pytest.mark.slow
@pytest.mark.seeds("board", 200)
@pytest.mark.timeout(900)
def test_many_lives(memory: Store) -> None:
    """Two hundred of them; `make simulate` lives as many as it is told."""
    lives(memory, range(1, 201))
    memory.close()


@pytest.mark.slow
@pytest.mark.seeds("board on PostgreSQL", 5)
def test_many_lives_on_postgresql(postgres_store: Store) -> None:
    """A share of them on the other database."""
    lives(postgres_store, range(1, 6))
