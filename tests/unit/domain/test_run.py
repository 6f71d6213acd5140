"""Scopes: what a run asks about, and when two are the same."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.finding import TOLD_STATES, Kind, Severity
from callboard.domain.run import Scope

scopes = st.builds(
    Scope,
    kinds=st.lists(st.sampled_from(Kind), max_size=3).map(tuple),
    severities=st.lists(st.sampled_from(Severity), max_size=3).map(tuple),
    states=st.lists(st.sampled_from(TOLD_STATES), max_size=3).map(tuple),
    projects=st.lists(st.text(max_size=4), max_size=3).map(tuple),
    asset_statuses=st.lists(st.sampled_from(["Active", "Inactive"]), max_size=2).map(tuple),
    closed_days=st.integers(0, 400),
)


@given(scopes, scopes)
def test_fingerprints_are_equal_exactly_for_equal_scopes(one: Scope, other: Scope) -> None:
    """Changing any field changes it."""
    assert (one.fingerprint == other.fingerprint) == (one == other)


@given(scopes)
def test_a_fingerprint_tells_the_scope_again(scope: Scope) -> None:
    """A run remembers its scope by it."""
    assert msgspec.json.decode(scope.fingerprint, type=Scope) == scope


def test_the_fingerprint_of_the_usual_scope_never_changes() -> None:
    """It stands in databases: another spelling would mark every finding as out of a scope that did not change."""
    assert Scope().fingerprint == (
        '{"kinds":[1,2,3],"severities":[6,5,4,2,1],"states":[1,2,4,5],"projects":[],"asset_statuses":[],"closed_days":365}'
    )
