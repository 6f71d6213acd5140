"""Whatever comes from outside is read, or refused with the place: never anything else."""

from __future__ import annotations

import pytest

from tests.fuzz.mutating import Mutator
from tests.fuzz.targets import CORPUS, TARGETS, Target

INPUTS = 40
"""For each reader in `make test`; `make faults` has more."""


def fuzzed(target: Target, *, inputs: int, seed: int) -> None:
    """Feed it; what fails tells its input."""
    mutator, corpus = Mutator(seed), target.corpus
    for _ in range(inputs):
        raw = mutator.next(corpus)
        try:
            target.feed(raw)
        except Exception as error:
            error.add_note(f"{target.name} was fed {raw[:2_000]!r}")
            raise


EACH = [pytest.param(target, id=target.name, marks=pytest.mark.fuzz(target.name)) for target in TARGETS]


@pytest.mark.parametrize("target", EACH)
def test_honest_and_kept_input(target: Target) -> None:
    """What is honest is read, and what once went wrong goes well."""
    assert all(target.feed(raw) for raw in target.seeds)
    for raw in target.corpus:
        target.feed(raw)


@pytest.mark.parametrize("target", EACH)
def test_damaged_input(target: Target) -> None:
    """A value, or a refusal of its own kind."""
    fuzzed(target, inputs=INPUTS, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("target", EACH)
def test_much_damaged_input(target: Target) -> None:
    """The same, fifteen times as much and otherwise."""
    fuzzed(target, inputs=15 * INPUTS, seed=2)


def test_kept_input_belongs_to_a_reader_and_is_small() -> None:
    """No folder is forgotten."""
    names = {target.name for target in TARGETS}
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} <= names
    assert all(path.stat().st_size <= 200_000 for path in CORPUS.rglob("*") if path.is_file())
