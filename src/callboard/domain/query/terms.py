"""The terms of a query as typed values. Each settles itself into one form, so that what means the same is equal."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import force_setattr

from callboard.domain.instant import Instant
from callboard.domain.query import lists, values
from callboard.domain.query.spelling import Match, spell_text, spell_value
from callboard.domain.query.values import Bound, Day, Moment, Number, Relative, Span
from callboard.domain.query.words import BY_NAME, KeyHelp, Takes
from callboard.domain.term import folded


class OneOf(msgspec.Struct, frozen=True):
    """A key has one of some values; negated: none of them, which is also true of what has no value at all."""

    key: str
    values: tuple[str, ...]
    """In the form that `lists.read` gives: words in lower case, references in full; sorted, each once."""
    is_negated: bool = False

    def __post_init__(self) -> None:
        """Raises InvalidQueryError for a value that the key does not know, ValueError for a key without lists."""
        key = BY_NAME[self.key]
        if key.takes.is_range or key.takes is Takes.CHOICE or not self.values:
            raise ValueError(f"{self.key} takes no list, or the list is empty")
        force_setattr(self, "values", tuple(sorted({lists.read(key, value) for value in self.values})))

    def __str__(self) -> str:
        key = BY_NAME[self.key]
        written = sorted(spell_value(lists.write(key, value)) for value in self.values)
        return f"{'-' * self.is_negated}{self.key}:{','.join(written)}"


class Between(msgspec.Struct, frozen=True):
    """A key's value lies in a range; negated: it does not, which is also true where it is unknown."""

    key: str
    low: Bound | None = None
    high: Bound | None = None
    """The same as `low`: this value; for a time relative to now, the UTC day around it."""
    includes_low: bool = True
    includes_high: bool = True
    """A range with two ends includes both."""
    is_negated: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for bounds that the key does not take, and for a range that nothing can be in."""
        key = BY_NAME[self.key]
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not bounds or not all(values.fits(key, bound) for bound in bounds):
            raise ValueError(f"{self.key} takes no such range")
        if len(bounds) == 2 and not (self.includes_low and self.includes_high):
            raise ValueError("a range with two ends includes both")
        if is_upside_down(self.low, self.high):
            raise ValueError("the range ends before it begins")
        # An end that is not there is neither in nor out.
        force_setattr(self, "includes_low", self.includes_low or self.low is None)
        force_setattr(self, "includes_high", self.includes_high or self.high is None)

    def __str__(self) -> str:
        return f"{'-' * self.is_negated}{self.key}:{self._range(BY_NAME[self.key])}"

    def _range(self, key: KeyHelp) -> str:
        low, high = (None if bound is None else values.write(key, bound) for bound in (self.low, self.high))
        if low is None:
            return f"<{'=' * self.includes_high}{high}"
        if high is None:
            return f">{'=' * self.includes_low}{low}"
        return low if self.low == self.high else f"{low}..{high}"

    def span(self, now: Instant) -> Span:
        """The stretch of time that a date lies in, negation aside; for an age, the date of first detection.

        Raises ValueError for a key whose values are numbers.
        """
        low, high, includes_low, includes_high = self.low, self.high, self.includes_low, self.includes_high
        if BY_NAME[self.key].takes is Takes.DURATION:
            # The older, the earlier: what an age begins with is where the date ends.
            low, high, includes_low, includes_high = _ago(high), _ago(low), includes_high, includes_low
        if isinstance(low, Relative) and low == high:
            start, end = values.day_of(now + low.microseconds)
            return Span(Instant(start), Instant(end))
        # What is due is due on a day, so "seven days from now" is that whole day.
        by_day = self.key == "due"
        since = None if low is None else values.window(low, now, by_day=by_day)[0 if includes_low else 1]
        until = None if high is None else values.window(high, now, by_day=by_day)[1 if includes_high else 0]
        return Span(None if since is None else Instant(since), None if until is None else Instant(until))


class Text(msgspec.Struct, frozen=True):
    """Free text that is found in the names and ids of rules, resources and packages; negated: in none of them."""

    text: str
    """Letter case folded, inner white space single."""
    match: Match = Match.PART
    is_negated: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a text of nothing."""
        force_setattr(self, "text", folded(self.text))
        if not self.text:
            raise ValueError("a text of nothing is in everything")

    def __str__(self) -> str:
        return "-" * self.is_negated + spell_text(self.text, self.match)


Term = OneOf | Between | Text

OPEN = OneOf("is", ("open",))
OVERDUE = OneOf("is", ("overdue",))
STEADY = OneOf("is", ("flapping",), is_negated=True)
"""What comes and goes stands apart from the work."""


def is_upside_down(low: Bound | None, high: Bound | None) -> bool:
    """Whether a range ends before it begins, as far as that is plain without a clock."""
    match low, high:
        case (Number(value=a), Number(value=b)) | (Relative(microseconds=a), Relative(microseconds=b)):
            return a > b
        case Moment(at=start), Moment(at=end):
            return start > end
        case Day(date=first), Day(date=last):
            return first > last
    return False


def settled(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms in canonical order, each once. Repeats of a list are one list where they mean "or".

    Negated repeats always are: neither this nor that. Ranges and texts are never put together: all have to hold.
    """
    together: dict[tuple[str, bool], tuple[str, ...]] = {}
    apart: set[Term] = set()
    for term in terms:
        if isinstance(term, OneOf) and (term.is_negated or not BY_NAME[term.key].adds_up):
            place = (term.key, term.is_negated)
            together[place] = together.get(place, ()) + term.values
        else:
            apart.add(term)
    merged = (OneOf(key, found, is_negated) for (key, is_negated), found in together.items())
    return tuple(sorted({*apart, *merged}, key=_rank))


def _rank(term: Term) -> tuple[bool, str, bool, str]:
    """Filters by key, then texts; what is asked for before what is not."""
    return isinstance(term, Text), "" if isinstance(term, Text) else term.key, term.is_negated, str(term)


def _ago(bound: Bound | None) -> Relative | None:
    return Relative(-bound.microseconds) if isinstance(bound, Relative) else None
