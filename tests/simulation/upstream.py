"""The source as a life has it: a made-up world by a clock of its own, which notes what it hands out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec

from callboard.domain.finding import Kind
from callboard.domain.instant import SECOND, Instant
from callboard.ports import RawNode, RawPage
from tests.support.clocks import SettableClock
from tests.support.worlds import Record, World


class SourceClock(SettableClock):
    """The source's clock: it goes on evenly, whatever happens to the board's."""

    def __init__(self, board: SettableClock) -> None:
        self.board = board
        self.behind = 0
        """Microseconds that the board's clock is ahead."""

    def now(self) -> Instant:
        """The source's time."""
        return Instant(self.board.at - self.behind)

    def step(self, seconds: int) -> None:
        """The board's clock is set by so much; the source's is not."""
        self.board.at = Instant(self.board.at + seconds * SECOND)
        self.behind += seconds * SECOND


class Handed(msgspec.Struct, frozen=True):
    """One record as it was handed out."""

    record: Record
    fault: str | None = None
    """"field": it could not be read, "id": nor could it be told whose it is."""
    asked: bool = False
    """It was asked for by its id; no list held it."""


class Upstream(World):
    """A made-up world that knows what it has told."""

    def __init__(self, clock: SettableClock) -> None:
        self.handed: list[Handed] = []
        self._asking = False
        self.source_clock = SourceClock(clock)
        super().__init__(self.source_clock, page_size=3)

    async def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:
        """As the world does."""
        self._asking = True
        try:
            async for page in super().by_ids(kind, ids):
                yield page
        finally:
            self._asking = False

    def _node(self, record: Record) -> RawNode:
        self.handed.append(Handed(record, self.broken.get(record.id), self._asking))
        return super()._node(record)
