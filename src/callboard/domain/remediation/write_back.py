"""What people say here, written where the finding came from: which of it, by whom it may be, and what came of it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from types import MappingProxyType

import msgspec

from callboard.domain.access import Role
from callboard.domain.decision import Decision, DecisionKind
from callboard.domain.finding import Kind, State
from callboard.domain.instant import Instant
from callboard.domain.standing import PASSING, Effect, Standing


@enum.unique
class Operation(enum.IntEnum):
    """What can be written. The numbers are stored: never reuse one."""

    STATUS = 1
    NOTE = 2
    DUE = 3
    ASSIGNEE = 4
    TICKET = 5

    @property
    def word(self) -> str:
        """The word in the configuration, in the API and on the pages."""
        return self.name.lower()


@enum.unique
class WriteState(enum.IntEnum):
    """What came of a write. The numbers are stored: never reuse one."""

    WAITING = 1
    DONE = 2
    """It stands there, written now or before."""
    CONFLICT = 3
    """Somebody changed it there meanwhile; theirs stands."""
    REFUSED = 4
    """The source said no."""
    GIVEN_UP = 5
    """The source could not be reached for too long."""

    @property
    def word(self) -> str:
        """The word in the API and on the pages."""
        return self.name.lower().replace("_", "-")


WRITABLE: Mapping[Kind, frozenset[Operation]] = MappingProxyType({
    Kind.ISSUE: frozenset(Operation), Kind.VULNERABILITY: frozenset({Operation.STATUS}),
    Kind.MISCONFIGURATION: frozenset({Operation.STATUS}),
})  # fmt: skip
"""What sources take about findings of each kind."""

ENDED_BADLY = (WriteState.CONFLICT, WriteState.REFUSED, WriteState.GIVEN_UP)


class WritePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What may be written to one source, and by whom. Nothing, if nobody said otherwise."""

    roles: Mapping[Operation, frozenset[Role]] = MappingProxyType({})
    kinds: frozenset[Kind] = frozenset({Kind.ISSUE})
    """Kinds of findings that are written about."""
    assignees: Mapping[str, str] = MappingProxyType({})
    """By reference of a user or a group, the id by which the source knows them."""

    def allows(self, operation: Operation, roles: Collection[Role]) -> bool:
        """Whether somebody with these roles may. No role: the person at the machine, or Callboard itself."""
        allowed = self.roles.get(operation, frozenset())
        return bool(allowed) and (not roles or not allowed.isdisjoint(roles))

    @property
    def is_on(self) -> bool:
        """Whether anything may be written by anybody."""
        return any(self.roles.values())


class Wish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing to be written about one finding."""

    operation: Operation
    status: State | None = None
    reason: str | None = None
    """Why it is set aside: the reason of a dismissal, or `accepted-risk`."""
    note: str = ""
    until_at: Instant | None = None
    """When what is set aside comes back."""
    assignee: str | None = None
    """The id by which the source knows who does the work; None: nobody does any more."""
    due_at: Instant | None = None
    ticket: str | None = None
    ticket_url: str | None = None
    mark: str = ""
    """By which a note is known again."""
    removes: bool = False
    """The note that has the mark is taken away."""
    over: tuple[str, ...] = ()
    """What may stand there to be written over, as words of the operation: anything else is somebody else's."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one write."""

    state: WriteState
    said: str | None = None
    """In the source's own words."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One write of a finding, for people."""

    id: int
    operation: Operation
    words: str
    """What was to be written."""
    state: WriteState
    said: str | None
    decision_id: int | None
    actor: str
    made_at: Instant
    ended_at: Instant | None
    attempts: int


class Last(msgspec.Struct, frozen=True):
    """What we wrote last about a finding, by operation, or are about to write."""

    status: State | None = None
    assignee: str | None = None
    due_at: Instant | None = None


def after(before: Standing, decision: Decision, effect: Effect) -> Standing:
    """What stands once a decision is made."""
    kept = [each for each in before.decisions if each.id not in effect.ends]
    back = [each for old in before.replaced.values() for each in old if each.id in effect.revives]
    new = [] if decision.kind in PASSING else [decision]
    return Standing((*kept, *back, *new))


def planned(
    before: Standing, decision: Decision, effect: Effect, *, kind: Kind, told: State, due_at: Instant | None,
    last: Last, policy: WritePolicy, roles: Collection[Role],
) -> tuple[Wish, ...]:  # fmt: skip
    """What a decision about one finding has to write at its source, in the order in which it is to be written.

    `told` is what the source says; what is closed there stays closed, but for what we closed ourselves.
    """
    then = after(before, decision, effect)
    wishes = [
        *_status(before, then, told=told, last=last),
        *_assignee(before, then, last=last, policy=policy),
        *_due(before, then, due_at=due_at, last=last),
        *_note(before, decision),
    ]
    takes = WRITABLE.get(kind, frozenset()) if kind in policy.kinds else frozenset()
    return tuple(wish for wish in wishes if wish.operation in takes and policy.allows(wish.operation, roles))


def _rejecting(standing: Standing) -> Decision | None:
    """The decision by which the source, too, is to show no work. What is only put off is none of the source's business."""
    aside = standing.aside
    return aside if aside is not None and aside.kind in (DecisionKind.DISMISS, DecisionKind.ACCEPT) else None


def _wanted(standing: Standing) -> State:
    if _rejecting(standing) is not None:
        return State.REJECTED
    return State.OPEN if standing.hands is None else State.IN_PROGRESS


def _status(before: Standing, then: Standing, *, told: State, last: Last) -> list[Wish]:
    wanted, aside = _wanted(then), _rejecting(then)
    if (wanted, aside) == (_wanted(before), _rejecting(before)):
        return []
    over = {each.word for each in (told, last.status) if each is not None}
    if told is not last.status and not told.is_open:
        over.discard(told.word)
    if not over:
        return []
    wish = Wish(operation=Operation.STATUS, status=wanted, over=tuple(sorted(over)))
    if aside is None:
        return [wish]
    reason = "accepted-risk" if aside.reason is None else aside.reason.value
    return [msgspec.structs.replace(wish, reason=reason, note=signed(aside), until_at=aside.until_at)]


def _assignee(before: Standing, then: Standing, *, last: Last, policy: WritePolicy) -> list[Wish]:
    if before.taken_by == then.taken_by:
        return []
    known = policy.assignees.get(then.taken_by or "")
    over = () if last.assignee is None else (last.assignee,)
    if known is None and last.assignee is None:
        return []
    return [Wish(operation=Operation.ASSIGNEE, assignee=known, over=over)]


def _due(before: Standing, then: Standing, *, due_at: Instant | None, last: Last) -> list[Wish]:
    """The day by which it is due is told where somebody begins to work on it."""
    if due_at is None or before.hands is not None or then.hands is None or due_at == last.due_at:
        return []
    over = () if last.due_at is None else (str(last.due_at),)
    return [Wish(operation=Operation.DUE, due_at=due_at, over=over)]


def _note(before: Standing, decision: Decision) -> list[Wish]:
    if decision.kind is DecisionKind.COMMENT:
        return [Wish(operation=Operation.NOTE, note=signed(decision), mark=mark(decision.id))]
    former = before.with_id(decision.of)
    if former is not None and former.kind is DecisionKind.COMMENT:
        return [Wish(operation=Operation.NOTE, mark=mark(former.id), removes=True)]
    return []


def mark(decision_id: int) -> str:
    """By which a note is known again at the source."""
    return f"Callboard decision {decision_id}"


def signed(decision: Decision) -> str:
    """What somebody wrote, with who it was and by which decision."""
    sign = f"{decision.actor}, {mark(decision.id)}"
    return f"{decision.note}\n– {sign}" if decision.note else sign


def words(wish: Wish) -> str:
    """What is to be written, for people."""
    match wish.operation:
        case Operation.STATUS:
            reason = f" ({wish.reason.replace('-', ' ')})" if wish.reason else ""
            return f"status {'' if wish.status is None else wish.status.word}{reason}"
        case Operation.ASSIGNEE:
            return "no assignee" if wish.assignee is None else f"assignee {wish.assignee}"
        case Operation.DUE:
            return "due date"
        case Operation.TICKET:
            name = f"ticket {wish.ticket}".rstrip()
            return f"{name} taken away" if wish.removes else name
        case Operation.NOTE:
            return "a note taken away" if wish.removes else "a note"
