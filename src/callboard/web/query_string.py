"""Query strings, read strictly: a parameter that is not known is an error with a suggestion, never an unfiltered list.

A blank value is no value, as an empty form field sends it.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, TypeVar

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.query import MAX_LIMIT
from callboard.domain.query.words import alike_key
from callboard.errors import InvalidQueryError

MAX_VALUES = 200
"""Values of one parameter."""
MAX_VALUE_CHARACTERS = 1_000
MAX_CURSOR_CHARACTERS = 2_000

Values = Mapping[str, tuple[str, ...]]
"""A query string by parameter."""


class Word(Protocol):
    """An enumeration whose members are written as words."""

    @property
    def word(self) -> str:
        """The member in the API's words."""


W = TypeVar("W", bound=Word)


def collected(pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Values:
    """The values by name, trimmed. Raises InvalidQueryError for a name that is not `known`, and for what is too long or too much."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if name not in known:
            raise InvalidQueryError(
                f"There is no parameter {name[:60]!r} here.", field=name[:60], hint=_meant_parameter(name, known)
            )
        most = MAX_CURSOR_CHARACTERS if name == "cursor" else MAX_VALUE_CHARACTERS
        if len(value) > most:
            raise InvalidQueryError(f"A value is longer than {most} characters.", field=name)
        if "\0" in value:
            raise InvalidQueryError("A value holds a NUL character.", field=name)
        if value.strip():
            values[name].append(value.strip())
        if len(values[name]) > MAX_VALUES:
            raise InvalidQueryError(f"More than {MAX_VALUES} values.", field=name)
    return {name: tuple(dict.fromkeys(found)) for name, found in values.items() if found}


def _meant_parameter(name: str, known: Collection[str]) -> str:
    key = alike_key(name[:60], cutoff=0.9) if "q" in known else None
    return f"Write it into the query: q={key}:…" if key else meant(name, known)


def meant(word: str, known: Collection[str]) -> str:
    """What a word that is not known was probably to be, as a hint."""
    close = difflib.get_close_matches(word.lower()[:60], known, n=1, cutoff=0.5)
    close = close or [candidate for candidate in known if len(word) > 2 and candidate.startswith(word.lower())][:1]
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known here: {', '.join(sorted(known))}." if known else "This address takes no parameters."


def _split(values: Iterable[str]) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))
    if len(parts) > MAX_VALUES:
        raise InvalidQueryError(f"More than {MAX_VALUES} values.")
    return parts


def only(values: Values, name: str) -> str | None:
    """The one value of a parameter. None: it is not there. Raises InvalidQueryError for two."""
    found = values.get(name, ())
    if len(found) > 1:
        raise InvalidQueryError("This parameter is given once.", field=name)
    return found[0] if found else None


def choice(values: Values, name: str, choices: Collection[str]) -> str | None:
    """The one value, which is one of a few words. Raises InvalidQueryError."""
    word = only(values, name)
    if word is not None and word not in choices:
        raise InvalidQueryError(f"{word[:60]!r} is not known.", field=name, hint=meant(word, choices))
    return word


def words(values: Values, name: str, members: Iterable[W]) -> tuple[W, ...]:
    """The values, each one of the members' words, as a comma list or repeated. Raises InvalidQueryError."""
    by_word = {member.word: member for member in members}
    found = []
    for word in _split(values.get(name, ())):
        member = by_word.get(word.lower())
        if member is None:
            raise InvalidQueryError(f"{word[:60]!r} is not known.", field=name, hint=meant(word, by_word))
        found.append(member)
    return tuple(found)


def refs(values: Values, name: str, *, kind: str) -> tuple[EntityRef, ...]:
    """The values as references, of this kind where they name none. Raises InvalidQueryError."""
    found = []
    for text in _split(values.get(name, ())):
        try:
            found.append(entity_ref(text, kind=kind))
        except ValueError as error:
            raise InvalidQueryError(
                f"{text[:60]!r} is not an entity reference.", field=name, hint=f"For example {kind}:default/name."
            ) from error
    return tuple(dict.fromkeys(found))


def boolean(values: Values, name: str) -> bool | None:
    """True or false. None: it is not there. Raises InvalidQueryError."""
    word = choice(values, name, ("true", "false"))
    return None if word is None else word == "true"


def limit(values: Values, *, default: int) -> int:
    """How many are asked for. Raises InvalidQueryError."""
    text = only(values, "limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MAX_LIMIT):
        raise InvalidQueryError(f"A number from 1 to {MAX_LIMIT} is expected.", field="limit")
    return int(text)
