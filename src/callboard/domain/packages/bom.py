"""A bill of materials: what something consists of, said by somebody at a time; whatever format it came in or goes out as."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin, Problem
from callboard.domain.packages.package import Package, package_of
from callboard.errors import InvalidPurlError

UNIDENTIFIED = "unidentified"
"""The ecosystem of what a bill names without telling what it is."""
LAST_REVISION = 2**31 - 1
OWN = "callboard:own"
"""The property by which our bills mark the project's own code, so that reading them again finds it."""
SCRIPT = "callboard:install-script"
"""The property by which our bills tell whether a package runs code when it is installed."""
MANIFEST = "callboard:manifest"
"""The property by which our bills tell the file and line of the manifest that names a package."""
_FILES = (MANIFEST, "syft:location:0:path", "SrcFile")
"""Properties that tell a file: of our own bills, of Syft and of cdxgen, as of 2026-11."""
_LONGEST_FILE = 300
_ORIGIN = "callboard:origin"
_ORIGINS = frozenset(each.value for each in Origin if each is not Origin.WORKSPACE)


@enum.unique
class Completeness(enum.StrEnum):
    """What a bill says of itself."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"
    """Somebody looked and cannot tell."""
    UNTOLD = "untold"
    """The bill says nothing about it."""


class Component(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One part."""

    ref: str
    """Unique in its bill."""
    kind: str = "library"
    """In CycloneDX's words, for example "library", "application", "container"."""
    group: str = ""
    name: str
    version: str = ""
    purl: str = ""
    """As it was written; see `package`."""
    identifiers: tuple[str, ...] = ()
    """Others than the package URL: CPE, SWID, gitoid."""
    hashes: tuple[tuple[str, str], ...] = ()
    """Algorithm ("SHA-256") and hexadecimal digest."""
    licences: tuple[str, ...] = ()
    """SPDX ids, expressions or names."""
    supplier: str = ""
    need: Need | None = None
    is_own: bool = False
    """The project's own code."""
    properties: tuple[tuple[str, str], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    """Kind ("vcs", "distribution") and address."""
    line: int | None = None
    occurrence: str = ""
    """Where its bill says that it was found first, as `file` or `file:line`."""

    @property
    def found_in(self) -> str | None:
        """The file that it was found in, with its line where that is told. None: the bill does not tell, or no file's name."""
        told = dict(reversed(self.properties))
        places = (self.occurrence, *(told.get(name, "") for name in _FILES))
        found = next((each.strip().lstrip("/") for each in places if each.strip("/ ")), "")
        return found if found and len(found) <= _LONGEST_FILE and found.isprintable() else None

    @property
    def package(self) -> Package | None:
        """The package it is. None: no package URL, or one that is none."""
        if not self.purl:
            return None
        try:
            return package_of(self.purl)
        except InvalidPurlError:
            return None

    @property
    def install_script(self) -> bool | None:
        """Whether installing it runs its code, as our own bills tell. None: the bill does not."""
        told = [value == "true" for name, value in self.properties if name == SCRIPT]
        return any(told) if told else None

    @property
    def origin(self) -> Origin:
        """Where its content comes from, as our own bills tell; else a registry, as usual."""
        told = next((value for name, value in self.properties if name == _ORIGIN), "")
        return Origin(told) if told in _ORIGINS else Origin.REGISTRY


_NO_WORDS = frozenset({"", "noassertion", "none", "unknown", "n/a"})
"""Words by which a bill says that it cannot tell."""


def _is_told(text: str) -> bool:
    return text.strip().casefold() not in _NO_WORDS


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What a bill says of its parts, counted."""

    parts: int
    """Components that are other people's."""
    suppliers: int
    """Those of them that name who supplies them, which "unknown" does not …"""
    licences: int
    """… and under which terms."""


class Bom(msgspec.Struct, frozen=True, kw_only=True):
    """A bill of materials."""

    path: str = ""
    format: str
    """For example "cyclonedx-1.6" or "spdx-2.3"."""
    serial: str = ""
    revision: int = 0
    """Counts bills with the same serial number, up to `LAST_REVISION`. 0: its format has no such number."""
    timestamp: str = ""
    """When it was made, as written; ISO 8601 in UTC where it is ours."""
    authors: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    """Of the lifecycle in which it was made: "pre-build", "build", …: its generation context."""
    root: str = ""
    """The reference of what the bill is about. Empty: it does not say."""
    components: tuple[Component, ...]
    """The root among them, where it is described."""
    edges: tuple[tuple[str, str, Need], ...]
    """Who needs whom, by reference."""
    completeness: Completeness = Completeness.UNTOLD
    unknown: tuple[str, ...] = ()
    """What could not be known, in sentences."""
    problems: tuple[Problem, ...] = ()

    @property
    def stated(self) -> Stated:
        """What it says of its parts."""
        parts = [each for each in self.components if not each.is_own and each.ref != self.root]
        return Stated(
            parts=len(parts), suppliers=sum(_is_told(each.supplier) for each in parts),
            licences=sum(any(map(_is_told, each.licences)) for each in parts),
        )  # fmt: skip

    def lock(self) -> Lock:
        """The same as a lock, so that one road leads from both: packages, edges, and what is not known.

        Parts without a package URL cannot be matched: they are of the ecosystem "unidentified", and problems.
        """
        draft = Draft(self.path, self.format)
        at: dict[str, int] = {}
        for component in self.components:
            package = component.package
            line = component.line or 1
            if package is None and component.ref != self.root and not component.is_own:
                said = f"{component.group}/{component.name}".strip("/")
                draft.problem(component.line, f"expected a package URL for {said[:80]}: what it is cannot be told")
            own = component.is_own or component.ref == self.root
            at[component.ref] = draft.add(
                Entry(
                    package=package or Package(ecosystem=UNIDENTIFIED, name=component.name, version=component.version),
                    line=line,
                    origin=Origin.WORKSPACE if own else component.origin,
                    integrity=tuple(f"{kind.replace('-', '').lower()}:{digest}" for kind, digest in component.hashes),
                    install_script=component.install_script,
                    found_in=None if own else component.found_in,
                )
            )
        for by, to, need in self.edges:
            if by in at and to in at and by != to:
                draft.edge(at[by], at[to], need)
        for problem in self.problems:
            draft.problem(problem.line, problem.reason)
        if all(each.install_script is None for each in self.components):
            draft.cannot_tell(Fact.INSTALL_SCRIPT, "The bill does not tell what runs while installing.")
        if self.root not in at:
            draft.cannot_tell(Fact.DIRECT, "The bill does not describe what it is about.")
            return self._scoped(draft.finish(reach=False), at)
        return self._scoped(draft.finish(), at)

    def _scoped(self, lock: Lock, at: Mapping[str, int]) -> Lock:
        """With what the bill says itself about how a part is needed; edges of a bill do not tell it."""
        told = {at[each.ref]: each.need for each in self.components if each.need is not None}
        entries = tuple(
            msgspec.structs.replace(entry, need=told[place]) if place in told and not entry.is_own else entry
            for place, entry in enumerate(lock.entries)
        )
        return msgspec.structs.replace(lock, entries=entries)
