"""Reconcile: what holds for every finding and every observation."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import UNSET

from callboard.domain.finding import TOLD_STATES, Detail, Kind, Observed, Resource, Rule, Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.reconcile import (
    Actor,
    EventKind,
    Safety,
    Stored,
    Verdict,
    absent,
    first_sight,
    is_flapping,
    is_older,
    later,
    merge_detail,
    newest_first,
    reconcile,
    surprise,
)

instants = st.integers(min_value=1, max_value=12).map(lambda day: Instant(day * DAY))
maybe = st.none() | instants
untold = st.just(UNSET) | maybe
rule = Rule(external_id="rule", name="Rule", kind="Control")
resource = Resource(external_id="resource", name="Resource", type="VIRTUAL_MACHINE")
details = st.builds(
    Detail,
    description=st.sampled_from([UNSET, None, "one", "two"]),
    score=st.sampled_from([UNSET, None, 1.5, 9.9]),
    notes=st.sampled_from([UNSET, ()]),
    has_exploit=st.sampled_from([UNSET, None, True, False]),
)


def observations(
    updated: st.SearchStrategy[object] = instants, ids: tuple[str, ...] = ("a",)
) -> st.SearchStrategy[Observed]:
    """What a source may say."""
    return st.builds(
        Observed,
        external_id=st.sampled_from(ids),
        kind=st.just(Kind.ISSUE),
        state=st.sampled_from(TOLD_STATES),
        severity=st.sampled_from(Severity),
        title=st.sampled_from(["one", "two"]),
        rule=st.just(rule),
        resource=st.just(resource),
        first_detected_at=instants,
        last_detected_at=untold,
        status_changed_at=untold,
        fixed_at=untold,
        due_at=untold,
        updated_at=updated,
        detail=details,
    )


any_observation = observations(untold)


def stored_from(verdict: Verdict) -> Stored:
    """What the database knows after a verdict."""
    names = (name for name in Stored.__struct_fields__ if name not in {"id", "kind", "in_scope"})
    return Stored(id=1, kind=Kind.ISSUE, in_scope=True, **{name: getattr(verdict, name) for name in names})


def fold(seen: list[Observed]) -> Stored:
    """A finding after these observations, one after the other."""
    stored = stored_from(first_sight(seen[0]))
    for each in seen[1:]:
        stored = stored_from(reconcile(stored, each))
    return stored


histories = st.lists(any_observation, min_size=1, max_size=6)


@given(histories)
def test_the_same_observation_twice_changes_nothing(seen: list[Observed]) -> None:
    """Whatever came before, saying it again has no event and no effect."""
    once = fold(seen)
    again = reconcile(once, seen[-1])
    assert again.events == ()
    assert stored_from(again) == once


@pytest.mark.fault("F17")
@given(histories)
def test_first_detection_never_moves_later_and_last_never_earlier(seen: list[Observed]) -> None:
    """Along every history."""
    stored = fold(seen[:1])
    for each in seen[1:]:
        after = stored_from(reconcile(stored, each))
        assert after.first_detected_at <= stored.first_detected_at
        assert (after.last_detected_at or 0) >= (stored.last_detected_at or 0)
        assert (after.updated_at or 0) >= (stored.updated_at or 0)
        assert (after.status_changed_at or 0) >= (stored.status_changed_at or 0)
        stored = after


@given(histories, any_observation)
def test_an_older_version_changes_nothing(seen: list[Observed], old: Observed) -> None:
    """What is older than what is stored is kept out whole."""
    stored = fold(seen)
    assume(is_older(stored, old))
    verdict = reconcile(stored, old)
    assert (verdict.outdated, verdict.events) == (True, ())
    assert stored_from(verdict) == stored


@given(st.lists(observations(ids=("a", "b", "c")), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_records_decides_nothing(seen: list[Observed], shuffler: object) -> None:
    """One observation an id, the newest, whatever order pages came in."""
    other = list(seen)
    shuffler.shuffle(other)  # type: ignore[attr-defined]
    one, two = newest_first(seen), newest_first(other)
    assert {each.external_id: each for each in one} == {each.external_id: each for each in two}
    assert len(one) == len({each.external_id for each in seen})
    for each in one:
        assert each.updated_at == max(other.updated_at for other in seen if other.external_id == each.external_id)


@pytest.mark.fault("F17")
@given(
    st.lists(observations(), min_size=1, max_size=6, unique_by=lambda seen: seen.updated_at),
    st.randoms(use_true_random=False),
)
def test_versions_that_come_in_any_order_end_alike(seen: list[Observed], shuffler: object) -> None:
    """Page by page or sorted first: state, severity and title are those of the newest version."""
    newest = newest_first(seen)[0]
    shuffler.shuffle(seen)  # type: ignore[attr-defined]
    stored = fold(seen)
    assert (stored.state, stored.severity, stored.updated_at) == (newest.state, newest.severity, newest.updated_at)


@given(histories)
def test_events_are_a_chain(seen: list[Observed]) -> None:
    """Each event's old word is the one before it, and the last new word is what is stored; nothing changes without one."""
    first = first_sight(seen[0])
    words = {
        EventKind.STATE: State.OPEN.word if first.events else first.state.word,
        EventKind.SEVERITY: first.severity.word,
    }
    stored = stored_from(first)
    events = list(first.events)
    for each in seen[1:]:
        verdict = reconcile(stored, each)
        events += verdict.events
        stored = stored_from(verdict)
    for event in events:
        assert event.actor is Actor.SOURCE or (event.kind, event.actor) == (EventKind.DUE, Actor.RULE)
        assert event.old != event.new
        kind = EventKind.STATE if event.kind is EventKind.REOPENED else event.kind
        if kind in words:
            assert event.old == words[kind]
            words[kind] = event.new or ""
    assert words == {EventKind.STATE: stored.state.word, EventKind.SEVERITY: stored.severity.word}
    assert stored.reopened == sum(event.kind is EventKind.REOPENED for event in events)
    dues = [event for event in events if event.kind is EventKind.DUE]
    assert all(one.new == other.old for one, other in itertools.pairwise(dues))


@given(histories)
def test_open_findings_have_no_day_of_fixing(seen: list[Observed]) -> None:
    """And a closed one keeps the day the source first said, when it says none later."""
    stored = fold(seen)
    if stored.state.is_open:
        assert stored.fixed_at is None


@given(histories, any_observation, instants)
def test_a_finding_comes_back_after_it_was_closed_and_not_before(
    seen: list[Observed], back: Observed, closed_at: Instant
) -> None:
    """One that was closed by absence may return with old dates; its history stays in order."""
    stored = msgspec.structs.replace(fold(seen), state=State.FIXED, fixed_at=closed_at)
    for event in reconcile(stored, back).events:
        if event.kind is EventKind.REOPENED:
            assert event.at >= closed_at


@given(details, details)
def test_merging_takes_what_is_told_and_keeps_the_rest(stored: Detail, told: Detail) -> None:
    """A field that is told replaces, None included; one that is not told stays."""
    merged = merge_detail(stored, told)
    for name in Detail.__struct_fields__:
        value = getattr(told, name)
        assert getattr(merged, name) == (getattr(stored, name) if value is UNSET else value)
    assert merge_detail(merged, told) == merged
    assert merge_detail(stored, Detail()) == stored


@given(maybe, maybe)
def test_the_later_of_two_dates_knows_what_is_unknown(one: Instant | None, other: Instant | None) -> None:
    """None says nothing."""
    assert (
        later(one, other) == later(other, one) == max((each for each in (one, other) if each is not None), default=None)
    )


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_what_is_surprising_has_a_reason_and_only_grows(open_before: int, closing: int, new: int) -> None:
    """Closing more is never less surprising, and few are never surprising."""
    why = surprise(open_before=open_before, closing=closing, new=new, safety=Safety())
    if why is not None:
        assert closing >= 20
        assert closing > open_before / 5
        assert surprise(open_before=open_before, closing=closing + 1, new=new, safety=Safety()) is not None


@pytest.mark.parametrize(
    ("open_before", "closing", "new", "held"),
    [
        (100, 20, 0, False), (100, 21, 0, True), (95, 19, 0, False), (19, 19, 0, False), (20, 20, 0, True), (0, 20, 0, False),
        (1000, 200, 1000, False), (1000, 201, 0, True), (1000, 201, 201, True),
    ],
)  # fmt: skip
def test_the_limits_of_surprise(open_before: int, closing: int, new: int, held: bool) -> None:  # noqa: FBT001
    """More than a fifth, and twenty at least."""
    assert (surprise(open_before=open_before, closing=closing, new=new, safety=Safety()) is not None) is held


def test_renamed_ids_are_said_to_be_renamed() -> None:
    """As many new as gone has a likely cause, and the reason names it."""
    why = surprise(open_before=100, closing=100, new=100, safety=Safety())
    assert why is not None
    assert "renamed its ids" in why


@given(st.sampled_from([state for state in State if state.is_open]), instants)
def test_absence_is_an_event_of_its_own(state: State, at: Instant) -> None:
    """The actor tells it from the source's word."""
    event = absent(state, run_started_at=at)
    assert (event.actor, event.old, event.new, event.at) == (Actor.ABSENCE, state.word, State.FIXED.word, at)


@pytest.mark.fault("F30")
@given(st.lists(st.integers(0, 200).map(lambda day: Instant(day * DAY)), max_size=8))
def test_flapping_is_three_times_in_thirty_days(times: list[Instant]) -> None:
    """In any thirty days, whatever order they are told in."""
    wanted = any(sum(0 <= other - one <= 30 * DAY for other in times) >= 3 for one in times)
    assert is_flapping(times) == is_flapping(reversed(times)) == wanted
