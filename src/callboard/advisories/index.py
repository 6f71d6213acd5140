"""The index of advisories: one file, mapped and not read, that every process answers from.

    head        magic, format, size of the whole file, place of the facts
    records     length and msgpack of each advisory
    packages    table: ecosystem and normalised name → places of records
    ids         table: id → place of the record
    integrity   table: hash of a harmful file → places of records
    kev, epss, triage
    facts       msgpack: when, from what, how many, where each section is

A file is never changed: an update writes a new one beside it and moves it into place, so that a reader sees the old one or
the new one. A file of another format is refused, and made anew by `callboard advisories update`.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import msgspec

from callboard.advisories.signs import Exploited, Likelihood, Triage, find_epss, find_triage
from callboard.advisories.table import Table
from callboard.domain.instant import Instant
from callboard.domain.packages.advisory import Advisory
from callboard.domain.packages.package import PackageKey
from callboard.errors import AdvisoryIndexError

MAGIC = b"callboard advisories"
FORMAT = 1
"""Grows with every change of the file, of what is kept of a record, or of how versions are compared."""
HEAD = struct.Struct("<20sIQQI")
HINT = "Make it anew with `callboard advisories update`."


class Feed(msgspec.Struct, frozen=True):
    """One thing that the index was made from."""

    name: str
    read_at: Instant
    records: int
    refused: int = 0
    """Records that could not be read."""
    version: str | None = None
    """The publisher's own version or date of it; of EPSS the model."""
    newest: Instant | None = None
    """The last change that it tells of."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the index itself."""

    made_at: Instant
    seed: int
    records: int
    withdrawn: int
    malicious: int
    own: int
    """Records that came with Callboard and from nowhere else."""
    ecosystems: Mapping[str, int]
    """Records by ecosystem, without those that came with Callboard."""
    feeds: tuple[Feed, ...]
    sections: Mapping[str, tuple[int, int]]


class Index:
    """An open index. Threads may share it; it stays good when the file is replaced."""

    def __init__(self, buffer: memoryview, *, path: Path | None = None, stamp: tuple[int, int] | None = None) -> None:
        self._buffer = buffer
        self._path = path
        self._stamp = stamp
        try:
            magic, form, size, start, length = HEAD.unpack_from(buffer, 0)
            if magic != MAGIC:
                raise AdvisoryIndexError(f"{path or 'It'} is no index of advisories.", hint=HINT)
            if form != FORMAT:
                raise AdvisoryIndexError(f"{path or 'The index'} was made by another version of Callboard.", hint=HINT)
            if size != len(buffer):
                raise AdvisoryIndexError(
                    f"{path or 'The index'} is damaged: {len(buffer):,} of {size:,} bytes.", hint=HINT
                )
            self.facts = msgspec.msgpack.decode(buffer[start : start + length], type=Facts)
            self._packages = self._table("packages")
            self._ids = self._table("ids")
        except (struct.error, msgspec.DecodeError, KeyError) as error:
            raise AdvisoryIndexError(f"{path or 'The index'} is damaged.", hint=HINT) from error
        self._records: dict[int, Advisory] = {}
        self._decoder = msgspec.msgpack.Decoder(Advisory)
        self._kev: Mapping[str, Exploited] | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Maps the file. Raises AdvisoryIndexError where there is none, or where it cannot be used."""
        try:
            with path.open("rb") as stream:
                state = os.fstat(stream.fileno())
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise AdvisoryIndexError(f"There is no index of advisories at {path}.", hint=HINT) from None
        except (OSError, ValueError) as error:
            raise AdvisoryIndexError(f"{path} cannot be read as an index of advisories.", hint=HINT) from error
        return cls(memoryview(mapped), path=path, stamp=(state.st_ino, state.st_mtime_ns))

    def is_current(self) -> bool:
        """Whether the file is still the one that was opened; a look costs microseconds."""
        if self._path is None:
            return True
        with contextlib.suppress(OSError):
            state = self._path.stat()
            return (state.st_ino, state.st_mtime_ns) == self._stamp
        return False

    def about(self, key: PackageKey) -> list[Advisory]:
        """Every record that names this package, the withdrawn ones too."""
        found = self._packages.get(package_bytes(key))
        return [self._record(place) for place in found] if found else []

    def record(self, advisory_id: str) -> Advisory | None:
        """A record by its id."""
        found = self._ids.get(advisory_id.encode("utf-8", "replace"))
        return self._record(found[0]) if found else None

    @property
    def knows_hashes(self) -> bool:
        """Whether any record lists the hash of a harmful file."""
        return len(self._table("integrity")) > 0

    def with_integrity(self, value: str) -> list[Advisory]:
        """Records that list this hash of a file as harmful."""
        return [self._record(place) for place in self._table("integrity").get(value.encode("utf-8", "replace"))]

    def exploited(self, cve: str) -> Exploited | None:
        """Its line in the catalog of known exploited vulnerabilities."""
        if self._kev is None:
            self._kev = msgspec.msgpack.decode(self.section("kev"), type=dict[str, Exploited])
        return self._kev.get(cve)

    def likelihood(self, cve: str) -> Likelihood | None:
        """Its EPSS score."""
        return find_epss(self.section("epss"), cve)

    def triage(self, cve: str) -> Triage | None:
        """CISA's decision points about it."""
        return find_triage(self.section("triage"), cve)

    def raw_records(self) -> Iterator[memoryview]:
        """The bytes of every record, to make another index of."""
        start, length = self.facts.sections["records"]
        place, end = start, start + length
        while place < end:
            (size,) = struct.unpack_from("<I", self._buffer, place)
            yield self._buffer[place + 4 : place + 4 + size]
            place += 4 + size

    def with_facts(self, facts: Facts) -> bytes:
        """The same index with something else said of it: everything before the facts as it is."""
        *_, start, _ = HEAD.unpack_from(self._buffer, 0)
        told = msgspec.msgpack.encode(facts)
        content = bytearray(self._buffer[:start]) + told
        HEAD.pack_into(content, 0, MAGIC, FORMAT, len(content), start, len(told))
        return bytes(content)

    def section(self, name: str) -> memoryview:
        """The bytes of one section."""
        start, length = self.facts.sections[name]
        return self._buffer[start : start + length]

    def _table(self, name: str) -> Table:
        return Table(self.section(name), self.facts.seed)

    def _record(self, place: int) -> Advisory:
        found = self._records.get(place)
        if found is None:
            (size,) = struct.unpack_from("<I", self._buffer, place)
            try:
                found = self._decoder.decode(self._buffer[place + 4 : place + 4 + size])
            except msgspec.DecodeError as error:
                raise AdvisoryIndexError(f"{self._path or 'The index'} is damaged.", hint=HINT) from error
            self._records[place] = found
        return found


def package_bytes(key: PackageKey) -> bytes:
    """The key of a package in the table."""
    return "\0".join(key).encode("utf-8", "replace")
