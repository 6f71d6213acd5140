"""What a forge (GitHub, GitLab, a folder of checkouts) tells about its repositories."""

from __future__ import annotations

import msgspec

from callboard.domain.instant import Instant
from callboard.domain.ownership.codeowners import CodeOwners, Dialect
from callboard.domain.packages.lock import Lock
from callboard.domain.packages.manifest_place import ManifestPlace


class Kept(msgspec.Struct, frozen=True):
    """An answer that need not be sent again while it is still true."""

    etag: str
    body: bytes
    """What we need of it, in a form of the reader's own."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A repository as a listing tells it."""

    host: str
    """The forge as it stands in annotations, for example "github.com"."""
    slug: str
    """`<org>/<repo>`, on GitLab with all its groups, in the forge's own letter case."""
    dialect: Dialect
    """By whose rules its CODEOWNERS are read."""
    external_id: str
    """The forge's own id, which outlives a renaming."""
    branch: str
    """The default branch. Empty: the repository is empty."""
    marker: str
    """Differs whenever anything may have been pushed. Equal means that nothing has to be asked."""
    archived: bool = False


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A name that now leads to a repository of another name."""

    slug: str
    head: Head


class Absent(msgspec.Struct, frozen=True):
    """The forge knows no such repository, or does not show it to us: it does not tell which."""

    slug: str


class Unread(msgspec.Struct, frozen=True):
    """Something that could not be read this time. The others go on."""

    where: str
    """A slug, or what was to be listed."""
    reason: str


Listed = Head | Moved | Absent | Unread


class File(msgspec.Struct, frozen=True, gc=False):
    """One file of a tree."""

    path: str
    blob: str
    """Names the file's content: equal for equal bytes."""
    size: int | None = None
    """In bytes, where the forge tells."""


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The files on the default branch."""

    commit: str
    """What was read: a commit or tree id."""
    etag: str | None
    files: tuple[File, ...]
    """Regular files only: no links, no submodules, nothing whose path leads out of the repository."""
    complete: bool
    reason: str | None = None
    """Why it is not complete."""
    skipped: int = 0
    """Entries left out, since their paths are none or they are links or submodules."""


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """What one author did in one folder lately."""

    who: str
    """A handle, or an e-mail address where the forge tells no handle; folded to lower case."""
    folder: str
    """Without slashes at its ends. Empty: the whole repository."""
    commits: int
    last_at: Instant


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what lately."""

    contributions: tuple[Contribution, ...]
    complete: bool
    """False when only the newest commits of a folder were counted."""


class FoundPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a manifest in one repository, with what names its content."""

    place: ManifestPlace
    blob: str
    size: int | None
    """In bytes, where the forge tells."""


class GatheredManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest of a repository as it was found."""

    path: str
    inputs: str
    """What it was read from: equal for equal files that are read alike."""
    digest: str = ""
    lock: Lock | None = None
    """None: it is as it was, or could not be read."""
    problem: str | None = None
    """Why it could not be read."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one repository told when it was read."""

    head: Head
    commit: str
    etag: str | None
    files: int
    code_owners_path: str | None
    code_owners_blob: str | None
    code_owners: CodeOwners | None
    """None: as they were, or there are none (`code_owners_path` tells)."""
    contributions: tuple[Contribution, ...] | None
    """None: could not be read; what was known stays."""
    places: tuple[FoundPlace, ...]
    manifests: tuple[GatheredManifest, ...] | None = None
    """None: they were not looked at; what was known stays."""
    problem: str | None = None
    """What is left out, in words."""


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A repository as it is known."""

    id: int
    key: str
    """`<host>/<slug>` in the spelling that is compared."""
    reader: str
    """Which section of the configuration reads it."""
    host: str
    slug: str
    external_id: str
    branch: str
    head: str
    etag: str | None
    marker: str
    promise: str
    """How it was read: another promise means reading it anew."""
    dialect: Dialect
    archived: bool
    files: int
    code_owners_path: str | None
    code_owners_blob: str | None
    moved_to: str | None
    """The slug that the old one leads to now."""
    missed: int
    """Complete readings in a row in which it was not there."""
    gone_at: Instant | None
    read_at: Instant | None
    """When its content was last looked at. None: never."""
    seen_at: Instant
    problem: str | None


class RepositoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A repository in a list."""

    repository: Repository
    code_owner_lines: int
    contributors: int
    """Different authors lately."""
    manifests: int
    """Places of manifests."""
    components: int
    """Catalog entities that name it."""


class RepositoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one repository."""

    repository: Repository
    code_owners: CodeOwners | None
    contributions: tuple[Contribution, ...]
    places: tuple[FoundPlace, ...]
    components: tuple[str, ...]
    """References of the catalog entities that name it."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The last reading of one section."""

    reader: str
    read_at: Instant
    complete_at: Instant | None
    """When everything was last read. None: never."""
    state: str
    """complete, partial or failed."""
    reason: str | None
    repositories: int
    calls: int


MAX_FILES = 200_000
"""Files of one tree that are looked at."""

MAX_PATH = 4_096
"""Characters of a path."""


def is_safe_path(path: str) -> bool:
    """Whether a path lies in its repository and can be shown: no `..`, no empty part, no slash at an end, no control."""
    return (
        0 < len(path) <= MAX_PATH
        and path.isprintable()
        and "\\" not in path
        and all(part not in ("", ".", "..") for part in path.split("/"))
    )
