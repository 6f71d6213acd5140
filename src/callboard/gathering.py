"""From files to locks: which files of a folder or a repository are read, what lies beside each, and by whose rules.

The one place that decides it, for folders on this machine and for repositories elsewhere alike. Light to import, since a
pipeline waits for whoever asks.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callboard.domain.instant import Instant, from_text, to_datetime
from callboard.domain.packages.manifest_place import PlaceKind, is_foreign, place_of, places
from callboard.errors import MalformedManifestError, ManifestError, UnknownManifestError
from callboard.formats.text import MAX_BYTES

if TYPE_CHECKING:
    from callboard.domain.packages.lock import Lock
    from callboard.domain.packages.manifest_series import Arrival

MAX_FILES = 10_000
"""Manifests in one folder."""
READS_AS = "2"
"""Changes whenever more or other things are read out of manifests: then each is read anew once."""
MAX_BESIDE = 500
"""Files that are read beside one manifest."""

_BESIDE = ("package.json", "pyproject.toml", "Pipfile", "go.sum", "composer.json", "Cargo.toml")
_WORKSPACES = {"pnpm-lock.yaml": "package.json", "Cargo.lock": "Cargo.toml", "yarn.lock": "package.json"}
"""Locks that speak of workspaces without saying where, and the name of the files that tell it."""
_DEEPEST = 3
"""Folders below a lock in which workspaces are looked for."""
_SAID = re.compile(rb'@workspace:([^"\n,]+)"')
"""Of a newer Yarn's lock: the folders of its workspaces."""
_BUILT = frozenset({"dist", "target", "venv"})
"""Folders on a machine that hold what was made or fetched, and that nobody commits."""


def is_read(path: str) -> bool:
    """Whether a file of this path is a manifest by its place, of a format that is read. Bills are not: they are handed in."""
    from callboard.manifests import is_manifest_name, is_perhaps

    if is_foreign(path):
        return False
    if is_perhaps(path):
        return True
    place = place_of(path)
    if place is not None and place.kind is PlaceKind.PIPELINE:
        return place.ecosystem == "github"
    return is_manifest_name(path.rpartition("/")[2])


def is_perhaps(path: str) -> bool:
    """Whether only its content says that a file of this path is a manifest: if it is none, it is passed over."""
    from callboard import manifests

    return manifests.is_perhaps(path)


def chosen(paths: Iterable[str]) -> list[str]:
    """The manifests among all files of a folder or repository, sorted. A go.sum says more than the go.mod beside it means."""
    found = sorted(filter(is_read, paths))
    there = set(found)
    return [path for path in found if not path.endswith("go.sum") or f"{path[:-3]}mod" not in there]


def beside(path: str, raw: bytes, is_there: Callable[[str], bool], below: Callable[[str], Iterable[str]]) -> list[str]:
    """The files that tell what a manifest leaves open, by their path from the manifest's folder.

    `is_there` and `below` speak of the same tree as `path` does: whether a file is in it, and all files below a folder.
    Nothing outside the manifest's own folder is named, whatever the manifest says.
    """
    folder, slash, name = path.rpartition("/")
    lead = folder + slash
    found = [each for each in _BESIDE if each != name and is_there(lead + each)]
    kind = next((lock for lock in _WORKSPACES if name.endswith(lock)), None)
    if kind is None:
        return found
    wanted = _WORKSPACES[kind]
    if said := {each.decode("utf-8", "replace") for each in _SAID.findall(raw)} - {"."}:
        named = (
            f"{each}/{wanted}" for each in sorted(said) if ".." not in each.split("/") and not each.startswith("/")
        )
        return [*found, *(each for each in named if is_there(lead + each))][:MAX_BESIDE]
    inside = (each.removeprefix(lead) for each in below(folder) if each.endswith(f"/{wanted}"))
    return [*found, *sorted(each for each in inside if _is_workspace(each))][:MAX_BESIDE]


def _is_workspace(path: str) -> bool:
    return 0 < path.count("/") <= _DEEPEST and not is_foreign(path)


def read_bill(name: str, raw: bytes, *, now: Instant) -> Arrival:
    """A bill of materials that was handed in. Raises ManifestError.

    It speaks of the moment that it names itself, but of none in the future; without one, of now.
    """
    from callboard.domain.packages.manifest_series import Arrival
    from callboard.sbom import read_bom

    bom = read_bom(name, raw)
    return Arrival(
        lock=bom.lock(), at=_moment(bom.timestamp, now), digest=digest({name: raw}), serial=bom.serial,
        revision=bom.revision, stated=bom.stated,
    )  # fmt: skip


BILL_FORMATS = ("cyclonedx-1.6", "cyclonedx-1.7", "spdx-2.3")
"""In which bills are written."""


def bill_of(name: str, locks: Sequence[tuple[Lock, Instant]], format_: str, gaps: Sequence[str] = ()) -> bytes:
    """The bill of a component from its manifests, each with the moment it speaks of. The same ones give the same bytes.

    `gaps` say what was there and could not be read.
    """
    from callboard.sbom.making import About, make_bom
    from callboard.sbom.writing import WRITERS

    at = to_datetime(max((at for _, at in locks), default=Instant(0)))
    about = About(name=name, timestamp=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    return WRITERS[format_](make_bom([lock for lock, _ in locks], about, gaps))


def digest(files: Mapping[str, bytes]) -> str:
    """Equal for equal files that this program reads alike."""
    found = hashlib.sha256(READS_AS.encode())
    for name in sorted(files):
        found.update(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
        found.update(hashlib.sha256(files[name]).digest())
    return found.hexdigest()


def _moment(text: str, now: Instant) -> Instant:
    try:
        return min(from_text(text), now)
    except (ValueError, OverflowError):
        return now


def read_lock(path: str, raw: bytes, near: Mapping[str, bytes]) -> Lock:
    """The lock of one file: a manifest, or a bill. `near` holds what lies beside. Raises ManifestError."""
    from callboard.manifests import read_manifest

    if path.endswith((".json", ".xml")):
        from callboard.sbom import read_bom

        try:
            return read_bom(path, raw).lock()
        except UnknownManifestError:
            if path.endswith(".xml"):
                raise
    return read_manifest(path, raw, near)


def read_locks(paths: Sequence[Path], *, inside: bool = False) -> tuple[list[Lock], list[ManifestError]]:
    """What could be read of files, and of all manifests in folders; and why the rest could not.

    With `inside` what lies in a folder is called by its path from there.
    """
    locks: list[Lock] = []
    refused: list[ManifestError] = []
    for path in paths:
        folder, names = (path, Folder(path).manifests()) if path.is_dir() else (path.parent, [path.name])
        if not names:
            # Silence would look like a clean folder.
            refused.append(ManifestError("no manifest was found here", path=str(path)))
        for name in names:
            shown = name if inside and path.is_dir() else str(folder / name)
            try:
                locks.append(Folder(folder).lock(name, shown))
            except ManifestError as error:
                if not (isinstance(error, UnknownManifestError) and path.is_dir() and is_perhaps(name)):
                    refused.append(error)
            except OSError as error:
                refused.append(ManifestError(f"cannot be opened ({error.strerror})", path=shown))
    return locks, refused


class Folder:
    """A folder on this machine. Links are not followed, and nothing is executed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self, folder: str = "", deepest: int | None = None) -> Iterator[str]:
        """Every file below, by its path from the root, without other people's code and what was built."""
        top = self._root / folder
        for here, folders, names in os.walk(top):
            depth = len(Path(here).relative_to(top).parts)
            folders[:] = sorted(name for name in folders if name not in _BUILT and not is_foreign(f"{name}/"))
            if deepest is not None and depth >= deepest:
                folders.clear()
            inside = Path(here).relative_to(self._root).as_posix()
            for name in sorted(names):
                if not (Path(here) / name).is_symlink():
                    yield name if inside == "." else f"{inside}/{name}"

    def manifests(self) -> list[str]:
        """Its manifests. Raises MalformedManifestError when there are more than anybody means."""
        found = chosen(self.files())
        if len(found) > MAX_FILES:
            raise MalformedManifestError(f"expected at most {MAX_FILES:,} manifests", path=str(self._root))
        return found

    def lock(self, name: str, shown: str | None = None) -> Lock:
        """The lock of one of its files, which is called `shown`. Raises ManifestError and OSError."""
        shown = shown or name
        raw = self.content(name, shown)
        return read_lock(shown, raw, self.near(name, raw))

    def near(self, name: str, raw: bytes) -> dict[str, bytes]:
        """What lies beside one of its files. Raises ManifestError and OSError."""
        folder, slash, _ = name.rpartition("/")
        names = beside(name, raw, lambda each: (self._root / each).is_file(), lambda at: self.files(at, _DEEPEST))
        return {each: self.content(f"{folder}{slash}{each}") for each in names}

    def content(self, name: str, shown: str | None = None) -> bytes:
        """What one of its files holds. Raises MalformedManifestError for one that is too large, and OSError."""
        with (self._root / name).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise MalformedManifestError(f"expected at most {MAX_BYTES:,} bytes", path=shown or name)
        return raw


def unread(paths: Iterable[str]) -> list[str]:
    """What names packages among all files of a folder, and is read by nobody: said, so that a gap never looks like nothing."""
    found: list[str] = []
    here = places(paths)
    read = {place.path for place in here if is_read(place.path)}
    locked = {(place.path.rpartition("/")[0], place.ecosystem) for place in here if place.path in read}
    for place in here:
        if place.kind not in {PlaceKind.LOCKFILE, PlaceKind.MANIFEST} or place.path in read:
            continue
        # A lock counts for its own folder and for those below, which may be workspaces of it.
        above = place.path.split("/")[:-1]
        ways = ["/".join(above[:depth]) for depth in range(len(above) + 1)]
        if place.kind is PlaceKind.LOCKFILE:
            found.append(f"{place.path}: Callboard does not read this format.")
        elif not any((way, place.ecosystem) in locked for way in ways):
            found.append(f"{place.path}: no lockfile that Callboard reads says which versions it means.")
    return found
