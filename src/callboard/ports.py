"""Ports: only where two implementations exist."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from callboard.domain.component import CatalogReading, EntityRef
from callboard.domain.finding import Kind, Observed, Rejected
from callboard.domain.forge import Activity, File, Head, Kept, Listed, Tree
from callboard.domain.instant import Instant
from callboard.domain.packages.at_registry import Said, Terms
from callboard.domain.packages.feed import Fetched
from callboard.domain.packages.lock import Lock
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_match import Matched
from callboard.domain.person import Person
from callboard.domain.remediation.message import Message
from callboard.domain.remediation.ticket import TicketDraft, Told
from callboard.domain.remediation.write_back import Outcome, Wish
from callboard.domain.run import Mode, Part, Scope, Size


class RawNode(msgspec.Struct, frozen=True, gc=False):
    """One record as it came, split into what makes it the same record and what moves on every scan."""

    stable: bytes | memoryview
    """The bytes without the moving fields: what is hashed."""
    raw: bytes | memoryview
    """The whole record: what is parsed."""
    last_detected_at: Instant | None = None


class RawPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a part."""

    nodes: Sequence[RawNode]
    cursor: str | None
    """Where the next page starts. None: this was the last one."""
    expected: int | None = None
    """How many records the whole part holds, where the source tells; for progress only."""
    sent_at: Instant | None = None
    """What the source's own clock showed when it sent this. None: it does not tell."""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """The part is larger than the source hands out in one walk: read these parts instead."""

    parts: tuple[Part, ...]


class ProjectRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A project as its own listing tells it."""

    external_id: str
    name: str
    slug: str | None = None
    is_folder: bool = False
    archived: bool = False
    parent_id: str | None = None
    nesting_level: int = 0
    business_unit: str | None = None
    business_impact: str | None = None
    owners: tuple[str, ...] = ()
    """E-mail addresses."""
    champions: tuple[str, ...] = ()
    """E-mail addresses of the security champions."""
    repositories: tuple[str, ...] = ()
    """External ids of linked repositories."""
    services: tuple[str, ...] = ()
    """Names of linked application services."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `callboard doctor`."""

    subject: str
    ok: bool | None
    """None: could not be found out."""
    message: str
    hint: str | None = None


class Turns(Protocol):
    """The pace at which one account may be called, by however many processes."""

    async def take(self) -> None:
        """Wait until one more call may be made. Raises StoreError when nobody can tell."""

    async def hold(self, seconds: float) -> None:
        """The account was told to wait for so long."""


TurnsOf = Callable[[str, float], Turns]
"""The turns of an account, which calls so many times a second at most. Any text that names the account will do."""


class Source(Protocol):
    """A configured place findings come from."""

    @property
    def name(self) -> str:
        """The operator's name for it, unique."""

    @property
    def kind(self) -> str:
        """Which room reads it, for example "wiz"."""

    @property
    def scope(self) -> Scope:
        """What its runs ask about."""

    def promise(self, part_kind: str, door: str) -> str:
        """Text that changes whenever our reading of a record would: parser version and query. Seeds the hashes."""

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:
        """The parts of a run, in the order to read them. `since` is the watermark of a delta run."""

    def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        """The pages of one part from a cursor on. Raises SourceError; a page is whole or not given at all."""

    def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:
        """What the source says about these ids now, whatever the scope."""

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One finding record. Never raises for bad input."""

    def parse_project(self, raw: bytes | memoryview) -> ProjectRecord | Rejected:
        """One project record. Never raises for bad input."""

    def estimate(self, *, now: Instant) -> AsyncIterator[Size]:
        """How much a first run would read, part by part."""

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""

    async def close(self) -> None:
        """Let go of connections."""


class Writer(Protocol):
    """A source that can be written to."""

    async def write(self, kind: Kind, external_id: str, wish: Wish, /) -> Outcome:
        """Write one thing about one finding, unless it stands there already or somebody else changed it meanwhile.

        May be asked for the same twice. Raises SourceUnreachableError for what is worth another attempt.
        """


class SourceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a room of sources offers to wiring before anything is configured. Each room has one, called `SOURCE`."""

    kind: str
    """The word in the configuration, for example "wiz"."""
    title: str
    """For people, for example "Wiz"."""
    config: type[msgspec.Struct]
    """What the operator's file must hold, with a docstring under each field."""
    build: Callable[[Any, str, TurnsOf | None], Source]
    """From a value of `config`, our user agent, and where its account takes turns. None: only this process calls.

    Opens nothing yet.
    """
    file_kinds: tuple[str, ...] = ()
    """Kinds of files that `read_file` takes, for `--as`."""
    detect_file: Callable[[Path], str] | None = None
    """Which of `file_kinds` a file is. Raises ImportRefusedError naming what was expected."""
    read_file: Callable[[Path, str | None], Iterator[Observed | Rejected]] | None = None
    """The findings of a file that the product exported. None: files are not read."""
    hook_ids: Callable[[bytes], tuple[str, ...]] | None = None
    """The issue ids that a webhook body names, and nothing else of it. None: no webhooks."""


class Catalog(Protocol):
    """Where components and their owners come from."""

    @property
    def name(self) -> str:
        """The operator's name for it."""

    async def read(self) -> CatalogReading:
        """One whole reading. Raises CatalogError when nothing could be read at all."""

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""


class Directory(Protocol):
    """Who is in which group, asked about one person at a time."""

    async def person(self, ref: EntityRef) -> Person | None:
        """The user of this reference, with the groups that the catalog names now. None: there is none. Raises CatalogError."""

    async def people(self, field: str, value: str) -> tuple[EntityRef, ...]:
        """The users of whom a field has this value: `email`, `name`, or the key of an annotation. Raises CatalogError."""


class Repositories(Protocol):
    """Source repositories: an organisation on a forge, or a folder of checkouts."""

    @property
    def name(self) -> str:
        """The operator's name for it."""

    @property
    def host(self) -> str:
        """The forge as it stands in annotations, for example "github.com"."""

    @property
    def calls(self) -> int:
        """How many requests this one has made."""

    @property
    def at_once(self) -> int:
        """How many repositories may be read side by side."""

    @property
    def wants_slugs(self) -> bool:
        """Whether the catalog's slugs on this host are to be read too."""

    def listing(self, slugs: Sequence[str], kept: MutableMapping[str, Kept]) -> AsyncIterator[Listed]:
        """Every repository once, then those of `slugs` that were not among them.

        `kept` holds the answers of the last time by their address and is brought up to date. Raises RepositoryError when
        the listing cannot go on; what came before is good.
        """

    async def tree(self, head: Head, etag: str | None) -> Tree | None:
        """The files on the default branch. None: as they were when `etag` was given. Raises RepositoryError."""

    async def file(self, head: Head, file: File, *, max_bytes: int) -> bytes:
        """One file's content. Raises RepositoryError, also when it is larger."""

    async def activity(self, head: Head, folders: Sequence[str], since: Instant) -> Activity:
        """Who committed to these folders since then, without programs. Raises RepositoryError."""

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""

    async def close(self) -> None:
        """Let go of what is open."""


class Gathering(Protocol):
    """What knows which files of a repository are manifests, and reads them. The program's own, or a test's."""

    READS_AS: str
    """Changes whenever more or other things are read out of manifests."""

    def chosen(self, paths: Iterable[str], /) -> list[str]:
        """The manifests among all files."""

    def is_perhaps(self, path: str, /) -> bool:
        """Whether only its content says that such a file is a manifest: if it is none, nobody misses it."""

    def beside(
        self, path: str, raw: bytes, is_there: Callable[[str], bool], below: Callable[[str], Iterable[str]], /
    ) -> list[str]:
        """The files that tell what a manifest leaves open, by their path from its folder."""

    def read_lock(self, path: str, raw: bytes, near: Mapping[str, bytes], /) -> Lock:
        """What a manifest says. Raises ManifestError."""

    def digest(self, files: Mapping[str, bytes], /) -> str:
        """Equal for equal files that are read alike."""


class Judge(Protocol):
    """What knows which packages are vulnerable or malicious."""

    @property
    def mark(self) -> str:
        """Names the state of what it knows: another mark may mean other answers."""

    @property
    def feeds(self) -> tuple[Fetched, ...]:
        """The lists that it knows it from, and when each was fetched. Empty: only from what came with Callboard."""

    def judge(self, packages: Mapping[Package, Collection[str]], /) -> Judged:
        """What is known about each of these, which come with the hashes of their files.

        Of one that is not in the answer nothing bad is known.
        """


class Judged(msgspec.Struct, frozen=True):
    """What is known about some packages."""

    matches: Mapping[Package, tuple[Matched, ...]]
    not_evaluated: int
    """Packages about which nothing, or not everything, could be said: they are not clean."""
    blind: tuple[str, ...] = ()
    """Sentences about what nobody looked for, whatever the package."""


class Registry(Protocol):
    """Where packages of one ecosystem are published."""

    @property
    def terms(self) -> Terms:
        """What the operator says about it."""

    @property
    def calls(self) -> int:
        """Requests that may be made in one go."""

    async def ask(self, name: str, etag: str | None, /) -> Asked:
        """What is said about a name, as its ecosystem compares names. With `etag`: only if that changed.

        Raises OutboundError.
        """

    async def check(self) -> tuple[Check, ...]:
        """Whether it answers, for `callboard doctor`."""


class Asked(msgspec.Struct, frozen=True):
    """A registry's answer."""

    said: Said | None
    """None: the same as when the mark was given, or nothing that can be used, such as more than is read."""
    etag: str | None
    is_same: bool = False


class Channel(Protocol):
    """A place where teams read along: a chat, a mailbox, a program."""

    @property
    def name(self) -> str:
        """The operator's name for it."""

    async def send(self, message: Message, address: str, /) -> None:
        """Hand it over, with the key that names it. `address`: a person or a list there; "": the place itself.

        Raises ChannelUnreachableError for what is worth another attempt, and ChannelRefusedError.
        """

    def preview(self, message: Message, address: str, /) -> str:
        """What would be sent, as text."""

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator. Nothing is sent."""

    async def close(self) -> None:
        """Let go of connections."""


class Tracker(Protocol):
    """A place where work is kept as tickets. Every call raises ChannelUnreachableError or ChannelRefusedError."""

    @property
    def name(self) -> str:
        """The operator's name for it."""

    async def find(self, marker: str, since: Instant, /) -> Told | None:
        """The ticket with this marker, made since then. None: there is none."""

    async def create(self, draft: TicketDraft, /) -> Told:
        """Make one."""

    async def read(self, key: str, etag: str | None, /) -> Told | None:
        """What is said of it now. None: the same as when `etag` was given. Raises NotFoundError."""

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator. Nothing is made."""

    async def close(self) -> None:
        """Let go of connections."""


class Clock(Protocol):
    """The time, passed in."""

    def now(self) -> Instant:
        """The present instant."""
