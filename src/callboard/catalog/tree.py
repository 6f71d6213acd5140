"""The files of a catalog: found below one root, never outside it, in an order that is the same on every machine."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from callboard.formats.documents import MAX_BYTES

MAX_VISITED = 200_000
"""Files and folders that are looked at in one reading at most."""
MAX_DEPTH = 40
"""Folders inside each other at most."""

_SKIPPED = frozenset({"node_modules", "__pycache__"})
"""Folders of other people's files; hidden ones are skipped too."""

_YAML = (".yaml", ".yml")


class OutsideError(Exception):
    """The path leads out of the root, or is none that is followed."""


class NotReadError(Exception):
    """The file is meant to be read and cannot be."""


class Tree:
    """One root folder."""

    def __init__(self, root: Path) -> None:
        """Raises OSError when there is no such folder."""
        self._root = root.resolve(strict=True)
        if not self._root.is_dir():
            raise NotADirectoryError
        os.scandir(self._root).close()
        self._visited = 0
        self.unread: list[str] = []
        """Folders that could not be looked into, and why. Their files are missing from what `find` gives."""

    def find(self, pattern: str, folder: PurePosixPath) -> Iterator[PurePosixPath]:
        """The files, relative to root, that `pattern` means as seen from `folder`. A folder means the YAML files in it.

        Raises OutsideError or NotReadError.
        """
        start, glob = _split(_joined(folder, pattern))
        real = self._inside(start)
        if not glob and real.is_file():
            yield start
            return
        if not real.is_dir():
            if not glob:
                raise NotReadError(f"there is no file {start}")
            return
        segments = glob.split("/") if glob else []
        for path in self._walk(start, 0):
            if _matches(segments, path.relative_to(start).parts) if segments else path.suffix.lower() in _YAML:
                yield path

    def real(self, path: PurePosixPath) -> Path:
        """The file itself, links followed: two paths with the same one are the same file. Raises as `find` does."""
        return self._inside(path)

    def read(self, path: PurePosixPath) -> bytes:
        """The content, at most one byte more than is allowed. Raises as `find` does."""
        real = self._inside(path)
        try:
            # Links are resolved already, so one that appears now was put there to escape. A pipe must not hold us up.
            descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise NotReadError(f"{path} is not a regular file")
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise NotReadError(f"{path} cannot be read: {error.strerror}") from error

    def _inside(self, path: PurePosixPath) -> Path:
        try:
            real = (self._root / path).resolve(strict=True)
        except (OSError, ValueError, RuntimeError) as error:
            reason = (getattr(error, "strerror", None) or "not a path").lower()
            raise NotReadError(f"{path} cannot be read: {reason}") from None
        if not real.is_relative_to(self._root):
            raise OutsideError(f"{path} leads out of the catalog's root, which is not followed")
        return real

    def _walk(self, folder: PurePosixPath, depth: int) -> Iterator[PurePosixPath]:
        """Files below a folder by name, a folder's own before those further down. Linked folders are not entered."""
        if depth > MAX_DEPTH:
            self.unread.append(f"{folder}: more than {MAX_DEPTH} folders inside each other")
            return
        try:
            with os.scandir(self._root / folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
            files = [entry.name for entry in found if entry.is_file()]
            folders = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
        except OSError as error:
            self.unread.append(f"the folder {folder} cannot be read: {error.strerror}")
            return
        self._visited += len(found)
        if self._visited > MAX_VISITED:
            self.unread.append(
                f"{folder}: more than {MAX_VISITED:,} files and folders to look at; choose narrower paths"
            )
            return
        for name in files:
            yield folder / name
        for name in folders:
            if not name.startswith(".") and name not in _SKIPPED:
                yield from self._walk(folder / name, depth + 1)


def _joined(folder: PurePosixPath, pattern: str) -> PurePosixPath:
    text = pattern.strip()
    if not text or text.startswith(("/", "~")) or "\\" in text or "\0" in text or "://" in text:
        raise OutsideError(f"{pattern!r} is not a relative path")
    path = PurePosixPath(text)
    if ".." in path.parts:
        raise OutsideError(f"{pattern!r} goes up with `..`, which is not followed")
    return folder / path


def _split(path: PurePosixPath) -> tuple[PurePosixPath, str]:
    """The plain folders or the file that a pattern begins with, and the glob that follows. Empty: there is none."""
    parts = path.parts
    plain = next((index for index, part in enumerate(parts) if any(each in part for each in "*?")), len(parts))
    return PurePosixPath(*parts[:plain]), "/".join(parts[plain:])


def _matches(segments: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a path fits a glob: `**` is any folders, `*` any part of one name, `?` one character.

    All ways to fit are followed at once, so that a glob written to be slow is not.
    """
    states = _reached({0}, segments)
    for part in parts:
        moved: set[int] = set()
        for state in states:
            if state < len(segments) and segments[state] == "**":
                moved.add(state)
            elif state < len(segments) and fnmatch.fnmatchcase(part, segments[state].replace("[", "[[]")):
                moved.add(state + 1)
        states = _reached(moved, segments)
    return len(segments) in states


def _reached(states: set[int], segments: Sequence[str]) -> set[int]:
    """The states with those behind each `**`, which may also stand for no folder at all."""
    for state in range(len(segments)):
        if state in states and segments[state] == "**":
            states.add(state + 1)
    return states
