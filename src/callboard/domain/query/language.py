"""The one query language of the API, the pages and the command line: `parse` reads it, `Query.canonical` writes it.

    is:open severity:critical,high owner:@me -env:test first:>=-7d log4j sort:due

Terms all have to hold. A comma means "or", and so does repeating a key (`severity:high severity:low`), except for `is`,
`has` and `no`, which name properties that can all be true at once: `is:open is:kev` is both. A "-" turns a term round:
everything that it does not find, also what has no such value. Ranges repeated all have to hold.

Nothing is hidden: the canonical text names all that is in force, the order too, so that a saved query keeps its order
when the default changes. `parse(query.canonical) == query`, and one query has one text.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import force_setattr, replace

from callboard.domain.query import lists, values
from callboard.domain.query.grammar import MAX_CHARACTERS, Filter, Phrase, place, refusal, tokens
from callboard.domain.query.spelling import Match
from callboard.domain.query.terms import Between, OneOf, Term, Text, is_upside_down, settled
from callboard.domain.query.words import BY_NAME, ME, Grouping, KeyHelp, Order, Takes
from callboard.domain.term import folded
from callboard.errors import InvalidQueryError

MAX_TERMS = 40
"""Filters and texts in one query; order and grouping are not counted."""
MAX_VALUES = 200
"""Values in all lists of one query together."""

FOR_A_PERSON = f"is:open owner:{ME} sort:do-now"
"""What a signed-in person sees without asking. The box shows it like any other query."""
FOR_ANYBODY = "is:open sort:do-now"
"""The same where nobody is signed in."""

_SHORTEST = {Match.PART: 3, Match.PREFIX: 3, Match.WORD: 2}
"""Characters of a text at least: less would be found nearly everywhere."""

_PERSONAL = frozenset({("owner", ME), ("taken", ME), ("is", "mine"), ("is", "new")})


class Query(msgspec.Struct, frozen=True):
    """Which findings, in what order, put together by what. Equal queries mean the same and have one text."""

    terms: tuple[Term, ...] = ()
    """All have to hold; settled and in canonical order. None: everything that the viewer may see."""
    sort: Order = Order.DO_NOW
    group: Grouping | None = None
    """None: single findings."""

    def __post_init__(self) -> None:
        force_setattr(self, "terms", settled(self.terms))

    @property
    def canonical(self) -> str:
        """The query as text: filters by key, texts, grouping, order."""
        words = [str(term) for term in self.terms]
        if self.group is not None:
            words.append(f"group:{self.group.value}")
        return " ".join([*words, f"sort:{self.sort.value}"])

    @property
    def needs_person(self) -> bool:
        """True when the answer depends on who asks, so that it has none for a program or a laptop."""
        return any(
            (term.key, value) in _PERSONAL for term in self.terms if isinstance(term, OneOf) for value in term.values
        )

    def values(self, key: str) -> tuple[str, ...]:
        """What is asked for in the lists of a key, sorted; what is negated does not count."""
        return tuple(sorted({value for term in self._lists(key) for value in term.values}))

    def toggled(self, key: str, value: str) -> Query:
        """With one value of a list taken away when it is there, else added: what a facet links to.

        A value that was negated is asked for instead. Raises InvalidQueryError for a value that the key does not know.
        """
        wanted = OneOf(key, (value,))
        is_there = wanted.values[0] in self.values(key)
        kept = _taken_away(self.terms, key, wanted.values[0])
        return replace(self, terms=kept if is_there else (*kept, wanted))

    def without(self, *keys: str) -> Query:
        """Without any term of these keys; without "sort" in the default order, without "group" ungrouped."""
        kept = tuple(term for term in self.terms if isinstance(term, Text) or term.key not in keys)
        sort = Order.DO_NOW if "sort" in keys else self.sort
        return Query(kept, sort, None if "group" in keys else self.group)

    def only(self, key: str, wanted: Iterable[str]) -> Query:
        """With just these values of a list, whatever was said about the key before. No values: `without`."""
        found = tuple(wanted)
        rest = self.without(key)
        return replace(rest, terms=(*rest.terms, OneOf(key, found))) if found else rest

    def sorted_by(self, sort: Order) -> Query:
        """In another order."""
        return replace(self, sort=sort)

    def grouped_by(self, group: Grouping | None) -> Query:
        """Put together by something else, or not at all."""
        return replace(self, group=group)

    def _lists(self, key: str) -> list[OneOf]:
        return [term for term in self.terms if isinstance(term, OneOf) and term.key == key and not term.is_negated]


def parse(text: str) -> Query:
    """The query in a text. Raises InvalidQueryError that names the term, its place, and what was probably meant."""
    terms: list[Term] = []
    choices: dict[str, str] = {}
    value_count = 0
    for token in tokens(text):
        if isinstance(token, Phrase):
            terms.append(_text(token))
        elif (key := BY_NAME[token.key]).takes is Takes.CHOICE:
            if token.key in choices:
                raise refusal(f'A second "{token.key}:"', token.start, "Once is enough; take the others out.")
            choices[token.key] = _choice(key, token)
        elif key.takes.is_range:
            terms.append(_range(key, token))
        else:
            value_count += len(token.values)
            terms.append(_list(key, token))
        _limit(len(terms), MAX_TERMS, "terms")
        _limit(value_count, MAX_VALUES, "values in lists")
    group = choices.get("group")
    query = Query(tuple(terms), Order(choices.get("sort", Order.DO_NOW)), None if group is None else Grouping(group))
    # Written out it may be a little longer than it was typed (1y is 365d), and it has to stay readable.
    _limit(len(query.canonical), MAX_CHARACTERS, "characters when it is written out")
    return query


def _taken_away(terms: Iterable[Term], key: str, value: str) -> tuple[Term, ...]:
    """The terms without one value of a list, asked for or negated."""
    kept: list[Term] = []
    for term in terms:
        if isinstance(term, OneOf) and term.key == key and value in term.values:
            rest = tuple(each for each in term.values if each != value)
            kept += [replace(term, values=rest)] if rest else []
        else:
            kept.append(term)
    return tuple(kept)


def _limit(found: int, allowed: int, unit: str) -> None:
    if found > allowed:
        raise InvalidQueryError(f"The filter has more than {allowed} {unit}.", field="q", hint="Leave some out.")


def _text(token: Phrase) -> Text:
    length = len(folded(token.text))
    if length < _SHORTEST[token.match]:
        raise refusal(
            f'The text "{token.text[:60]}" is too short',
            token.start,
            "Write at least 3 characters, or whole words of at least 2 characters between quotes.",
        )
    return Text(token.text, token.match, token.is_negated)


def _list(key: KeyHelp, token: Filter) -> OneOf:
    found = tuple(lists.read(key, value.text, place(value.start)) for value in token.values)
    return OneOf(token.key, found, token.is_negated)


def _choice(key: KeyHelp, token: Filter) -> str:
    if token.is_negated:
        raise refusal(f'"{token.key}:" cannot be negated', token.start, 'Take the "-" away.')
    if len(token.values) > 1:
        raise refusal(f'"{token.key}:" takes one word', token.values[1].start, f"For example {key.example}.")
    return lists.read(key, token.values[0].text, place(token.values[0].start))


def _range(key: KeyHelp, token: Filter) -> Between:
    if len(token.values) > (2 if token.operator == ".." else 1):
        raise refusal(
            f'"{token.key}:" takes one value or one range', token.values[-1].start, f"For example {key.example}."
        )
    bounds = [values.read(key, value.text, place(value.start)) for value in token.values]
    low, high = bounds[0], bounds[-1]
    if is_upside_down(low, high):
        raise refusal(
            f'The range of "{token.key}:" ends before it begins', token.values[0].start, "Swap its two values."
        )
    match token.operator:
        case ">" | ">=":
            return Between(token.key, low, None, includes_low=token.operator == ">=", is_negated=token.is_negated)
        case "<" | "<=":
            return Between(token.key, None, high, includes_high=token.operator == "<=", is_negated=token.is_negated)
    return Between(token.key, low, high, is_negated=token.is_negated)
