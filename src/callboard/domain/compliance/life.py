"""What was known of one finding at the end of a period, told from what is stored of it now. Pure.

A finding's row says how it stands today. Its events say what it was before each change. An event counts where it had been
recorded by the horizon of its source and dates from within the period or before; all others are taken back. So what
is learned later changes nothing of a period that is settled.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from callboard.domain.decision import DecisionKind, Reason
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, Instant, from_text
from callboard.domain.ownership.inherited import LAYER_WORDS
from callboard.domain.reconcile import EventKind


@enum.unique
class Outcome(enum.StrEnum):
    """How a time of being open ended."""

    FIXED = "fixed"
    ASIDE = "aside"
    """People set it aside, here or at the source. No fix."""
    GONE = "gone"
    """It went with its resource. No fix by anybody."""


class Spell(msgspec.Struct, frozen=True, gc=False):
    """A time in which a finding was open; put off for a while counts as open."""

    opened_at: Instant
    entered_at: Instant
    """Later than `opened_at` where a decision was taken back: in between it was set aside."""
    ended_at: Instant | None = None
    outcome: Outcome | None = None


class Recorded(NamedTuple):
    """A finding's row."""

    id: int
    external_id: str
    source_id: int
    kind: Kind
    state: State
    severity: Severity
    title: str
    rule: str
    resource_id: int
    first_detected_at: Instant
    imported_at: Instant
    due_at: Instant | None
    base_layer: bool = False
    """It came with the base image."""


class Whose(NamedTuple):
    """Whether there was an owner. None: whose it was is not known."""

    own: bool | None = None
    """Of the resource itself."""
    inherited: bool | None = None
    """Of what came with its base image, where that was somebody else's."""


NOT_KNOWN = Whose()


class Event(NamedTuple):
    """One line of its history, in the order in which they were written."""

    kind: int
    at: Instant
    recorded_at: Instant
    old: str | None
    new: str | None


class Word(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing that a person said about it."""

    decision_id: int
    kind: DecisionKind
    actor: str
    at: Instant
    until_at: Instant | None = None
    reason: Reason | None = None
    asked_by: str | None = None
    """Of an accepted risk: who asked for it."""


class Notice(NamedTuple):
    """When messages that could not wait for the digest had told somebody of it. None: none had."""

    at: Instant | None = None
    """The first, for whatever reason."""
    overdue_at: Instant | None = None
    """The first that said that its date had passed."""


NO_NOTICE = Notice()


class Life(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A finding as it was known at the end of a period."""

    id: int
    external_id: str
    source_id: int
    kind: Kind
    state: State
    severity: Severity
    title: str
    rule: str
    due_at: Instant | None
    spells: tuple[Spell, ...]
    """One at least, in order."""
    words: tuple[Word, ...] = ()
    """In order."""
    is_mapped: bool | None = None
    """Whether its resource had an owner then. None: whose it was is not known for that time."""
    ticket_at: Instant | None = None
    """When it was first about to be seen to by a ticket: made or linked here. None: there was none by the end."""
    notice: Notice = NO_NOTICE

    @property
    def opened_at(self) -> Instant:
        """When its source first found it."""
        return self.spells[0].opened_at

    @property
    def is_open(self) -> bool:
        """Whether somebody had to act."""
        return self.state.is_open

    @property
    def answered_at(self) -> Instant | None:
        """When a person first said something about it that is more than taking a word back."""
        return next((each.at for each in self.words if each.kind not in _NO_ANSWER), None)

    def last_word(self, kind: DecisionKind) -> Word | None:
        """The newest thing of this kind that was said about it."""
        return next((each for each in reversed(self.words) if each.kind is kind), None)

    def was_open_at(self, at: Instant) -> bool:
        """Whether it was open at a moment of the period or before."""
        return any(each.entered_at <= at and (each.ended_at is None or each.ended_at > at) for each in self.spells)

    def is_brief(self, spell: Spell) -> bool:
        """Whether it was closed within a day: noise, not work."""
        return spell.ended_at is not None and spell.ended_at - spell.opened_at < DAY


_NO_ANSWER = frozenset({DecisionKind.UNDO, DecisionKind.RETURN})
_STATES = frozenset({int(EventKind.STATE), int(EventKind.REOPENED), int(EventKind.RETURNED)})
_BY_WORD = {state.word: state for state in State}
_SEVERITIES = {severity.word: severity for severity in Severity}
_OUTCOMES = {State.FIXED: Outcome.FIXED, State.GONE: Outcome.GONE}


def life_of(
    row: Recorded, events: Sequence[Event], *, horizon: Instant | None, until: Instant, words: Iterable[Word] = (),
    whose: Whose = NOT_KNOWN, notice: Notice = NO_NOTICE,
) -> Life | None:  # fmt: skip
    """What was known of it. None: it was not known yet.

    `horizon`: what was recorded later is not known. None: nothing is too late.
    """
    if horizon is not None and row.imported_at > horizon:
        return None
    counted: list[Event] = []
    later: list[Event] = []
    for event in events:
        is_known = event.at <= until and (horizon is None or event.recorded_at <= horizon)
        (counted if is_known else later).append(event)
    first_at = row.first_detected_at
    told = _before(later, EventKind.FIRST_DETECTED)
    if told is not None and told.old is not None:
        first_at = from_text(told.old)
    if first_at > until:
        return None
    severity = _before(later, EventKind.SEVERITY)
    due = _before(later, EventKind.DUE)
    moves = [event for event in counted if event.kind in _STATES]
    return Life(
        id=row.id, external_id=row.external_id, source_id=row.source_id, kind=row.kind,
        state=_state(row.state, moves, later),
        severity=row.severity if severity is None or severity.old is None else _SEVERITIES[severity.old],
        title=row.title, rule=row.rule,
        due_at=row.due_at if due is None else None if due.old is None else from_text(due.old),
        spells=_spells(first_at, moves),
        words=tuple(each for each in words if each.at <= until),
        ticket_at=next((event.at for event in counted if event.kind == EventKind.TICKET and event.new is not None), None),
        notice=notice,
        is_mapped=whose.own if whose.inherited is None or not _is_in_base(row, later) else whose.inherited,
    )  # fmt: skip


def _is_in_base(row: Recorded, later: Sequence[Event]) -> bool:
    told = _before(later, EventKind.LAYER)
    return row.base_layer if told is None or told.old is None else LAYER_WORDS.index(told.old) == 1


def _before(later: Sequence[Event], kind: EventKind) -> Event | None:
    """The first of what is taken back: it says how things were."""
    return next((event for event in later if event.kind == kind), None)


def _state(now: State, moves: Sequence[Event], later: Sequence[Event]) -> State:
    if moves:
        return _BY_WORD[moves[-1].new or State.OPEN.word]
    first = next((event for event in later if event.kind in _STATES), None)
    return now if first is None else _BY_WORD[first.old or State.OPEN.word]


def _spells(first_at: Instant, moves: Sequence[Event]) -> tuple[Spell, ...]:
    found: list[Spell] = []
    opened_at: Instant | None = first_at
    entered_at = first_at
    for event in moves:
        state = _BY_WORD[event.new or State.OPEN.word]
        stays_open = state.is_open or state is State.SNOOZED
        if opened_at is not None and not stays_open:
            outcome = _OUTCOMES.get(state, Outcome.ASIDE)
            found.append(Spell(opened_at, entered_at, Instant(max(event.at, entered_at)), outcome))
            opened_at = None
        elif opened_at is None and stays_open:
            # Coming back is a new time; what people took back goes on with the old one.
            opened_at = event.at if event.kind == EventKind.REOPENED else found[-1].opened_at
            entered_at = event.at
    if opened_at is not None:
        found.append(Spell(opened_at, entered_at))
    return tuple(found)
