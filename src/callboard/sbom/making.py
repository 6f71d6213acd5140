"""A bill of materials from locks. Edges are those of the locks: what nothing reaches is attached to nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from callboard import __version__
from callboard.domain.packages.bom import MANIFEST, OWN, SCRIPT, Bom, Completeness, Component
from callboard.domain.packages.hashes import digest_of
from callboard.domain.packages.lock import Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import Package
from callboard.errors import InvalidPurlError

_NAMES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_SPACE = uuid.UUID("6c1c6f0e-0b7a-5d57-9d3c-7f1f0a3f6a11")
"""Of our serial numbers."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the maker of a bill says of it."""

    name: str
    """Of what the bill is about."""
    version: str = ""
    supplier: str = ""
    """Who produces it."""
    authors: tuple[str, ...] = ()
    """Who made the bill."""
    timestamp: str
    """ISO 8601 in UTC, ending in Z."""


def make_bom(locks: Sequence[Lock], about: About, unread: Sequence[str] = ()) -> Bom:
    """The bill of one project. The same locks and the same words give the same bill.

    `unread` are sentences about what was there and could not be read: they make the bill incomplete.
    """
    maker = _Maker(about)
    maker.unknown.update(dict.fromkeys(unread))
    maker.problems = bool(unread)
    for lock in locks:
        maker.add(lock)
    return maker.finish(locks)


class _Maker:
    def __init__(self, about: About) -> None:
        self.about = about
        self.root = Component(
            ref="root", kind="application", name=about.name, version=about.version, supplier=about.supplier, is_own=True
        )
        self.components: dict[str, Component] = {}
        self.edges: dict[tuple[str, str], Need] = {}
        self.unknown: dict[str, None] = {}
        self.untold_edges = False
        self.problems = False

    def add(self, lock: Lock) -> None:
        """Takes in one lock."""
        refs = [self.ref(lock, entry) for entry in lock.entries]
        own = [refs[at] for at, entry in enumerate(lock.entries) if entry.is_own and refs[at] != "root"]
        grouped: dict[str, list[Entry]] = {}
        for ref, entry in zip(refs, lock.entries, strict=True):
            if ref != "root":
                grouped.setdefault(ref, []).append(entry)
        for ref, entries in grouped.items():
            self.merge(lock, ref, entries)
        for edge in lock.edges:
            by, to = refs[edge.by], refs[edge.to]
            if by != to:
                self.edges[by, to] = min(edge.need, self.edges.get((by, to), edge.need))
        for ref in own:
            self.edges.setdefault(("root", ref), Need.PRODUCTION)
        for unknown in lock.unknown:
            self.unknown[f"{lock.path}: {unknown.why}"] = None
        self.untold_edges |= not (lock.tells(Fact.EDGES) and lock.tells(Fact.DIRECT) and lock.tells(Fact.PEERS))
        for problem in lock.problems:
            self.problems = True
            place = lock.path if problem.line is None else f"{lock.path}:{problem.line}"
            self.unknown[f"{place}: {problem.reason}"] = None

    def ref(self, lock: Lock, entry: Entry) -> str:
        """The reference of an entry: what it is, so that it stays when others come and go."""
        if entry.is_own:
            is_root = (entry.location or ".") == "." and "/" not in lock.path.strip("/")
            folder = "/".join(filter(None, (lock.path.rpartition("/")[0], (entry.location or ".").removeprefix("."))))
            return "root" if is_root else f"own:{folder or entry.package.name}:{entry.package.name}"
        purl = _purl(entry.package)
        if purl and entry.package.version:
            return purl
        place = f"#{entry.commit or entry.location or ''}"
        return f"{purl or f'{entry.package.ecosystem}/{entry.package.name}@{entry.package.version}'}{place}"

    def merge(self, lock: Lock, ref: str, entries: Sequence[Entry]) -> None:
        """One component for all entries of a package, in this lock and in those before."""
        made = _component(lock, ref, entries)
        known = self.components.get(ref)
        if known is None:
            self.components[ref] = made
            return
        needs = [need for need in (known.need, made.need) if need is not None]
        self.components[ref] = msgspec.structs.replace(
            known,
            need=min(needs) if needs else None,
            hashes=known.hashes if known.hashes == made.hashes else tuple(sorted({*known.hashes, *made.hashes})),
            properties=tuple(dict.fromkeys((*known.properties, *made.properties))),
            references=tuple(dict.fromkeys((*known.references, *made.references))),
        )

    def finish(self, locks: Sequence[Lock]) -> Bom:
        """The bill."""
        components = (self.root, *(self.components[ref] for ref in sorted(self.components)))
        edges = tuple((by, to, need) for (by, to), need in sorted(self.edges.items()))
        complete = Completeness.INCOMPLETE if self.untold_edges or self.problems else Completeness.COMPLETE
        bom = Bom(
            format="callboard",
            timestamp=self.about.timestamp,
            authors=self.about.authors,
            tools=(f"callboard {__version__}",),
            # Lockfiles say what is going to be built, before anything is.
            phases=("pre-build",),
            root="root",
            components=components,
            edges=edges,
            completeness=complete,
            unknown=tuple(self.unknown),
        )
        # Of the content alone: the time it was made changes nothing about what the bill says.
        words = msgspec.json.encode((__version__, [lock.path for lock in locks], components, edges, bom.unknown))
        serial = uuid.uuid5(_SPACE, hashlib.sha256(words).hexdigest())
        return msgspec.structs.replace(bom, serial=f"urn:uuid:{serial}")


def _purl(package: Package) -> str:
    try:
        return package.purl
    except InvalidPurlError:
        return ""


def _component(lock: Lock, ref: str, entries: Sequence[Entry]) -> Component:
    first = entries[0]
    needs = [entry.need for entry in entries if entry.need is not None]
    namespace, name = _named(first.package)
    return Component(
        ref=ref,
        kind="application" if first.is_own else "container" if first.package.ecosystem == "docker" else "library",
        group=namespace,
        name=name,
        version=first.package.version,
        purl="" if first.is_own else _purl(first.package),
        hashes=tuple(sorted({found for entry in entries for found in _hashes(entry)})),
        need=min(needs) if needs and not first.is_own else None,
        is_own=first.is_own,
        properties=tuple(_properties(lock, entries)),
        references=tuple(dict.fromkeys(found for entry in entries for found in _references(entry))),
    )


def _named(package: Package) -> tuple[str, str]:
    """Group and name, where the ecosystem has both."""
    name = package.name
    if package.ecosystem == "Maven":
        group, _, name = name.rpartition(":")
        return group, name
    group, _, last = name.rpartition("/")
    return (group, last) if group and last else ("", name)


def _hashes(entry: Entry) -> Iterator[tuple[str, str]]:
    """The hashes of a package that is one file; several of one kind are those of several files, and belong to none."""
    found: dict[str, set[str]] = {}
    for text in entry.integrity:
        digest = digest_of(text)
        if digest is not None:
            found.setdefault(_NAMES[digest[0]], set()).add(digest[1])
    for algorithm, digests in found.items():
        if len(digests) == 1:
            yield algorithm, next(iter(digests))


def _properties(lock: Lock, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    if entries[0].is_own:
        yield OWN, "true"
    for entry in entries:
        yield MANIFEST, f"{lock.path}:{entry.line}"
        for alias in entry.aliases:
            yield "callboard:alias", alias
        if entry.origin not in {Origin.REGISTRY, Origin.WORKSPACE}:
            yield "callboard:origin", entry.origin.value
        if entry.install_script is not None and not entry.is_own:
            yield SCRIPT, "true" if entry.install_script else "false"
        if entry.deprecated:
            yield "callboard:deprecated", entry.deprecated[:500]
        if entry.need is not None and not entry.is_own:
            yield "callboard:need", entry.need.word
        if entry.direct is not None and not entry.is_own:
            yield "callboard:direct", "true" if entry.direct else "false"


def _references(entry: Entry) -> Iterator[tuple[str, str]]:
    location = entry.location or ""
    # Nobody's business: a name and a password that stand in an address.
    if "://" not in location or "@" in location.partition("://")[2].partition("/")[0]:
        return
    if entry.origin is Origin.GIT:
        yield "vcs", f"{location}#{entry.commit}" if entry.commit else location
    elif entry.origin is Origin.URL:
        yield "distribution", location


def facts(bom: Bom) -> Mapping[str, int]:
    """Counts for people: components of others, edges, and how many nothing reaches."""
    reached = {to for _, to, _ in bom.edges}
    foreign = [each for each in bom.components if not each.is_own]
    return {
        "components": len(foreign),
        "edges": len(bom.edges),
        "unreached": sum(each.ref not in reached for each in foreign),
    }
