"""Brings the index up to date: what is news is read, everything else is taken over as it lies there."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from callboard.advisories.feeds import epss, kev, vulnrichment
from callboard.advisories.index import Feed, Index
from callboard.advisories.own import own_records
from callboard.advisories.reading import Document
from callboard.advisories.signs import Triage, pack_epss, pack_triage, unpack_triage
from callboard.advisories.writing import OWN_MODIFIED, Signs, build, pack_kev, swap
from callboard.domain.finding import Rejected
from callboard.domain.instant import Instant
from callboard.domain.packages.advisory import Advisory
from callboard.errors import AdvisoryIndexError, AdvisoryRefusedError
from callboard.formats.osv import OsvReader

MAX_REJECTED = 1_000
"""Reasons that are kept; more are counted."""
_PEEK = 4_096


class _Head(msgspec.Struct, array_like=True):
    """The first fields of a record: the rest need not be decoded to know whether there is news."""

    id: str
    modified: int


class UpdateReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did."""

    path: str
    records: int
    """In the index now, with those that came with Callboard."""
    seen: int
    """Records that the documents held."""
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    malicious: int
    feeds: tuple[Feed, ...]
    rejected: tuple[Rejected, ...]
    rejected_count: int
    bytes: int


class Update:
    """One update in the making. Feed it documents, then `finish`."""

    def __init__(self, previous: Index | None, now: Instant) -> None:
        self._previous = previous
        self._now = now
        self._reader = OsvReader()
        self._packed: dict[str, bytes | memoryview] = {}
        self._modified: dict[str, int] = {}
        self._read: dict[str, Advisory] = {}
        self._triage: dict[str, Triage] = {}
        self._triage_newest: Instant | None = None
        self._kev: bytes | None = None
        self._epss: bytes | None = None
        self._feeds = {feed.name: feed for feed in previous.facts.feeds} if previous is not None else {}
        self._rejected: list[Rejected] = []
        self._rejected_count = self._seen = self._new = self._changed = self._unchanged = 0
        self._own_before: dict[str, bytes] = {}
        head = msgspec.msgpack.Decoder(_Head)
        for packed in previous.raw_records() if previous is not None else ():
            found = head.decode(packed)
            if found.modified != OWN_MODIFIED:
                self._packed[found.id] = packed
                self._modified[found.id] = found.modified
            else:
                self._own_before[found.id] = bytes(packed)

    @property
    def rejected_count(self) -> int:
        """Documents that could not be read so far."""
        return self._rejected_count

    def newest(self, feed: str) -> Instant | None:
        """The last change that the index knows of from a feed. None: it was not read yet."""
        found = self._feeds.get(feed)
        return found.newest if found is not None else None

    def is_known(self, advisory_id: str, modified: Instant) -> bool:
        """Whether this state of a record, or a later one, is in the index."""
        return self._modified.get(advisory_id, -1) >= modified

    def take(self, documents: Iterable[Document], feed: str) -> None:
        """Takes in documents of any kind. One that cannot be read is counted with its reason; the others go on."""
        count = refused = 0
        newest = Instant(0)
        for document in documents:
            try:
                modified = self._document(document)
            except AdvisoryRefusedError as error:
                refused += 1
                self._reject(document.place, error.message)
                continue
            if modified is not None:
                count += 1
                newest = max(newest, modified)
        old = self._feeds.get(feed)
        if old is not None and old.newest is not None:
            newest = max(newest, old.newest)
        if count or refused:
            self._feeds[feed] = Feed(feed, self._now, count, refused, None, newest or None)

    def finish(self, path: Path) -> UpdateReport:
        """Writes the index and puts it in place of the old one."""
        own = self._own()
        before = self._signs_before()
        signs = self._signs(before)
        old = self._previous
        if old is not None and not (self._new or self._changed) and (own, signs) == (self._own_before, before):
            # Nothing is news but when it was looked at: the same file, with other words about it.
            feeds = tuple(self._feeds.values())
            content = old.with_facts(msgspec.structs.replace(old.facts, made_at=self._now, feeds=feeds))
        else:
            self._packed |= own
            content = build(self._records(), feeds=tuple(self._feeds.values()), signs=signs, now=self._now)
        swap(path, content)
        facts = Index(memoryview(content)).facts
        return UpdateReport(
            path=str(path),
            records=facts.records,
            seen=self._seen,
            new=self._new,
            changed=self._changed,
            unchanged=self._unchanged,
            withdrawn=facts.withdrawn,
            malicious=facts.malicious,
            feeds=facts.feeds,
            rejected=tuple(self._rejected),
            rejected_count=self._rejected_count,
            bytes=len(content),
        )

    def _document(self, document: Document) -> Instant | None:
        """When the record last changed. None: it was no record but a catalog."""
        if document.problem is not None:
            raise AdvisoryRefusedError(document.problem)
        start = document.content[:_PEEK]
        if start.startswith(epss.MARK):
            scores, version = epss.read(document.content)
            self._epss = pack_epss(scores)
            self._feeds["epss"] = Feed("epss", self._now, len(scores), 0, version)
            return None
        if kev.MARK in start:
            rows, version, released = kev.read(document.content)
            self._kev = pack_kev(rows)
            self._feeds["kev"] = Feed("kev", self._now, len(rows), 0, version, released)
            return None
        if vulnrichment.MARK in start:
            cve, triage, updated = vulnrichment.read(document.content)
            if triage is not None:
                self._triage[cve] = triage
            if updated is not None and updated > (self._triage_newest or 0):
                self._triage_newest = updated
            return None
        return self._record(document.content)

    def _record(self, content: bytes) -> Instant:
        name, modified = self._reader.head(content)
        self._seen += 1
        known = self._modified.get(name)
        if known is not None and known >= modified:
            self._unchanged += 1
            return modified
        advisory = self._reader.read(content)
        self._packed[name] = msgspec.msgpack.encode(advisory)
        self._modified[name] = modified
        self._read[name] = advisory
        if known is None:
            self._new += 1
        else:
            self._changed += 1
        return modified

    def _own(self) -> dict[str, bytes]:
        """Records that came with Callboard and that no feed knows, packed."""
        found: dict[str, bytes] = {}
        for record in own_records():
            advisory = self._reader.read(record)
            if advisory.id not in self._packed:
                found[advisory.id] = msgspec.msgpack.encode(msgspec.structs.replace(advisory, modified=OWN_MODIFIED))
        return found

    def _records(self) -> Iterator[tuple[Advisory, bytes]]:
        decode = msgspec.msgpack.Decoder(Advisory).decode
        for name, packed in self._packed.items():
            yield self._read.get(name) or decode(packed), bytes(packed)

    def _signs_before(self) -> Signs:
        old = self._previous
        if old is None:
            return Signs()
        return Signs(
            kev=bytes(old.section("kev")), epss=bytes(old.section("epss")), triage=bytes(old.section("triage"))
        )

    def _signs(self, before: Signs) -> Signs:
        """Catalogs come whole and replace the old ones; CISA's records come one by one and are added to the old ones."""
        triage = before.triage
        if self._triage:
            rows = unpack_triage(memoryview(before.triage)) | self._triage
            triage = pack_triage(rows)
            self._feeds["vulnrichment"] = Feed("vulnrichment", self._now, len(rows), 0, None, self._triage_newest)
        return Signs(kev=self._kev or before.kev, epss=self._epss or before.epss, triage=triage)

    def _reject(self, place: str, reason: str) -> None:
        self._rejected_count += 1
        if len(self._rejected) < MAX_REJECTED:
            self._rejected.append(Rejected(where=place, reason=reason))


@contextmanager
def updating(path: Path, now: Instant, *, afresh: bool = False) -> Iterator[Update]:
    """An update of the index at `path`, alone: a second one waits. One that cannot be used any more is made anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        previous: Index | None = None
        if not afresh and path.exists():
            try:
                previous = Index.open(path)
            except AdvisoryIndexError:
                previous = None
        yield Update(previous, now)


def own_index(now: Instant) -> Index:
    """An index of what came with Callboard, in memory: what there is before the first update."""
    reader = OsvReader()
    found = [msgspec.structs.replace(reader.read(record), modified=OWN_MODIFIED) for record in own_records()]
    content = build(((each, msgspec.msgpack.encode(each)) for each in found), feeds=(), signs=Signs(), now=now)
    return Index(memoryview(content))
