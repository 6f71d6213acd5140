"""A small invented company through the store and the engine: what must never happen there does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.invented import Sizes, Truth, World
from benchmarks.invented_estate import invent
from benchmarks.ownership import AIMS, cases_of, sights, suggested, take_in
from callboard.domain.access import Depth
from callboard.domain.ownership.evaluation import Case, Outcome, evaluate, outcome
from callboard.domain.ownership.likeness import DEFAULT
from callboard.store import Store

Read = tuple[Store, World, Truth, list[Case]]
SIZES = Sizes(resources=500, components=80, groups=20)


@pytest.fixture(params=[3, 4])
def company(request: pytest.FixtureRequest, sqlite_store: Store) -> Iterator[Read]:
    """A company that has been read."""
    world, truth = invent(request.param, SIZES)
    take_in(sqlite_store, world)
    yield sqlite_store, world, truth, cases_of(sqlite_store, truth)
    sqlite_store.trusted_locations = ()


def test_a_company_is_the_same_for_the_same_seed() -> None:
    """And another one for another."""
    assert invent(3, SIZES) == invent(3, SIZES)
    assert invent(3, SIZES) != invent(4, SIZES)


def test_what_ownership_answers_there(company: Read) -> None:
    """Rules are right; no tier that is counted on errs more than once in four; every kind of mistake was there to be made."""
    _, _, truth, cases = company
    assert len(cases) == SIZES.resources
    found = evaluate(cases, truth.owners)
    assert found.by_tier[1].right == found.by_tier[1].answered > 0
    assert set(found.by_tier) >= {1, 2, 3, 4}
    for tier in AIMS.keys() & found.by_tier.keys():
        precision = found.by_tier[tier].precision
        assert precision is not None
        assert precision.share > 0.75
    assert {outcome(case) for case in cases} >= {
        Outcome.RIGHT, Outcome.WRONG_OWNER, Outcome.MISSED, Outcome.ABSTAINED,
    }  # fmt: skip


def test_nobody_sees_what_is_sensitive_of_others(company: Read) -> None:
    """Though many see what is sensitive of their own; a conflict and an unmapped resource are read by nobody."""
    store, world, truth, cases = company
    sensitive = sights(store, world, truth, cases, Depth.SENSITIVE)
    assert sum(each.pairs for each in sensitive.values()) > 50
    assert {name: each.wrong for name, each in sensitive.items() if each.wrong} == {}
    work = sights(store, world, truth, cases, Depth.WORK)
    assert sum(each.read for each in work.values()) > 0.5 * sum(each.open for each in work.values())
    for name, each in work.items():
        if name == "unmapped" or name.endswith("conflict"):
            assert each.pairs == 0


def test_suggestions_are_right_more_often_than_not(company: Read) -> None:
    """Far more often: below six in ten they are to be switched off."""
    store, _, truth, _ = company
    found = suggested(store, truth, DEFAULT)
    assert found["suggested"] > 10
    assert found["precision_first"]["low"] > 0.6
