"""What a decision asks to be written at its source, and what it does not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.domain.access import Role
from callboard.domain.decision import Decision, DecisionKind, Reason, Until
from callboard.domain.finding import Kind, State
from callboard.domain.instant import Instant
from callboard.domain.remediation.write_back import Last, Operation, Wish, WritePolicy, planned
from callboard.domain.standing import Effect, Standing

NOW = Instant(1_000_000)
EVERYBODY = frozenset({Role.OWNER, Role.SECURITY})
ALL = WritePolicy(roles=dict.fromkeys(Operation, EVERYBODY), assignees={"user:default/ana": "identity-ana"})
TAKE = Decision(id=1, kind=DecisionKind.TAKE, actor="user:default/ana", at=NOW)
DISMISS = Decision(
    id=2, kind=DecisionKind.DISMISS, actor="user:default/ana", at=NOW, reason=Reason.MITIGATED, note="behind the wall"
)  # fmt: skip
SNOOZE = Decision(id=3, kind=DecisionKind.SNOOZE, actor="user:default/ana", at=NOW, snooze=Until.WEEK)
COMMENT = Decision(id=4, kind=DecisionKind.COMMENT, actor="user:default/ana", at=NOW, note="looked at it")


def undo(of: Decision) -> Decision:
    """It is taken back."""
    return Decision(id=9, kind=DecisionKind.UNDO, actor="user:default/ana", at=NOW, of=of.id)


def plan(before: Standing, decision: Decision, *, ends: tuple[int, ...] = (), **given: Any) -> list[Wish]:
    """What is to be written."""
    known: dict[str, Any] = {
        "kind": Kind.ISSUE,
        "told": State.OPEN,
        "due_at": None,
        "last": Last(),
        "policy": ALL,
        "roles": (Role.OWNER,),
    }
    return list(planned(before, decision, Effect(ends=ends), **(known | given)))


def test_taking_is_in_progress_with_who_and_by_when() -> None:
    """In this order; over what the source told."""
    status, assignee, due = plan(Standing(), TAKE, due_at=Instant(77))
    assert (status.operation, status.status, status.over) == (Operation.STATUS, State.IN_PROGRESS, ("open",))
    assert (assignee.operation, assignee.assignee, assignee.over) == (Operation.ASSIGNEE, "identity-ana", ())
    assert (due.operation, due.due_at) == (Operation.DUE, 77)


def test_dismissing_is_rejecting_for_a_reason() -> None:
    """The note is signed with the decision; taking it back opens again what we closed, and only that."""
    (wish,) = plan(Standing(), DISMISS)
    assert (wish.status, wish.reason) == (State.REJECTED, "mitigated")
    assert wish.note == "behind the wall\n– user:default/ana, Callboard decision 2"
    last = Last(status=State.REJECTED)
    (back,) = plan(Standing((DISMISS,)), undo(DISMISS), ends=(2,), told=State.REJECTED, last=last)
    assert (back.status, back.over) == (State.OPEN, ("rejected",))
    assert plan(Standing((DISMISS,)), undo(DISMISS), ends=(2,), told=State.REJECTED) == []
    assert plan(Standing((DISMISS,)), undo(DISMISS), ends=(2,), told=State.FIXED) == []


def test_what_is_put_off_is_none_of_the_sources_business() -> None:
    """Neither is a word about a rule."""
    assert plan(Standing(), SNOOZE) == []
    assert plan(Standing(), Decision(id=5, kind=DecisionKind.NOT_USEFUL, actor="x", at=NOW)) == []
    assert [
        each.operation for each in plan(Standing((DISMISS,)), SNOOZE, ends=(2,), last=Last(status=State.REJECTED))
    ] == [Operation.STATUS]


def test_a_comment_is_a_note_and_can_be_taken_away() -> None:
    """Known by its mark."""
    (note,) = plan(Standing(), COMMENT, told=State.FIXED)
    assert note.note.endswith(note.mark)
    (away,) = plan(Standing((COMMENT,)), undo(COMMENT), ends=(4,))
    assert (away.removes, away.mark) == (True, note.mark)


@pytest.mark.parametrize(
    ("policy", "roles", "count"),
    [
        (WritePolicy(), (Role.OWNER,), 0),
        (WritePolicy(), (), 0),
        (ALL, (), 2),
        (ALL, (Role.VIEWER,), 0),
        (ALL, (Role.VIEWER, Role.SECURITY), 2),
        (WritePolicy(roles={Operation.STATUS: frozenset({Role.SECURITY})}), (Role.OWNER,), 0),
        (WritePolicy(roles={Operation.STATUS: frozenset({Role.OWNER})}), (Role.OWNER,), 1),
    ],
)
def test_nothing_is_written_that_is_not_allowed(policy: WritePolicy, roles: tuple[Role, ...], count: int) -> None:
    """By operation and by role; off unless somebody said otherwise."""
    assert len(plan(Standing(), TAKE, policy=policy, roles=roles)) == count


def test_an_assignee_that_the_source_does_not_know_is_not_written() -> None:
    """But who was written there is taken away."""
    bo = Decision(id=6, kind=DecisionKind.TAKE, actor="user:default/bo", at=NOW)
    assert [each.operation for each in plan(Standing(), bo)] == [Operation.STATUS]
    handed = Decision(id=7, kind=DecisionKind.ASSIGN, actor="user:default/ana", at=NOW, about="user:default/bo")
    (wish,) = plan(Standing((TAKE,)), handed, ends=(1,), last=Last(assignee="identity-ana"))
    assert (wish.operation, wish.assignee, wish.over) == (Operation.ASSIGNEE, None, ("identity-ana",))


@pytest.mark.parametrize("kind", [Kind.VULNERABILITY, Kind.MISCONFIGURATION])
def test_of_findings_that_are_no_issues_the_status_alone_is_written(kind: Kind) -> None:
    """And only where they are written about at all."""
    assert plan(Standing(), TAKE, kind=kind, due_at=Instant(77)) == []
    every = msgspec.structs.replace(ALL, kinds=frozenset(Kind))
    assert [each.operation for each in plan(Standing(), TAKE, kind=kind, policy=every, due_at=Instant(77))] == [
        Operation.STATUS
    ]
    assert plan(Standing(), TAKE, kind=Kind.SECRET, policy=every) == []
