"""What a manifest says when it has been read: packages, what needs what, and what could not be known."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from callboard.domain.packages.package import Package
from callboard.errors import MalformedManifestError

MAX_ENTRIES = 50_000
"""Entries in one manifest at most. A large portal has 4,000, the largest company-wide repositories some 20,000."""
MAX_EDGES = 500_000
"""Edges in one manifest at most."""


@enum.unique
class Origin(enum.StrEnum):
    """Where the content of a package comes from."""

    REGISTRY = "registry"
    GIT = "git"
    URL = "url"
    FILE = "file"
    LINK = "link"
    """A folder outside the workspaces, used in place."""
    WORKSPACE = "workspace"
    """The project's own code; not a package of others."""
    PATCH = "patch"
    """A package of a registry, changed by a patch of the project's own or of the package manager's."""
    EXEC = "exec"
    """Made by a program while installing."""


@enum.unique
class Need(enum.IntEnum):
    """How something is needed; the smaller, the stronger."""

    PRODUCTION = 0
    PEER = 1
    """Needed, and brought along by whoever needs the needer."""
    OPTIONAL = 2
    UNKNOWN = 3
    """The format does not tell what the project itself needs it for."""
    DEVELOPMENT = 4

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower()


@enum.unique
class Fact(enum.StrEnum):
    """What a format may leave open."""

    DIRECT = "direct"
    SCOPE = "scope"
    EDGES = "edges"
    PEERS = "peers"
    HOST = "host"
    INTEGRITY = "integrity"
    INSTALL_SCRIPT = "install_script"
    VERSION = "version"


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """Something that this manifest cannot tell."""

    fact: Fact
    why: str
    """A sentence."""


class Problem(msgspec.Struct, frozen=True, gc=False):
    """Something in the manifest that could not be read, or does not hold together. The rest was read."""

    line: int | None
    reason: str
    """A sentence that says what was expected."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of a manifest. A package may have several: in several places, patched, or with other peers."""

    package: Package
    line: int
    """Where it stands, counted from 1."""
    origin: Origin = Origin.REGISTRY
    aliases: tuple[str, ...] = ()
    """Other names that it is installed under."""
    integrity: tuple[str, ...] = ()
    """Hashes of what the registry hands out, as the manifest has them: "sha512-…" or "sha256:…"."""
    checksum: str | None = None
    """The package manager's own hash of something else, which no other hash can be compared with."""
    location: str | None = None
    """Address, repository or path that it comes from. None: the manifest does not tell."""
    commit: str | None = None
    """Of a git repository. None with origin git: a moving target."""
    install_script: bool | None = None
    """Whether installing it runs its code. None: the format does not tell."""
    deprecated: str | None = None
    """What its registry said when it was locked."""
    conditional: bool = False
    """Only on some platforms or versions."""
    bundled: bool = False
    """Shipped inside of what needs it."""
    direct: bool | None = None
    """Whether the project itself asks for it. None: cannot be known."""
    need: Need | None = None
    """The strongest way in which the project needs it. None: nothing that was read reaches it."""
    groups: tuple[str, ...] = ()
    """Named groups of the project's dependencies that it belongs to."""
    found_in: str | None = None
    """The file, with its line where that is known, that a bill says it was found in. None: no bill, or it does not tell."""

    @property
    def is_own(self) -> bool:
        """Whether it is the project's own code."""
        return self.origin is Origin.WORKSPACE

    @property
    def host(self) -> str | None:
        """The host of `location`, in lower case. None: no address, or none given."""
        _, scheme, rest = (self.location or "").partition("://")
        if not scheme:
            return None
        host = rest.partition("/")[0].rpartition("@")[2]
        return host.partition(":")[0].lower() or None


class Edge(msgspec.Struct, frozen=True, gc=False):
    """One entry needs another. Positions in `Lock.entries`."""

    by: int
    to: int
    need: Need = Need.PRODUCTION


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest that has been read."""

    path: str
    format: str
    """For example "yarn-berry"."""
    version: str
    """Of the format. Empty: it has none."""
    entries: tuple[Entry, ...]
    """In the order of the file."""
    edges: tuple[Edge, ...]
    unknown: tuple[Unknown, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def foreign(self) -> Iterator[Entry]:
        """The entries that are other people's code."""
        return (entry for entry in self.entries if entry.origin is not Origin.WORKSPACE)

    def packages(self) -> dict[Package, list[Entry]]:
        """Each package of other people once, with its entries."""
        found: dict[Package, list[Entry]] = {}
        for entry in self.foreign:
            found.setdefault(entry.package, []).append(entry)
        return found

    def tells(self, fact: Fact) -> bool:
        """Whether this manifest can tell."""
        return all(unknown.fact is not fact for unknown in self.unknown)

    def needers(self) -> dict[int, list[Edge]]:
        """The edges that lead to each entry."""
        found: dict[int, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.to, []).append(edge)
        return found

    def path_to(self, position: int) -> tuple[int, ...]:
        """A shortest way from the project to an entry, both ends included. Just the entry where nothing leads to it."""
        needers = self.needers()
        came: dict[int, int] = {position: -1}
        queue = [position]
        for at in queue:
            if at != position and at not in needers:
                break
            if self.entries[at].is_own:
                break
            for edge in needers.get(at, ()):
                if edge.by not in came:
                    came[edge.by] = at
                    queue.append(edge.by)
        else:
            return (position,)
        way = [at]
        while came[way[-1]] != -1:
            way.append(came[way[-1]])
        return tuple(way)

    def owners(self) -> dict[int, tuple[int, ...]]:
        """For each entry of others the project's own entries that reach it: the workspaces that have to act."""
        needs: dict[int, list[int]] = {}
        for edge in self.edges:
            needs.setdefault(edge.by, []).append(edge.to)
        found: dict[int, list[int]] = {}
        for own, entry in enumerate(self.entries):
            if not entry.is_own:
                continue
            queue = [own]
            seen = {own}
            for at in queue:
                for to in needs.get(at, ()):
                    # What another workspace needs is that one's to mend.
                    if to not in seen and not self.entries[to].is_own:
                        seen.add(to)
                        queue.append(to)
                        found.setdefault(to, []).append(own)
        return {at: tuple(owners) for at, owners in found.items()}


class Draft:
    """A lock in the making: entries and edges are added, then what follows from them is worked out once."""

    def __init__(self, path: str, format_: str, version: str = "") -> None:
        self.path = path
        self.format = format_
        self.version = version
        self.entries: list[Entry] = []
        self.edges: dict[tuple[int, int], Need] = {}
        self.unknown: list[Unknown] = []
        self.problems: list[Problem] = []

    def add(self, entry: Entry) -> int:
        """Adds an entry and says its position. Raises MalformedManifestError when there are too many."""
        if len(self.entries) >= MAX_ENTRIES:
            raise MalformedManifestError(
                f"more than {MAX_ENTRIES:,} entries in one file", path=self.path, line=entry.line
            )
        self.entries.append(entry)
        return len(self.entries) - 1

    def edge(self, by: int, to: int, need: Need = Need.PRODUCTION) -> None:
        """Adds an edge; of two between the same entries the stronger stays. Raises MalformedManifestError."""
        known = self.edges.get((by, to))
        if known is None or need < known:
            self.edges[by, to] = need
            if len(self.edges) > MAX_EDGES:
                raise MalformedManifestError(f"more than {MAX_EDGES:,} edges in one file", path=self.path)

    def cannot_tell(self, fact: Fact, why: str) -> None:
        """Says that the format leaves something open."""
        self.unknown.append(Unknown(fact, why))

    def problem(self, line: int | None, reason: str) -> None:
        """Notes something that could not be read. The hundredth is the last."""
        if len(self.problems) < 100:
            self.problems.append(Problem(line, reason))

    def finish(self, *, reach: bool = True) -> Lock:
        """The lock. With `reach` what is direct, and how it is needed, follows from the edges of the project's own entries."""
        entries = self.entries
        if reach:
            entries = list(_reached(entries, self.edges))
        return Lock(
            path=self.path,
            format=self.format,
            version=self.version,
            entries=tuple(entries),
            edges=tuple(Edge(by, to, need) for (by, to), need in self.edges.items()),
            unknown=tuple(self.unknown),
            problems=tuple(self.problems),
        )


def _reached(entries: Sequence[Entry], edges: Mapping[tuple[int, int], Need]) -> Iterable[Entry]:
    """The entries with `direct` and `need`. Own entries are needed for production: they are the project."""
    needs: list[list[tuple[int, Need]]] = [[] for _ in entries]
    for (by, to), need in edges.items():
        needs[by].append((to, need))
    direct: set[int] = set()
    levels: list[Need | None] = [None] * len(entries)
    queues: dict[Need, list[int]] = {need: [] for need in Need}
    for at, entry in enumerate(entries):
        if entry.origin is Origin.WORKSPACE:
            levels[at] = Need.PRODUCTION
            queues[Need.PRODUCTION].append(at)
            direct.update(to for to, _ in needs[at])
    for level, queue in queues.items():
        for at in queue:
            if levels[at] is not level:
                continue  # reached in a stronger way since
            for to, need in needs[at]:
                reached = max(level, Need.PRODUCTION if need is Need.PEER else need)
                known = levels[to]
                if known is None or reached < known:
                    levels[to] = reached
                    queues[reached].append(to)
    replace = msgspec.structs.replace
    for at, entry in enumerate(entries):
        yield entry if entry.origin is Origin.WORKSPACE else replace(entry, direct=at in direct, need=levels[at])
