"""A query in plain words, for screen readers, empty lists and saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from callboard.domain.query import lists
from callboard.domain.query.language import Query
from callboard.domain.query.spelling import Match
from callboard.domain.query.terms import Between, OneOf, Term, Text
from callboard.domain.query.values import Bound, Day, Moment, Relative, in_words, length_in_words
from callboard.domain.query.words import BY_NAME, ME, KeyHelp, Takes

_DENIALS = {"has": "does not have", "no": "is not without", "reason": "the mapping does not say that"}
"""Phrases that "not" would leave crooked."""


def explain(query: Query) -> tuple[str, ...]:
    """One part of a sentence for each term, for example "severity is critical or high". All of them hold."""
    return tuple(_part(term) for term in query.terms)


def _part(term: Term) -> str:
    match term:
        case OneOf():
            return _list(term)
        case Between():
            return _range(term)
        case Text():
            return _text(term)
        case _:
            assert_never(term)


def _list(term: OneOf) -> str:
    key = BY_NAME[term.key]
    meanings = dict(key.words)
    # Words in the order of their table (the worst severity first), anything else as it is sorted.
    ordered = [word for word in meanings if word in term.values] or term.values
    told = [
        meanings.get(value) or ("you or a group of yours" if value == ME else lists.write(key, value))
        for value in ordered
    ]
    return f"{_phrase(key, is_negated=term.is_negated)} {_either(told)}"


def _range(term: Between) -> str:
    key = BY_NAME[term.key]
    told = _when(term, key) if key.takes is not Takes.NUMBER else _how_much(term)
    return f"{_phrase(key, is_negated=term.is_negated)} {told}"


def _text(term: Text) -> str:
    verb = "does not mention" if term.is_negated else "mentions"
    match term.match:
        case Match.PART:
            return f'{verb} "{term.text}"'
        case Match.PREFIX:
            return f'{verb} a word that begins with "{term.text}"'
        case Match.WORD:
            return f'{verb} the {"words" if " " in term.text else "word"} "{term.text}"'
        case _:
            assert_never(term.match)


def _phrase(key: KeyHelp, *, is_negated: bool) -> str:
    if not is_negated:
        return key.phrase
    denial = f"{key.phrase} not" if key.phrase.endswith("is") else f"not {key.phrase}"
    return _DENIALS.get(key.name, denial)


def _when(term: Between, key: KeyHelp) -> str:
    if key.takes is Takes.DURATION:
        return _how_long_ago(term)
    low, high = term.low, term.high
    if low == high and low is not None:
        return _on(low)
    if low is None:
        return f"{_told(high)} or earlier" if term.includes_high else f"before {_told(high)}"
    if high is not None:
        return f"between {_told(low)} and {_told(high)}"
    if term.key != "due" and isinstance(low, Relative) and low.microseconds < 0:
        # Nothing is detected in the future, so "since then" is "in the last".
        return f"in the last {length_in_words(low)}"
    return f"{_told(low)} or later" if term.includes_low else f"after {_told(low)}"


def _how_long_ago(term: Between) -> str:
    low, high = (length_in_words(bound) if isinstance(bound, Relative) else "" for bound in (term.low, term.high))
    if low and high:
        return f"on the day {low} ago" if low == high else f"between {low} and {high} ago"
    if low:
        return f"{'at least' if term.includes_low else 'more than'} {low} ago"
    return f"{'at most' if term.includes_high else 'less than'} {high} ago"


def _how_much(term: Between) -> str:
    if term.low is None:
        return f"{'at most' if term.includes_high else 'less than'} {_told(term.high)}"
    if term.high is None:
        return f"{'at least' if term.includes_low else 'more than'} {_told(term.low)}"
    return _told(term.low) if term.low == term.high else f"from {_told(term.low)} to {_told(term.high)}"


def _on(bound: Bound) -> str:
    match bound:
        case Day():
            return f"on {in_words(bound)}"
        case Moment():
            return f"at {in_words(bound)}"
        case Relative():
            return f"on the day {in_words(bound)}" if bound.microseconds else "today"
        case _:
            return in_words(bound)


def _told(bound: Bound | None) -> str:
    return "" if bound is None else in_words(bound)


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
