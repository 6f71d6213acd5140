"""What stands of all that people said about a finding, and what one thing more makes of it. Pure.

What a source tells and what people say are kept apart: no observation ends a decision, and no decision changes what the
source told. Where a finding stands is read from both (`domain.finding.shown`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from callboard.domain.decision import Decision, DecisionKind, Draft, Reason, Until
from callboard.domain.finding import State
from callboard.domain.instant import Instant
from callboard.domain.priority import EPSS_LINE, is_exposed, signs

_ASIDE: Mapping[DecisionKind, State] = MappingProxyType({
    DecisionKind.SNOOZE: State.SNOOZED, DecisionKind.DISMISS: State.DISMISSED, DecisionKind.ACCEPT: State.ACCEPTED,
})  # fmt: skip


def aside_of(kind: DecisionKind) -> State | None:
    """What a standing decision of this kind makes of an open finding. None: it leaves it open."""
    return _ASIDE.get(kind)


HANDS = frozenset({DecisionKind.TAKE, DecisionKind.ASSIGN})
ASIDE = frozenset(_ASIDE)
ASKED = frozenset({DecisionKind.ASK})
PERSONAL = frozenset({DecisionKind.COMMENT, DecisionKind.NOT_USEFUL})
"""Of these any number stand beside each other, and only who said it takes it back."""
PASSING = frozenset({DecisionKind.UNDO, DecisionKind.RETURN})
"""Never stand themselves."""


class Standing(msgspec.Struct, frozen=True):
    """What of all that was said about one finding still holds."""

    decisions: tuple[Decision, ...] = ()
    newest: int = 0
    """The number of the last thing that was said about it, whether it stands or not; 0: nothing."""
    replaced: Mapping[int, tuple[Decision, ...]] = MappingProxyType({})
    """By a standing decision, what stood in its place before: it comes back when that one is taken back."""

    def _of(self, kinds: frozenset[DecisionKind]) -> Decision | None:
        return next((each for each in self.decisions if each.kind in kinds), None)

    @property
    def hands(self) -> Decision | None:
        """Who does the work."""
        return self._of(HANDS)

    @property
    def aside(self) -> Decision | None:
        """Why it is no work now."""
        return self._of(ASIDE)

    @property
    def asked(self) -> Decision | None:
        """Somebody asks that its risk be accepted."""
        return self._of(ASKED)

    @property
    def taken_by(self) -> str | None:
        """Who does the work, by reference."""
        return doer(self.hands)

    def with_id(self, id_: int | None) -> Decision | None:
        """The standing decision of this number."""
        return next((each for each in self.decisions if each.id == id_), None)


def doer(decision: Decision | None) -> str | None:
    """Who does the work by a decision."""
    if decision is None:
        return None
    return decision.actor if decision.kind is DecisionKind.TAKE else decision.about


@enum.unique
class Refusal(enum.StrEnum):
    """Why something cannot be said about one finding. The words are told."""

    NOT_FOUND = "not-found"
    CLOSED = "closed"
    TAKEN = "taken"
    CHANGED = "changed"
    SAME = "same"
    OWN_REQUEST = "own-request"
    NOT_ASKED = "not-asked"
    HAS_FIX = "has-fix"
    ENDED = "ended"
    NOT_YOURS = "not-yours"
    ITSELF = "itself"
    FULL = "full"

    @property
    def words(self) -> str:
        """For people."""
        return _REFUSED[self]


_REFUSED = {
    Refusal.NOT_FOUND: "It is not there, or not yours to decide.",
    Refusal.CLOSED: "Its source has closed it.",
    Refusal.TAKEN: "Somebody else has taken it.",
    Refusal.CHANGED: "Somebody has said something about it meanwhile.",
    Refusal.SAME: "It is so already.",
    Refusal.OWN_REQUEST: "Who asks that a risk be accepted cannot be who agrees.",
    Refusal.NOT_ASKED: "Nobody asks that this risk be accepted, or not any more.",
    Refusal.HAS_FIX: "There is a fix already.",
    Refusal.ENDED: "It does not stand any more.",
    Refusal.NOT_YOURS: "Only who said it takes it back.",
    Refusal.FULL: "So much was said about it that only what was said can be taken back.",
    Refusal.ITSELF: "It cannot be a duplicate of itself.",
}


class Facts(msgspec.Struct, frozen=True):
    """What a decision has to know of a finding."""

    id: int
    told: State
    """By its source."""
    has_fix: bool = False
    said: int = 0
    """How many things were said about it."""


MOST_SAID = 1_000
"""Things said about one finding."""


class Effect(msgspec.Struct, frozen=True):
    """What a decision does to one finding."""

    ends: tuple[int, ...] = ()
    """Decisions that stand no longer."""
    revives: tuple[int, ...] = ()
    """Decisions that stand again."""
    aside: int | None = None
    """The decision that keeps it from the work from now on; 0: the new one. None: it is work."""
    state: State | None = None
    """What that makes of it."""
    old: str | None = None
    new: str | None = None
    """Who did and who does the work, where that changes."""


def judge(draft: Draft, standing: Standing, facts: Facts, *, actor: str, seen: int | None = None) -> Effect | Refusal:
    """What saying this about one finding does, or why it cannot be said.

    `seen`: the newest decision that the speaker knows of. What others have said since is not talked over.
    """
    kind = draft.kind
    if kind in PASSING:
        return _end(draft, standing, actor=actor)
    if facts.said >= MOST_SAID:
        return Refusal.FULL
    if kind is DecisionKind.COMMENT:
        return _keep(standing)
    if not facts.told.is_open:
        return Refusal.CLOSED
    if kind is DecisionKind.NOT_USEFUL:
        own = (each for each in standing.decisions if each.kind is kind and each.actor == actor)
        return Refusal.SAME if any(own) else _keep(standing)
    if kind is DecisionKind.TAKE and standing.taken_by not in (None, actor):
        return Refusal.TAKEN
    if seen is not None and standing.newest > seen:
        return Refusal.CHANGED
    if kind in HANDS:
        return _hand_over(draft, standing, actor=actor)
    if kind is DecisionKind.ASK:
        return msgspec.structs.replace(_keep(standing), ends=() if standing.asked is None else (standing.asked.id,))
    return _set_aside(draft, standing, facts, actor=actor)


def _hand_over(draft: Draft, standing: Standing, *, actor: str) -> Effect | Refusal:
    to = actor if draft.kind is DecisionKind.TAKE else draft.about
    if to == standing.taken_by:
        return Refusal.SAME
    ends = () if standing.hands is None else (standing.hands.id,)
    return msgspec.structs.replace(_keep(standing), ends=ends, old=standing.taken_by, new=to)


def _set_aside(draft: Draft, standing: Standing, facts: Facts, *, actor: str) -> Effect | Refusal:
    former = [each.id for each in (standing.aside,) if each is not None]
    if draft.kind is DecisionKind.ACCEPT:
        asked = standing.asked
        if asked is None or asked.id != draft.of:
            return Refusal.NOT_ASKED
        if asked.actor == actor:
            return Refusal.OWN_REQUEST
        former.append(asked.id)
    if draft.snooze is Until.FIX and facts.has_fix:
        return Refusal.HAS_FIX
    if draft.reason is Reason.DUPLICATE and draft.about == str(facts.id):
        return Refusal.ITSELF
    return Effect(ends=tuple(former), aside=0, state=_ASIDE[draft.kind])


def _keep(standing: Standing) -> Effect:
    """It stays work, or none, as it was."""
    aside = standing.aside
    return Effect() if aside is None else Effect(aside=aside.id, state=_ASIDE[aside.kind])


def _end(draft: Draft, standing: Standing, *, actor: str) -> Effect | Refusal:
    """Take a decision back, or let it end by itself."""
    is_undo = draft.kind is DecisionKind.UNDO
    ended = standing.with_id(draft.of)
    if ended is None:
        return Refusal.ENDED
    if is_undo and ended.kind in PERSONAL and ended.actor != actor:
        return Refusal.NOT_YOURS
    back = standing.replaced.get(ended.id, ()) if is_undo else ()
    left = Standing((*(each for each in standing.decisions if each != ended), *back))
    changed = left.taken_by != standing.taken_by
    return msgspec.structs.replace(
        _keep(left),
        ends=(ended.id,),
        revives=tuple(each.id for each in back),
        old=standing.taken_by if changed else None,
        new=left.taken_by if changed else None,
    )


# What comes back by itself


class Danger(msgspec.Struct, frozen=True):
    """How bad a finding is, as the database keeps it: smaller numbers are worse, but for `reopened`."""

    rank: int
    priority: int
    blast: int
    reopened: int


def worsened(before: Danger, now: Danger) -> str | None:
    """In words, what is worse than it was; None: nothing is.

    The severity, being known to be exploited, a chance of exploitation over the line, being reachable from the internet. One
    more resource is a finding of its own, which nobody has snoozed.
    """
    old, new = signs(before.priority), signs(now.priority)
    if now.rank < before.rank:
        return "its severity is higher"
    if new.known_exploited and not old.known_exploited:
        return "it is known to be exploited"
    if new.epss >= EPSS_LINE > old.epss:
        return "it is likely to be exploited"
    if is_exposed(now.blast) and not is_exposed(before.blast):
        return "it is reachable from the internet"
    return None


def over(decision: Decision, before: Danger, now: Danger, *, has_fix: bool, at: Instant) -> str | None:
    """In words, why a decision that sets a finding aside has ended by itself; None: it holds."""
    if decision.until_at is not None and decision.until_at <= at:
        return "its time is over"
    if decision.kind is not DecisionKind.SNOOZE:
        return None
    if now.reopened > before.reopened:
        return "it came back after it was closed"
    if decision.snooze is Until.FIX and has_fix:
        return "there is a fix"
    return worsened(before, now) if decision.snooze is Until.WORSE else None
