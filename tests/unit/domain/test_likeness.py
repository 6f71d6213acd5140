"""What a likeness is worth is counted, not made up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.ownership.likeness import (
    DEFAULT,
    FIELDS,
    UNKNOWN,
    Chances,
    Committed,
    Comparison,
    Name,
    Nearby,
    Team,
    estimate,
    key,
    threshold,
)

COMPARISONS = st.builds(
    Comparison,
    name=st.sampled_from(Name),
    nearby=st.sampled_from(Nearby),
    committed=st.sampled_from(Committed),
    team=st.sampled_from(Team),
)


def test_a_weight_is_the_log_of_how_much_likelier() -> None:
    """A level that comes out eight times as often among pairs that belong together is worth three bits."""
    assert Chances(0.8, 0.1).bits == pytest.approx(3)
    assert Chances(0.1, 0.8).bits == pytest.approx(-3)


def test_the_estimate_is_what_was_counted() -> None:
    """Four right pairs of which three have the same name, six wrong ones of which none has: by hand."""
    right = [(Comparison(name=Name.SAME_ALONE), True)] * 3 + [(Comparison(name=Name.APART), True)]
    wrong = [(Comparison(name=Name.APART), False)] * 6
    model = estimate(right + wrong)
    levels = len(Name) / 2
    assert model.chances["name:same-alone"].m == pytest.approx(3.5 / (4 + levels))
    assert model.chances["name:same-alone"].u == pytest.approx(0.5 / (6 + levels))
    assert model.weight(Comparison(name=Name.SAME_ALONE)) == pytest.approx(
        math.log2((3.5 / (4 + levels)) / (0.5 / (6 + levels)))
    )
    assert model.upper == pytest.approx(model.weight(Comparison(name=Name.SAME_ALONE)), abs=1e-5)
    assert model.lower == model.upper


def test_what_is_unknown_counts_nothing() -> None:
    """Neither for nor against."""
    bare = Comparison(name=Name.SAME_ALONE)
    assert DEFAULT.weight(bare) == pytest.approx(DEFAULT.chances["name:same-alone"].bits)


@pytest.mark.parametrize("model", [DEFAULT, estimate([])], ids=["default", "nothing known"])
def test_every_level_has_its_chances(model: object) -> None:
    """And the chances of a field's levels add up to one, on both sides."""
    assert isinstance(model, type(DEFAULT))
    for field in FIELDS:
        known = [key(level) for level in field if level not in UNKNOWN]
        assert sum(model.chances[each].m for each in known) == pytest.approx(1, abs=0.005)
        assert sum(model.chances[each].u for each in known) == pytest.approx(1, abs=0.005)


def test_the_default_says_what_a_person_would() -> None:
    """A rarer meeting of names never counts less, and what speaks for a pair counts above zero."""
    bits = {name: DEFAULT.chances[key(name)].bits for name in Name}
    assert bits[Name.SAME_ALONE] > bits[Name.WITHIN_ALONE] > bits[Name.PARTLY_FEW] > bits[Name.PARTLY_MANY]
    assert bits[Name.APART] < 0
    for good, bad in ((Nearby.MOST, Nearby.NONE), (Committed.OWNER, Committed.OTHERS), (Team.NAMED, Team.OTHER)):
        assert DEFAULT.chances[key(good)].bits > 0 > DEFAULT.chances[key(bad)].bits
    assert DEFAULT.lower < DEFAULT.upper


@given(st.lists(st.tuples(COMPARISONS, st.booleans()), max_size=40))
def test_thresholds_keep_what_they_promise(pairs: list[tuple[Comparison, bool]]) -> None:
    """Of what is suggested at least nine in ten belong together, of what is clerical one in five, on what was learnt from."""
    model = estimate(pairs)
    assert all(chances.m > 0 and chances.u > 0 for chances in model.chances.values())
    assert model.lower <= model.upper
    weighed = [(model.weight(comparison), together) for comparison, together in pairs]
    suggested = [together for weight, together in weighed if weight >= model.upper]
    clerical = [together for weight, together in weighed if model.lower <= weight < model.upper]
    for found, promise in ((suggested, 0.9), (clerical, 0.2)):
        assert not found or sum(found) / len(found) >= promise


def test_a_precision_that_nothing_reaches_suggests_nothing() -> None:
    """Rather than the best of a bad lot."""
    assert threshold([(3.0, False), (2.0, True)], 0.9) == math.inf
    assert threshold([(3.0, True), (3.0, True), (2.0, False)], 0.6) == 2.0
    assert threshold([], 0.5) == math.inf
