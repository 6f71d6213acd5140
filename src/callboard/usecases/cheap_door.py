"""The cheap door: a raw record whose bytes are already known to be reconciled is not decoded again.

The database remembers the hash of each record's bytes. It is seeded, so that a known one is a promise about this database,
this door and this program.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import xxhash
from pyroaring import BitMap

from callboard.domain.finding import Kind
from callboard.domain.run import Part
from callboard.ports import RawNode, RawPage, Source
from callboard.store import Store
from callboard.store.intake.memory import Memory, load_memory
from callboard.store.intake.spool import PROJECT, Moved

API = "api"
"""The door of the source's own API."""


class Page(msgspec.Struct, frozen=True):
    """One page on its way from the network to the database."""

    part: Part
    seq: int
    raw: RawPage
    fence: int = 0
    """What the worker that read it shows for the part."""


def promise_of(source: Source) -> str:
    """Equal for two programs whose hashes of a source's records promise the same."""
    promises = [source.promise(kind, API) for kind in (PROJECT, *(kind.word for kind in Kind))]
    return xxhash.xxh3_128_hexdigest("\0".join(promises).encode())


class Read(msgspec.Struct, frozen=True):
    """A page after the cheap door."""

    page: Page
    seen: BitMap
    moved: list[Moved]
    unknown: list[tuple[bytes, RawNode]]


class CheapDoor:
    """The door of one source by which one run's records come in."""

    def __init__(self, store: Store, source: Source, *, source_id: int, name: str = API) -> None:
        self._store = store
        self._source = source
        self._source_id = source_id
        self._name = name
        self._seeds: dict[str, int] = {}
        self._is_asked = False
        self._memory: Memory | None = None

    def past(self, pages: Sequence[Page]) -> list[Read]:
        """Which records are known to the byte, and which must be decoded. Blocking."""
        hashed = [self._hashed(page) for page in pages]
        if not self._is_asked:
            with self._store.read() as conn:
                self._memory = load_memory(conn, self._source_id)
            self._is_asked = True
        known: dict[bytes, tuple[int, int]] | None = self._memory
        if known is None:
            hashes = [raw_hash for page in hashed for raw_hash, _ in page]
            with self._store.read() as conn:
                known = self._store.dialect.known(conn, self._source_id, hashes)
        return [self._sorted(page, records, known) for page, records in zip(pages, hashed, strict=True)]

    def _hashed(self, page: Page) -> list[tuple[bytes, RawNode]]:
        if page.part.kind == PROJECT:
            return []
        seed = self._seed(page.part.kind)
        digest = xxhash.xxh3_128_digest
        return [(digest(node.stable, seed), node) for node in page.raw.nodes]

    @staticmethod
    def _sorted(page: Page, records: Sequence[tuple[bytes, RawNode]], known: dict[bytes, tuple[int, int]]) -> Read:
        if page.part.kind == PROJECT:
            # Few and small, so none is known: each run reads its projects whole.
            return Read(page, BitMap(), [], [(xxhash.xxh3_128_digest(node.raw), node) for node in page.raw.nodes])
        seen: list[int] = []
        moved: list[Moved] = []
        unknown: list[tuple[bytes, RawNode]] = []
        find = known.get
        for raw_hash, node in records:
            entry = find(raw_hash)
            if entry is None:
                unknown.append((raw_hash, node))
                continue
            id_, last = entry
            seen.append(id_)
            at = node.last_detected_at
            if at is not None and at > last:
                moved.append((id_, at, last > 0))
        return Read(page, BitMap(seen), moved, unknown)

    def _seed(self, kind: str) -> int:
        """Seeds hashes so that a known one is a promise about this database, this door and this program."""
        found = self._seeds.get(kind)
        if found is None:
            promise = "\0".join((self._store.seed, str(self._source_id), self._source.promise(kind, self._name)))
            found = xxhash.xxh3_64_intdigest(promise.encode())
            self._seeds[kind] = found
        return found

    def hash_of(self, kind: str, raw: bytes) -> bytes:
        """The hash of one record that came through this door."""
        return xxhash.xxh3_128_digest(raw, self._seed(kind))
