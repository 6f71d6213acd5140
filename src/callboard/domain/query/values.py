"""Dates, durations and numbers of the query language: how they are read, written, and laid over a clock.

Values carry no clock: "seven days ago" stays that until `span` is told what time it is, so that a saved query means the
same tomorrow. Days are UTC days, and a time without a zone is UTC, because every date that Callboard shows is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec

from callboard.domain.instant import DAY, HOUR, Instant, from_datetime, to_datetime, to_text
from callboard.domain.query.words import KeyHelp, Takes
from callboard.errors import InvalidQueryError

MAX_DAYS = 36_500
"""A duration is at most a hundred years."""

_LAST_INSTANT = from_datetime(datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC))
_DECIMALS = 9
"""Digits behind the point: EPSS is published with up to nine."""

_UNITS = {"h": HOUR, "d": DAY, "w": 7 * DAY, "m": 30 * DAY, "y": 365 * DAY}

_DURATION = re.compile(r"([+-]?)([0-9]{1,6})([hdwmy])", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9]{1,4}([.][0-9]{1,9})?")


class Day(msgspec.Struct, frozen=True):
    """A whole UTC day, from 1970 on."""

    date: date

    def __post_init__(self) -> None:
        if self.date.year < 1970:
            raise ValueError(f"{self.date} is before 1970")

    def __str__(self) -> str:
        return self.date.isoformat()


class Today(msgspec.Struct, frozen=True):
    """The UTC day on which the query is asked."""

    def __str__(self) -> str:
        return "today"


class Moment(msgspec.Struct, frozen=True):
    """A point in time, from 1970 to the year 9999."""

    at: Instant

    def __post_init__(self) -> None:
        if not 0 <= self.at <= _LAST_INSTANT:
            raise ValueError(f"{self.at} is not between the years 1970 and 9999")

    def __str__(self) -> str:
        return to_text(self.at)


class Relative(msgspec.Struct, frozen=True):
    """A time before (negative) or after the one at which the query is asked; for an age, a length of time."""

    microseconds: int
    """Whole hours, at most `MAX_DAYS`."""

    def __post_init__(self) -> None:
        if self.microseconds % HOUR or abs(self.microseconds) > MAX_DAYS * DAY:
            raise ValueError(f"{self.microseconds} microseconds are not whole hours within {MAX_DAYS} days")

    @property
    def length(self) -> str:
        """Without its sign, in days or hours. Never in months or years, whose length people disagree about."""
        size = abs(self.microseconds)
        return f"{size // HOUR}h" if size % DAY else f"{size // DAY}d"

    def __str__(self) -> str:
        return ("-" if self.microseconds < 0 else "+") + self.length


class Number(msgspec.Struct, frozen=True):
    """A number, kept to nine digits behind the point."""

    value: float

    def __post_init__(self) -> None:
        # Adding nothing turns -0.0 into 0.0, which is written without a sign.
        msgspec.structs.force_setattr(self, "value", round(float(self.value), _DECIMALS) + 0.0)

    def __str__(self) -> str:
        return f"{self.value:.{_DECIMALS}f}".rstrip("0").rstrip(".")


Bound = Day | Today | Moment | Relative | Number
"""One end of a range."""


def read(key: KeyHelp, text: str, at: str = "") -> Bound:
    """The value in `text` as `key` takes it; `at` says in words where it stands. Raises InvalidQueryError."""
    match key.takes:
        case Takes.DURATION:
            return _duration(key, text, at)
        case Takes.INSTANT:
            return _instant(key, text, at)
        case _:
            return _number(key, text, at)


def write(key: KeyHelp, bound: Bound) -> str:
    """The value as `read` understands it. An age has no sign: its direction is in the word."""
    return bound.length if key.takes is Takes.DURATION and isinstance(bound, Relative) else str(bound)


def fits(key: KeyHelp, bound: Bound) -> bool:
    """Whether a value is of the sort, and within the limits, that `key` takes."""
    match bound:
        case Number(value=value):
            is_in = key.lowest <= value <= key.highest and (value.is_integer() or not key.is_whole)
            return key.takes is Takes.NUMBER and is_in
        case Relative(microseconds=length):
            return key.takes is Takes.INSTANT or (key.takes is Takes.DURATION and length >= 0)
        case _:
            return key.takes is Takes.INSTANT


def _refusal(key: KeyHelp, text: str, at: str, hint: str) -> InvalidQueryError:
    return InvalidQueryError(f'"{key.name}:" cannot read "{text[:60]}"{at}.', field="q", hint=hint)


def _duration(key: KeyHelp, text: str, at: str) -> Bound:
    hint = "A length of time is a number and h, d, w, m (30 days) or y (365 days), for example 30d."
    found = _length(key, text, at)
    if found is None or text[0] in "+-":
        raise _refusal(key, text, at, hint)
    return found


def _length(key: KeyHelp, text: str, at: str) -> Relative | None:
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    length = int(found[2]) * _UNITS[found[3].lower()]
    if length > MAX_DAYS * DAY:
        raise _refusal(key, text, at, "A length of time is at most a hundred years.")
    return Relative(-length if found[1] == "-" else length)


def _instant(key: KeyHelp, text: str, at: str) -> Bound:
    if text.lower() == "today":
        return Today()
    length = _length(key, text, at)
    if length is not None:
        if text[0] not in "+-":
            raise _refusal(key, text, at, f"Say in which direction: -{text} is that long ago, +{text} that far ahead.")
        return length
    try:
        if _DAY.fullmatch(text):
            return Day(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper())
            return Moment(from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except ValueError as error:
        raise _refusal(key, text, at, "There is no such day or time from 1970 to 9999.") from error
    raise _refusal(key, text, at, "A time is 2026-09-01, 2026-09-01T10:00Z, today, -7d (ago) or +7d (ahead).")


def _number(key: KeyHelp, text: str, at: str) -> Bound:
    wanted = (
        f"A {'whole ' if key.is_whole else ''}number from {key.lowest} to {key.highest}, for example {key.example}."
    )
    if not _NUMBER.fullmatch(text):
        raise _refusal(key, text, at, wanted)
    number = Number(float(text))
    if not fits(key, number):
        raise _refusal(key, text, at, wanted)
    return number


class Span(msgspec.Struct, frozen=True):
    """A stretch of time in microseconds since 1970, from `start` until just before `end`. None: without that end."""

    start: Instant | None
    end: Instant | None


def window(bound: Bound, now: Instant, *, by_day: bool = False) -> tuple[int, int]:
    """The stretch that one value names: a day, or one microsecond; from the first, until just before the second.

    `by_day`: a time relative to now names its whole day.
    """
    match bound:
        case Day(date=day):
            start = (day - date(1970, 1, 1)).days * DAY
            return start, start + DAY
        case Today():
            return day_of(now)
        case Moment(at=at):
            return at, at + 1
        case Relative(microseconds=length):
            return day_of(now + length) if by_day else (now + length, now + length + 1)
        case Number():
            raise ValueError("a number is no time")


def day_of(at: int) -> tuple[int, int]:
    """The UTC day around an instant."""
    return at - at % DAY, at - at % DAY + DAY


def in_words(bound: Bound) -> str:
    """The value for a sentence: "1 September 2026", "7 days ago", "0.5"."""
    match bound:
        case Day(date=day):
            return f"{day.day} {day:%B} {day.year}"
        case Moment(at=at):
            moment = to_datetime(at)
            return f"{moment.day} {moment:%B} {moment.year} {moment:%H:%M:%S} UTC"
        case Relative(microseconds=length):
            return f"{length_in_words(bound)} {'ago' if length < 0 else 'from now'}" if length else "now"
        case _:
            return str(bound)


def length_in_words(bound: Relative) -> str:
    """A length of time without its direction: "30 days", "1 hour"."""
    count, unit = int(bound.length[:-1]), {"h": "hour", "d": "day"}[bound.length[-1]]
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
