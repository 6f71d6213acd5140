"""The invented company as a source and a catalog, so that it comes by the road that everything comes by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec

from benchmarks.invented import NOW, World
from callboard.domain.component import CatalogReading
from callboard.domain.finding import Kind, Observed, Rejected
from callboard.domain.instant import Instant
from callboard.domain.run import Mode, Part, Scope, Size
from callboard.ports import Check, ProjectRecord, RawNode, RawPage, Split

PAGE = 500


class StillClock:
    """Stands at the invented present, a microsecond further with each look."""

    def __init__(self) -> None:
        self._now = NOW

    def now(self) -> Instant:
        """The present."""
        self._now = Instant(self._now + 1)
        return self._now


class InventedCatalog:
    """Implements `ports.Catalog`."""

    name = "catalog"

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self) -> CatalogReading:
        """All of it."""
        return CatalogReading(entities=tuple(self._world.entities), complete=True)

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()


class InventedSource:
    """Implements `ports.Source`: pages of JSON, which are parsed when Callboard asks for it."""

    name = "invented"
    kind = "invented"
    scope = Scope(kinds=(Kind.MISCONFIGURATION,))

    def __init__(self, world: World) -> None:
        encode = msgspec.json.encode
        self._lists = {
            "project": [encode(each) for each in world.projects],
            Kind.MISCONFIGURATION.word: [encode(each) for each in world.observed],
        }

    def promise(self, part_kind: str, door: str) -> str:
        """One version."""
        return f"invented/{part_kind}/{door}"

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:  # noqa: ARG002 - the port's
        """Projects, then findings."""
        return tuple(Part(name=f"{kind}/all", kind=kind, filter="{}") for kind in self._lists)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        """Pages by offset."""
        records = self._lists[part.kind]
        for start in range(int(cursor or 0), max(1, len(records)), PAGE):
            end = start + PAGE
            nodes = [RawNode(stable=raw, raw=raw) for raw in records[start:end]]
            yield RawPage(nodes=nodes, cursor=None if end >= len(records) else str(end), expected=len(records))

    async def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:  # noqa: ARG002 - the port's
        """Never asked: nothing goes missing here."""
        yield RawPage(nodes=(), cursor=None)

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:  # noqa: ARG002 - the port's
        """One record."""
        return msgspec.json.decode(raw, type=Observed)

    def parse_project(self, raw: bytes | memoryview) -> ProjectRecord | Rejected:
        """One project."""
        return msgspec.json.decode(raw, type=ProjectRecord)

    async def estimate(self, *, now: Instant) -> AsyncIterator[Size]:  # noqa: ARG002 - the port's
        """Part by part."""
        for kind, records in self._lists.items():
            yield Size(part=f"{kind}/all", count=len(records), capped=False, calls=1)

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()

    async def close(self) -> None:
        """Nothing to let go."""
