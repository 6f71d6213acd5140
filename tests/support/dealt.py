"""A source whose pages come in a chosen order, each as a part of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import msgspec

from callboard.domain.instant import Instant
from callboard.domain.run import Mode, Part
from callboard.ports import RawNode, RawPage, Source, Split


class Card(msgspec.Struct, frozen=True):
    """One page of a part."""

    kind: str
    nodes: tuple[RawNode, ...]


async def cards_of(source: Source, *, now: Instant) -> list[Card]:
    """Every page of a full run of this source, in the order in which it is asked for."""
    cards: list[Card] = []
    todo = list(reversed(source.plan(Mode.FULL, since=None, now=now)))
    while todo:
        part = todo.pop()
        async for page in source.pages(part, None):
            if isinstance(page, Split):
                todo += reversed(page.parts)
                continue
            nodes = tuple(RawNode(bytes(each.stable), bytes(each.raw), each.last_detected_at) for each in page.nodes)
            cards.append(Card(part.kind, nodes))
    return cards


def dealt(source: Source, cards: Sequence[Card], order: Sequence[int]) -> Source:
    """The source, handing these pages out in this order."""
    return cast("Source", _Dealt(source, cards, order))


class _Dealt:
    """Implements `ports.Source`: what else is asked for, the source itself answers."""

    def __init__(self, source: Source, cards: Sequence[Card], order: Sequence[int]) -> None:
        self._source = source
        self._cards = cards
        self._order = order

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a source has
        return getattr(self._source, name)

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:  # noqa: ARG002 - the port's
        """A part for each page; one that is in the order twice is read twice."""
        return tuple(
            Part(name=f"card/{place:05}", kind=self._cards[n].kind, filter=str(n))
            for place, n in enumerate(self._order)
        )

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:  # noqa: ARG002 - the port's
        """The page."""
        yield RawPage(nodes=self._cards[int(part.filter)].nodes, cursor=None)
