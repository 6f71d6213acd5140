"""What can be said about a finding, and what has to be said with it."""

from __future__ import annotations

import pytest

from callboard.domain.decision import (
    FIELDS,
    MOST_ASIDE,
    DecisionKind,
    Draft,
    Justification,
    Reason,
    Until,
    settled,
)
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.standing import Facts, Refusal, Standing, judge
from callboard.errors import InvalidQueryError

NOW = Instant(20_000 * DAY)
SOON = Instant(NOW + 30 * DAY)


def test_numbers_never_change_their_meaning() -> None:
    """They stand in databases."""
    assert {kind.word: int(kind) for kind in DecisionKind} == {
        "take": 1, "assign": 2, "snooze": 3, "dismiss": 4, "ask": 5, "accept": 6, "not-useful": 7, "comment": 8,
        "undo": 9, "return": 10,
    }  # fmt: skip


def test_a_snooze_is_a_month_unless_said_otherwise_and_never_for_ever() -> None:
    """The kinds, and when each ends at the latest."""
    assert settled(Draft(kind=DecisionKind.SNOOZE), now=NOW).snooze is Until.MONTH
    days = {
        until: (settled(Draft(kind=DecisionKind.SNOOZE, snooze=until), now=NOW).until_at or 0) - NOW for until in Until
    }
    assert {until.value: length // DAY for until, length in days.items()} == {
        "1d": 1, "7d": 7, "30d": 30, "fix": MOST_ASIDE, "worse": MOST_ASIDE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(kind=DecisionKind.DISMISS), "reason"),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.NOT_USED), "justification"),
        (
            Draft(
                kind=DecisionKind.DISMISS, reason=Reason.MITIGATED, justification=Justification.CODE_NOT_PRESENT
            ),
            "justification",
        ),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.DUPLICATE), "duplicate_of"),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED, about="7"), "duplicate_of"),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.RETIRING), "until"),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.RETIRING, until_at=Instant(NOW + 731 * DAY)), "until"),
        (Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED, until_at=NOW), "until"),
        (Draft(kind=DecisionKind.ASK, note="Too dear."), "until"),
        (Draft(kind=DecisionKind.ASK, note="Too dear.", until_at=Instant(NOW + 366 * DAY)), "until"),
        (Draft(kind=DecisionKind.ASK, note=" ", until_at=SOON), "note"),
        (Draft(kind=DecisionKind.COMMENT), "note"),
        (Draft(kind=DecisionKind.COMMENT, note="x" * 2_001), "note"),
        (Draft(kind=DecisionKind.COMMENT, note="a\0b"), "note"),
        (Draft(kind=DecisionKind.ASSIGN), "to"),
        (Draft(kind=DecisionKind.ACCEPT), "of"),
        (Draft(kind=DecisionKind.UNDO), "of"),
        (Draft(kind=DecisionKind.TAKE, reason=Reason.MITIGATED), "reason"),
        (Draft(kind=DecisionKind.SNOOZE, until_at=SOON), "until"),
        (Draft(kind=DecisionKind.COMMENT, note="x", about="user:default/ana"), "to"),
    ],
)  # fmt: skip
def test_what_is_missing_or_too_much_is_named(draft: Draft, field: str) -> None:
    """Each refusal says which field."""
    with pytest.raises(InvalidQueryError) as caught:
        settled(draft, now=NOW)
    assert caught.value.field == field


def test_every_field_of_a_draft_has_a_name_for_callers() -> None:
    """But for what each of them has."""
    assert set(FIELDS) == set(Draft.__struct_fields__) - {"kind", "note"}


def test_refusals_have_words() -> None:
    """One for each."""
    assert len({refusal.words for refusal in Refusal}) == len(Refusal)


@pytest.mark.parametrize("told", [State.FIXED, State.REJECTED, State.GONE])
def test_what_its_source_has_closed_is_no_work_to_speak_of(told: State) -> None:
    """But a comment is always heard."""
    facts = Facts(1, told)
    for kind in (DecisionKind.TAKE, DecisionKind.SNOOZE, DecisionKind.NOT_USEFUL):
        assert judge(Draft(kind=kind), Standing(), facts, actor="a") is Refusal.CLOSED
    assert not isinstance(judge(Draft(kind=DecisionKind.COMMENT, note="x"), Standing(), facts, actor="a"), Refusal)


def test_what_can_be_mended_is_not_snoozed_until_it_can_be() -> None:
    """And nothing is its own duplicate."""
    facts = Facts(7, State.OPEN, has_fix=True)
    snooze = Draft(kind=DecisionKind.SNOOZE, snooze=Until.FIX)
    assert judge(snooze, Standing(), facts, actor="a") is Refusal.HAS_FIX
    twin = Draft(kind=DecisionKind.DISMISS, reason=Reason.DUPLICATE, about="7")
    assert judge(twin, Standing(), facts, actor="a") is Refusal.ITSELF
