"""Manifests from files and folders that a person names, each with the files beside it that tell what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callboard.errors import MalformedManifestError, ManifestError

if TYPE_CHECKING:
    from callboard.domain.lock import Lock

MAX_BYTES = 64 * 1024 * 1024
"""The largest manifest that is opened; the largest seen has 9 MB."""
MAX_FILES = 10_000
"""Manifests in one folder."""

_BESIDE = ("package.json", "pyproject.toml", "Pipfile", "go.sum", "composer.json", "Cargo.toml")
_LEFT_OUT = frozenset({"node_modules", ".git", ".venv", "venv", "target", "vendor", "dist"})
_WORKSPACE = re.compile(rb'@workspace:([^"\n,]+)"')
"""Of a Yarn lock: the folders whose package.json tells what is needed for development only."""


def read_locks(paths: Sequence[Path]) -> tuple[list[Lock], list[ManifestError]]:
    """What could be read, and why the rest could not."""
    from callboard.manifests import read_manifest

    locks: list[Lock] = []
    refused: list[ManifestError] = []
    # Silence would look like a clean folder.
    empty = (path for path in paths if path.is_dir() and next(_inside(path), None) is None)
    refused += [ManifestError("no manifest was found here", path=str(path)) for path in empty]
    for path in _files(paths):
        try:
            raw = _content(path)
            locks.append(read_manifest(str(path), raw, _beside(path, raw)))
        except ManifestError as error:
            refused.append(error)
        except OSError as error:
            refused.append(ManifestError(f"cannot be opened ({error.strerror})", path=str(path)))
    return locks, refused


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as they are named, and in folders what is a manifest by its name. Links are not followed."""
    for path in paths:
        if path.is_dir():
            yield from _inside(path)
        else:
            yield path


def _inside(folder: Path) -> Iterator[Path]:
    import os

    from callboard.manifests import is_manifest_name

    count = 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            # go.sum holds more than is built; the go.mod beside it tells what is.
            is_pipeline = Path(here).name == "workflows" and name.endswith((".yml", ".yaml"))
            if (is_manifest_name(name) or is_pipeline) and not (name == "go.sum" and "go.mod" in names):
                path = Path(here) / name
                count += 1
                if not path.is_symlink() and count <= MAX_FILES:
                    yield path


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise MalformedManifestError(f"should have at most {MAX_BYTES:,} bytes", path=str(path))
    return raw


def _beside(path: Path, raw: bytes) -> Mapping[str, bytes]:
    names = [name for name in _BESIDE if name != path.name]
    if path.name.endswith("yarn.lock"):
        folders = {each.decode("utf-8", "replace") for each in _WORKSPACE.findall(raw)} - {"."}
        names += [f"{folder}/package.json" for folder in sorted(folders)]
    found: dict[str, bytes] = {}
    for name in names:
        each = path.parent / name
        # Never above the folder of the lock, whatever the lock says.
        if ".." not in Path(name).parts and not Path(name).is_absolute() and each.is_file():
            found[name] = _content(each)
    return found
