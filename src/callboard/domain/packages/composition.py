"""What components consist of, as readers see it: their manifests, and for how much of the catalog there are any."""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.packages.lock import Need
from callboard.domain.packages.package import Package


class ManifestRow(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest of a component as it is now."""

    id: int
    origin: str
    where: str
    """The repository, or the component that it was handed in for."""
    path: str
    part: str
    format: str | None
    """None: none of this place could ever be read."""
    at: Instant | None
    """The moment it speaks of."""
    taken_at: Instant | None
    seen_at: Instant
    """When it was last looked at, or handed in."""
    packages: int
    direct: int | None
    """None: it does not tell."""
    edges: int
    unknown: tuple[str, ...]
    """What it cannot tell, in sentences."""
    problem: str | None
    """Why the last one could not be read; what was there before stays."""
    problem_at: Instant | None
    versions: int
    """How many there were, this one among them."""


class PackageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a package that a component uses now."""

    package: Package
    direct: bool | None
    """None: no manifest tells."""
    need: Need | None
    manifests: tuple[str, ...]
    """With their lines."""
    since: Instant
    advisories: tuple[str, ...]
    """What it is known for, by the names that facts are best known by."""
    severity: Severity | None
    """The worst of them. None: nothing is known."""
    malicious: bool


class Packages(msgspec.Struct, frozen=True, kw_only=True):
    """What a component uses, the worst first, then by name."""

    rows: tuple[PackageRow, ...]
    total: int
    known: int
    """Of all of them those of which something is known."""
    start: int
    """How many come before the first row."""


class Composition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one component consists of."""

    component: EntityRef
    manifests: tuple[ManifestRow, ...]
    packages: int
    """Different package versions in all of them."""
    missing: Missing | None
    """Why there is nothing. None: there is something."""


@enum.unique
class Missing(enum.StrEnum):
    """Why nothing is known of what a component consists of. The words are told: never change one."""

    NO_REPOSITORY = "no-repository"
    NOT_READ = "repository-not-read"
    ABSENT = "repository-absent"
    NO_MANIFEST = "no-manifest"
    NO_LOCKFILE = "no-lockfile"
    UNREADABLE = "unreadable"

    @property
    def sentence(self) -> str:
        """The reason, and what to do about it."""
        return _SENTENCES[self]


_SENTENCES = {
    Missing.NO_REPOSITORY: "Its catalog entry names no repository, and nothing was handed in.",
    Missing.NOT_READ: "No [[repositories]] section reads the repository that it names, and nothing was handed in.",
    Missing.ABSENT: "The repository that it names does not exist, is gone, or is not shown to Callboard.",
    Missing.NO_MANIFEST: "Where it lies in its repository there is no file that names packages.",
    Missing.NO_LOCKFILE: "There are files that ask for packages, but no lockfile that Callboard reads says which versions.",
    Missing.UNREADABLE: "There are lockfiles, and none of them could be read.",
}


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One component, and whether it is known what it consists of."""

    component: EntityRef
    owner: EntityRef | None
    manifests: int
    packages: int
    """Uses of packages in all its manifests."""
    at: Instant | None
    """The moment that the newest of them speaks of."""
    problems: int
    """Manifests whose last state could not be read."""
    missing: Missing | None


class SbomCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """For how many components of the catalog it is known what they consist of."""

    components: int
    covered: int
    reasons: tuple[tuple[Missing, int], ...]
    """Why the others are not, the most frequent first."""
    rows: tuple[CoverageRow, ...]
    """Those that are not covered first, each by its reason and name."""
