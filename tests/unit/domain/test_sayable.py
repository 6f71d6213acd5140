"""What a viewer is offered to say about findings: what `judge` would let pass, and nothing that it would refuse."""

from __future__ import annotations

import pytest

from callboard.domain.access import Right
from callboard.domain.decision import Decision, DecisionKind
from callboard.domain.instant import Instant
from callboard.domain.remediation.sayable import ABOUT_OPEN, Sayable, about_many, about_one
from callboard.domain.standing import Standing

DECIDES = frozenset({Right.DECIDE})
AGREES = frozenset({Right.DECIDE, Right.ACCEPT})
COMMENT = DecisionKind.COMMENT


def said(id_: int, kind: DecisionKind, actor: str) -> Decision:
    """Something that stands."""
    return Decision(id=id_, kind=kind, actor=actor, at=Instant(0))


def test_who_may_not_decide_is_offered_nothing() -> None:
    """About one as about many."""
    standing = Standing((said(1, DecisionKind.TAKE, "bo"),), 1)
    assert about_one(standing, actor="bo", rights=frozenset({Right.AUDIT}), is_open=True) == Sayable()
    assert about_many(frozenset()) == Sayable()


def test_everything_is_offered_about_what_is_open_and_untouched() -> None:
    """But to agree to a risk that nobody asked about."""
    assert about_one(Standing(), actor="bo", rights=AGREES, is_open=True) == Sayable((*ABOUT_OPEN, COMMENT))
    assert about_many(DECIDES).acts == (*ABOUT_OPEN, COMMENT)


def test_what_its_source_has_closed_is_commented_on_and_taken_back() -> None:
    """Nothing else."""
    standing = Standing((said(1, DecisionKind.SNOOZE, "bo"), said(2, DecisionKind.ASK, "bo")), 2)
    assert about_one(standing, actor="sam", rights=AGREES, is_open=False) == Sayable((COMMENT,), (1, 2))


@pytest.mark.parametrize("holder", ["bo", "sam"])
def test_what_is_in_hands_is_not_taken_again(holder: str) -> None:
    """One's own or another's: it is assigned anew, or given back."""
    may = about_one(Standing((said(1, DecisionKind.TAKE, holder),), 1), actor="bo", rights=DECIDES, is_open=True)
    assert DecisionKind.TAKE not in may.acts
    assert DecisionKind.ASSIGN in may.acts
    assert may.undo == (1,)


def test_only_ones_own_words_are_taken_back_and_said_once() -> None:
    """A comment and "not useful" are their speakers'."""
    standing = Standing(
        (said(1, DecisionKind.NOT_USEFUL, "bo"), said(2, COMMENT, "sam"), said(3, DecisionKind.DISMISS, "sam")), 3
    )
    may = about_one(standing, actor="bo", rights=DECIDES, is_open=True)
    assert may.undo == (1, 3)
    assert DecisionKind.NOT_USEFUL not in may.acts
    assert DecisionKind.NOT_USEFUL in about_one(standing, actor="sam", rights=DECIDES, is_open=True).acts


def test_who_asked_is_not_who_agrees() -> None:
    """And the right to decide is not the right to accept."""
    standing = Standing((said(1, DecisionKind.ASK, "sam"),), 1)
    for actor, rights, is_offered in (("sam", AGREES, False), ("kim", DECIDES, False), ("kim", AGREES, True)):
        may = about_one(standing, actor=actor, rights=rights, is_open=True)
        assert (DecisionKind.ACCEPT in may.acts) is is_offered
