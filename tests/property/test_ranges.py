"""Intervals say what the walk over events says, and lists of versions may be shortened by them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.packages.advisory import affected
from callboard.domain.packages.ranges import Event, intervals
from callboard.domain.packages.versions.semver import semver_key

VERSIONS = st.builds(
    lambda numbers, pre: ".".join(map(str, numbers)) + pre,
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
    st.sampled_from(["", "", "-alpha", "-beta.1", "-0"]),
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("introduced"), st.one_of(st.just("0"), VERSIONS)),
        st.tuples(st.sampled_from(["fixed", "last_affected"]), VERSIONS),
        st.tuples(st.just("limit"), st.one_of(st.just("*"), VERSIONS)),
    ),
    max_size=6,
)
RANK = {"introduced": 0, "fixed": 1, "last_affected": 2}


def key(version: str) -> bytes:
    """Of a version that is one."""
    found = semver_key(version)
    assert found is not None
    return found


def walk(version: str, events: list[Event]) -> bool:
    """The algorithm as the schema tells it, event by event."""
    at = key(version)
    limits = [text for kind, text in events if kind == "limit"]
    if limits and not any(text == "*" or at < key(text) for text in limits):
        return False
    marks = [(b"" if text == "0" else key(text), RANK[kind], kind) for kind, text in events if kind != "limit"]
    state = False
    for mark, _, kind in sorted(marks):
        if kind == "introduced" and mark <= at:
            state = True
        elif (kind == "fixed" and mark <= at) or (kind == "last_affected" and mark < at):
            state = False
    return state


@given(events=EVENTS, version=VERSIONS)
def test_intervals_are_the_walk(events: list[Event], version: str) -> None:
    """For every version, whatever the order in which the events are written."""
    assert any(key(version) in each for each in intervals(events, semver_key)) == walk(version, events)


@given(events=EVENTS, version=VERSIONS)
def test_the_order_of_events_does_not_matter(events: list[Event], version: str) -> None:
    """They are sorted by version, not by place."""
    there, back = intervals(events, semver_key), intervals(list(reversed(events)), semver_key)
    assert any(key(version) in each for each in there) == any(key(version) in each for each in back)


@given(events=EVENTS, listed=st.lists(VERSIONS, max_size=5), version=VERSIONS)
def test_a_shortened_list_says_the_same(events: list[Event], listed: list[str], version: str) -> None:
    """Versions that a bounded range holds are left out of the list, which changes no answer."""
    found = affected("npm", "x", ranges=[events], versions=listed)
    whole = walk(version, events) or key(version) in map(key, listed)
    assert (key(version) in found.versions or any(key(version) in each for each in found.intervals)) == whole
