"""Decisions: what people can say about findings, and what has to be said with it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from callboard.domain.instant import DAY, Instant
from callboard.errors import InvalidQueryError

ITSELF = "callboard"
"""Who ends a decision whose time or condition has come."""

LONGEST_NOTE = 2_000
"""Characters."""
MOST_ASIDE = 365
"""Days for which a risk is accepted, or a finding snoozed until something happens, at the longest."""
MOST_RETIRING = 730
"""Days until something that is not mended any more has to be gone, at the longest."""


@enum.unique
class DecisionKind(enum.IntEnum):
    """What can be said about a finding. The numbers are stored: never reuse one."""

    TAKE = 1
    """Whoever says it does the work."""
    ASSIGN = 2
    """Somebody else, or a group, does the work."""
    SNOOZE = 3
    DISMISS = 4
    ASK = 5
    """That its risk be accepted. Until somebody else agrees it is open."""
    ACCEPT = 6
    NOT_USEFUL = 7
    """The rule has told nothing worth acting on."""
    COMMENT = 8
    UNDO = 9
    RETURN = 10
    """Its time or condition has come. Callboard itself says so."""

    @property
    def word(self) -> str:
        """The word used in the API, on the pages and on the command line."""
        return self.name.lower().replace("_", "-")


@enum.unique
class Reason(enum.StrEnum):
    """Why nothing has to be done. The words are stored: never change one."""

    FALSE_POSITIVE = "false-positive"
    NOT_USED = "not-used"
    """What is affected is not used in the way that matters; a justification says how."""
    MITIGATED = "mitigated"
    DUPLICATE = "duplicate"
    """Of another finding."""
    RETIRING = "wont-fix-retiring"
    """It is gone by a day."""


@enum.unique
class Justification(enum.StrEnum):
    """Why something vulnerable is not affected: the five of OpenVEX 0.2.0 (2023), in their own words with hyphens."""

    COMPONENT_NOT_PRESENT = "component-not-present"
    CODE_NOT_PRESENT = "vulnerable-code-not-present"
    NOT_IN_EXECUTE_PATH = "vulnerable-code-not-in-execute-path"
    CANNOT_BE_CONTROLLED = "vulnerable-code-cannot-be-controlled-by-adversary"
    INLINE_MITIGATIONS = "inline-mitigations-already-exist"


@enum.unique
class Until(enum.StrEnum):
    """How long a finding is snoozed. None of it is for ever: the last two end after a year."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    FIX = "fix"
    """Until there is a fix."""
    WORSE = "worse"
    """Until it is worse than it was: see `worsened`."""

    @property
    def days(self) -> int:
        """The longest that it lasts."""
        return {Until.DAY: 1, Until.WEEK: 7, Until.MONTH: 30}.get(self, MOST_ASIDE)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to say, as they say it."""

    kind: DecisionKind
    note: str = ""
    snooze: Until | None = None
    until_at: Instant | None = None
    """When a risk is looked at again, or something is gone."""
    reason: Reason | None = None
    justification: Justification | None = None
    about: str | None = None
    """Who does the work; of a duplicate, the number of the other finding."""
    of: int | None = None
    """The decision that is taken back, has ended, or is agreed to."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about one or more findings."""

    id: int
    """Grows with every decision, whoever makes it: a newer one has a larger number."""
    kind: DecisionKind
    actor: str
    at: Instant
    note: str = ""
    snooze: Until | None = None
    until_at: Instant | None = None
    reason: Reason | None = None
    justification: Justification | None = None
    about: str | None = None
    of: int | None = None


def settled(draft: Draft, *, now: Instant) -> Draft:
    """The draft with its dates, and with nothing in it that does not belong there. Raises InvalidQueryError."""
    note = draft.note.strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise InvalidQueryError(f"A note has at most {LONGEST_NOTE:,} characters.", field="note")
    draft = msgspec.structs.replace(draft, note=note)
    _refuse_strangers(draft)
    match draft.kind:
        case DecisionKind.SNOOZE:
            snooze = draft.snooze or Until.MONTH
            return msgspec.structs.replace(draft, snooze=snooze, until_at=Instant(now + snooze.days * DAY))
        case DecisionKind.DISMISS:
            _check_dismissal(draft, now)
        case DecisionKind.ASK:
            _check_date(draft, now, most=MOST_ASIDE)
            _need(note, "note", "Say why the risk is worth taking.")
        case DecisionKind.COMMENT:
            _need(note, "note", "There is nothing to keep.")
        case DecisionKind.ASSIGN:
            _need(draft.about, "to", "Name a group or a user.")
        case DecisionKind.ACCEPT | DecisionKind.UNDO:
            _need(draft.of, "of", "Name the decision by its number.")
    return draft


_BELONGS: Mapping[DecisionKind, frozenset[str]] = MappingProxyType({
    DecisionKind.ASSIGN: frozenset({"about"}),
    DecisionKind.SNOOZE: frozenset({"snooze"}),
    DecisionKind.DISMISS: frozenset({"reason", "justification", "about", "until_at"}),
    DecisionKind.ASK: frozenset({"until_at"}),
    DecisionKind.ACCEPT: frozenset({"of"}),
    DecisionKind.UNDO: frozenset({"of"}),
    DecisionKind.RETURN: frozenset({"of"}),
})  # fmt: skip
"""What can be said beside a note. Anything else is a mistake that must not go unnoticed."""

FIELDS: Mapping[str, str] = MappingProxyType({
    "snooze": "until", "until_at": "until", "reason": "reason", "justification": "justification", "about": "to", "of": "of",
})  # fmt: skip
"""What callers call them."""


def _refuse_strangers(draft: Draft) -> None:
    for name, told in FIELDS.items():
        if getattr(draft, name) is not None and name not in _BELONGS.get(draft.kind, ()):
            raise InvalidQueryError(f"That does not go with {draft.kind.word!r}.", field=told)


def _check_dismissal(draft: Draft, now: Instant) -> None:
    _need(draft.reason, "reason", f"One of {', '.join(Reason)}.")
    is_not_used = draft.reason is Reason.NOT_USED
    if is_not_used != (draft.justification is not None):
        hint = f"One of {', '.join(Justification)}." if is_not_used else None
        told = (
            "It has to be said why it is not affected" if is_not_used else f"Only {Reason.NOT_USED!s} is justified so"
        )
        raise InvalidQueryError(f"{told}.", field="justification", hint=hint)
    if (draft.reason is Reason.DUPLICATE) != (draft.about is not None):
        raise InvalidQueryError("A duplicate names the other finding, and nothing else does.", field="duplicate_of")
    if draft.reason is Reason.RETIRING or draft.until_at is not None:
        _check_date(draft, now, most=MOST_RETIRING)


def _check_date(draft: Draft, now: Instant, *, most: int) -> None:
    until = draft.until_at
    if until is None or not now < until <= now + most * DAY:
        raise InvalidQueryError(f"A day from tomorrow on, within {most} days, is needed.", field="until")


def _need(value: object, field: str, hint: str) -> None:
    if not value:
        raise InvalidQueryError("This is needed.", field=field, hint=hint)
