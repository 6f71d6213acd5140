"""Wiz's words in ours: states, severities, dates, text. Pure.

Enumerations as of 2026-08, from a schema printed off a production tenant. A word that is not here is shown as unknown and
noted as drift; it is never guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import UNSET, UnsetType

from callboard.domain.finding import Severity, State
from callboard.domain.instant import DAY, SECOND, Instant

LINE_CHARACTERS = 4_096
"""Longest name, id or other one-line text that is kept."""

TEXT_CHARACTERS = 65_536
"""Longest description or other text that is kept."""

FUTURE_SLACK = DAY
"""A date later than now by more than this is noted: clocks differ by hours, not by days."""

Text = str | None | UnsetType

STATES = {
    "OPEN": State.OPEN,
    "IN_PROGRESS": State.IN_PROGRESS,
    "RESOLVED": State.FIXED,
    "REJECTED": State.REJECTED,
    # Wiz's pages and reports say Ignored for REJECTED.
    "IGNORED": State.REJECTED,
}

SEVERITIES = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
    # Issues say INFORMATIONAL, vulnerabilities and configuration findings say NONE, reports say Info.
    "INFORMATIONAL": Severity.INFO,
    "INFO": Severity.INFO,
    "NONE": Severity.INFO,
}

_FIXED = STATES["RESOLVED"]

RESOURCE_REMOVED = frozenset({"OBJECT_DELETED"})
"""Resolution reasons that mean that the resource is gone rather than repaired."""

_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS: dict[str, Instant | None] = {}
_INSTANTS_KEPT = 4_096
"""Dates repeat within a record and within a scan, hardly beyond; more of them only fill memory."""


def state_of(word: str, reason: Text, drift: list[str]) -> State:
    """The state that a status word means."""
    state = STATES.get(word)
    if state is None:
        state = STATES.get(_constant(word))
        if state is None:
            drift.append(f"status: unknown word {shown(word)}")
            return State.UNKNOWN
    if state is _FIXED and reason and _constant(reason) in RESOURCE_REMOVED:
        return State.GONE
    return state


def severity_of(word: str | None, path: str, drift: list[str]) -> Severity:
    """The severity that a word means; unknown where there is none."""
    if word is None:
        drift.append(f"{path}: missing")
        return Severity.UNKNOWN
    severity = SEVERITIES.get(word)
    if severity is None:
        severity = SEVERITIES.get(_constant(word))
        if severity is None:
            drift.append(f"{path}: unknown word {shown(word)}")
            return Severity.UNKNOWN
    return severity


def instant(text: str) -> Instant | None:
    """An RFC 3339 date as an instant. None: it is none, or lies before 1970, as Go's zero time does."""
    if text in _INSTANTS:
        return _INSTANTS[text]
    try:
        # A first load does this for every date: the same as `from_datetime`, without the calls.
        since = datetime.fromisoformat(text) - _EPOCH
    except (ValueError, TypeError, OverflowError):
        # TypeError: a date without a time zone has no distance from one with it.
        at = None
    else:
        days = since.days
        at = None if days < 0 else Instant((days * 86_400 + since.seconds) * SECOND + since.microseconds)
    if len(_INSTANTS) >= _INSTANTS_KEPT:
        _INSTANTS.clear()
    _INSTANTS[text] = at
    return at


def moment(value: Text, path: str, drift: list[str], latest: float) -> Instant | None | UnsetType:
    """A date field: UNSET and null stay what they are, what is no date becomes None and is noted.

    `latest` is the instant behind which a date is noted as lying in the future.
    """
    if not isinstance(value, str):
        return value
    if not value:
        return None
    at = _INSTANTS.get(value) or instant(value)
    if at is None:
        drift.append(f"{path}: not a date")
    elif at > latest:
        drift.append(f"{path}: in the future")
    return at


def filled(value: Text) -> str | None:
    """The text, with "" and what did not arrive taken for nothing."""
    return value or None  # UNSET is false as well


def told(value: Text) -> Text:
    """The text, with "" taken for null; what did not arrive stays so."""
    return None if value == "" else value


def noted(drift: list[str]) -> tuple[str, ...] | UnsetType:
    """The drift for `Detail`, each path once."""
    return tuple(dict.fromkeys(drift)) if drift else UNSET


def clean(text: str, most: int, path: str, drift: list[str]) -> str:
    """The text without NUL and halves of surrogate pairs, and no longer than `most` characters."""
    # Plain ASCII, which is the rule, can only hold NUL: two scans that cost a tenth of the expression.
    if ("\x00" in text or not text.isascii()) and _UNPRINTABLE.search(text):
        text = _UNPRINTABLE.sub("", text)
        drift.append(f"{path}: characters removed")
    if len(text) > most:
        text = text[: most - 1] + "…"
        drift.append(f"{path}: cut to {most:,} characters")
    return text


def shown(word: str) -> str:
    """A word of Wiz's, short enough to be repeated in a reason."""
    return repr(word if len(word) <= 40 else word[:39] + "…")


@lru_cache(256)
def _constant(word: str) -> str:
    """`In Progress` as `IN_PROGRESS`, which is how reports differ from the API."""
    return "_".join(word.upper().split())
