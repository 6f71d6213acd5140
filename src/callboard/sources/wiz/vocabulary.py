"""The words that a tenant's filters take: its severities and statuses, also those that are newer than this Callboard.

A filter can only name words, so a word that Wiz adds would never be asked for. Wiz says which words there are (GraphQL
introspection, one call a kind). A tenant that does not say is asked for the words we know; `callboard doctor` tells.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from callboard.domain.instant import HOUR, Instant
from callboard.errors import SourceChangedError, SourceError, SourceRefusedError
from callboard.sources.wiz.client import Page
from callboard.sources.wiz.filters import Words, known_words

KEPT = 6 * HOUR
"""How long the words are taken to be the same."""

FIELDS = ("severity", "status")
"""Fields of the filters whose words have a meaning to us."""


class _Value(msgspec.Struct):
    name: str


class _Enum(msgspec.Struct):
    enumValues: list[_Value] | None = None  # noqa: N815 - GraphQL's own name


class _Inner(msgspec.Struct):
    ofType: _Enum | None = None  # noqa: N815


class _Outer(msgspec.Struct):
    ofType: _Inner | None = None  # noqa: N815


class _Field(msgspec.Struct):
    name: str
    type: _Outer


class Vocabulary:
    """Asks once in a while and remembers."""

    def __init__(self, ask: Callable[[str], Awaitable[Page]], *, now: Callable[[], Instant]) -> None:
        """`ask` gives the fields of a kind's filter."""
        self._ask = ask
        self._now = now
        self._known: dict[str, tuple[Instant, Words]] = {}

    async def of(self, kind: str) -> Words:
        """The words of each field of the kind's filter. Empty: the tenant does not tell them."""
        kept = self._known.get(kind)
        if kept is not None and self._now() - kept[0] <= KEPT:
            return kept[1]
        words: Words = {}
        try:
            words = words_of(await self._ask(kind))
        except (SourceChangedError, SourceRefusedError, msgspec.MsgspecError):
            # Whatever is wrong with the tenant or the account, the call that reads findings meets it and says so.
            pass
        except SourceError:
            # Perhaps it passes: ask again next time.
            return words
        self._known[kind] = (self._now(), words)
        return words


def words_of(page: Page) -> Words:
    """The words in an answer. Raises MsgspecError for one of another shape."""
    found: dict[str, tuple[str, ...]] = {}
    for node in page.nodes or ():
        field = msgspec.json.decode(node, type=_Field)
        inner = field.type.ofType
        values = None if inner is None or inner.ofType is None else inner.ofType.enumValues
        if field.name in FIELDS and values:
            found[field.name] = tuple(value.name for value in values)
    return found


def strange_words(kind: str, words: Words) -> tuple[str, ...]:
    """The words among them that Callboard has no meaning for: findings that carry one are shown as unknown."""
    return tuple(word for field in FIELDS for word in words.get(field, ()) if word not in known_words(kind, field))
