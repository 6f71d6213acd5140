"""Kinds, severities and states: their words, their order, and the numbers that are stored."""

from __future__ import annotations

import enum
import itertools

import pytest

from callboard.domain.finding import ASIDE_STATES, OPEN_STATES, TOLD_STATES, Kind, Severity, State, shown, worst
from callboard.domain.reconcile import Actor, EventKind


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (Kind, {
            "issue": 1, "vulnerability": 2, "misconfiguration": 3, "dependency": 4, "malicious-package": 5, "posture": 6,
            "code": 7, "secret": 8, "suspicious-package": 9,
        }),
        (Severity, {"critical": 6, "high": 5, "medium": 4, "unknown": 3, "low": 2, "info": 1}),
        (State, {
            "open": 1, "in-progress": 2, "unknown": 3, "fixed": 4, "rejected": 5, "gone": 6, "snoozed": 7, "dismissed": 8,
            "accepted": 9,
        }),
        (EventKind, {
            "opened": 1, "state": 2, "reopened": 3, "severity": 4, "due": 5, "projects": 6, "owner": 7, "scope": 8,
            "first-detected": 9, "said": 10, "returned": 11, "beneath": 12, "layer": 13, "ticket": 14,
        }),
        (Actor, {"source": 1, "absence": 2, "person": 3, "rule": 4, "catalog": 5}),
    ],
)  # fmt: skip
def test_stored_numbers_never_change_their_meaning(kind: type[enum.IntEnum], numbers: dict[str, int]) -> None:
    """They stand in databases: one that changes here must be migrated there."""
    assert {member.word: int(member) for member in kind} == numbers  # type: ignore[attr-defined]


def test_unknown_is_not_low() -> None:
    """A severity that nobody knows is looked at before the low ones."""
    assert Severity.MEDIUM > Severity.UNKNOWN > Severity.LOW


def test_unknown_states_count_as_open() -> None:
    """A status that Callboard does not know may still need somebody."""
    assert OPEN_STATES == (State.OPEN, State.IN_PROGRESS, State.UNKNOWN)
    assert (*OPEN_STATES, State.FIXED, State.REJECTED, State.GONE) == TOLD_STATES


def test_what_people_set_aside_is_neither_open_nor_told_by_a_source() -> None:
    """And a decision counts only while the source calls it open."""
    assert ASIDE_STATES == (State.SNOOZED, State.DISMISSED, State.ACCEPTED)
    assert not any(state.is_open for state in ASIDE_STATES)
    for told, aside in itertools.product(TOLD_STATES, (None, *ASIDE_STATES)):
        assert shown(told, aside) is (aside if aside and told.is_open else told)


def test_the_worst_of_some_is_one_of_them() -> None:
    """And none at all has no worst."""
    assert worst([]) is None
    for one, other in itertools.product(Severity, Severity):
        assert worst([one, other]) == max(one, other)
