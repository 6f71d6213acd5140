"""One checkout or bare clone: its name, its default branch, its files, its history. Read only; no link is followed."""

from __future__ import annotations

import heapq
import io
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

from dulwich.config import ConfigFile
from dulwich.objects import Commit as GitCommit
from dulwich.objects import parse_tree

from callboard.domain.activity import Commit, count, handle_of
from callboard.domain.forge import MAX_FILES, Activity, Contribution, File, Tree, is_safe_path
from callboard.domain.instant import SECOND, Instant
from callboard.domain.repository import Place, place_of_remote
from callboard.errors import RepositoryError, RepositoryMissingError, RepositoryUnreachableError
from callboard.repositories.folder.objects import BLOB, COMMIT, TREE, Objects, read_inside

MAX_DEPTH = 3
"""Folders between the root and a checkout."""

MAX_FOLDERS = 50_000
"""Folders that are looked into for checkouts."""

MAX_COMMITS = 5_000
"""Commits of one repository that are looked at."""

MAX_TREES = 50_000
"""Folders of one tree that are read."""

_SMALL = 1024 * 1024
_TREE_BYTES = 32 * 1024 * 1024


def checkouts(root: Path) -> Iterator[tuple[Path, Path]]:
    """Every checkout and bare clone below a folder, with the folder that holds its git data. Links are not followed."""
    waiting = [(root, 0)]
    looked = 0
    while waiting and looked < MAX_FOLDERS:
        folder, depth = waiting.pop()
        looked += 1
        if (git := _git_folder(folder)) is not None:
            yield folder, git
            continue
        if depth < MAX_DEPTH:
            try:
                inner = [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
            except OSError:
                continue
            waiting += [(each, depth + 1) for each in sorted(inner, reverse=True)]


def _git_folder(folder: Path) -> Path | None:
    for place in (folder / ".git", folder):
        if place.is_symlink() or not (place / "HEAD").is_file():
            continue
        if (place / "objects").is_dir() and (place / "refs").is_dir():
            return place
    return None


class Checkout:
    """One repository. Use it in a `with`."""

    def __init__(self, git: Path) -> None:
        """Raises RepositoryError when anything of it leads elsewhere."""
        self._git = git
        self._objects = Objects(git / "objects")
        self._entries = lru_cache(maxsize=4_096)(self._read_tree)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._objects.close()

    def place(self) -> Place | None:
        """What its remote `origin` names. None: it has none, or one that is no address."""
        raw = read_inside(self._git, "config", _SMALL)
        if raw is None:
            return None
        try:
            # Includes would read other files of this machine.
            config = ConfigFile.from_file(io.BytesIO(raw), expand_includes=False)
            url = config.get((b"remote", b"origin"), b"url").decode()
        except (KeyError, ValueError):
            return None
        return place_of_remote(url)

    def head(self) -> tuple[str, str]:
        """The branch and the commit that are checked out. An empty commit: there is none yet. Raises RepositoryError."""
        text = self._small("HEAD") or ""
        if not text.startswith("ref: "):
            return "HEAD", _sha(text)
        name = text.removeprefix("ref: ").strip()
        if not name.startswith("refs/") or not is_safe_path(name):
            raise RepositoryUnreachableError("Its HEAD names no branch.")
        return name.removeprefix("refs/heads/"), self._ref(name)

    def _ref(self, name: str) -> str:
        current = self._git
        for part in name.split("/")[:-1]:
            current /= part
            if current.is_symlink():
                raise RepositoryUnreachableError("Its branches are a link, which is not followed.")
        if (text := self._small(name)) is not None:
            return _sha(text)
        for line in (self._small("packed-refs", 64 * _SMALL) or "").splitlines():
            sha, _, packed = line.partition(" ")
            if packed == name:
                return _sha(sha)
        return ""

    def _small(self, name: str, max_bytes: int = _SMALL) -> str | None:
        raw = read_inside(self._git, name, max_bytes)
        return None if raw is None else raw.decode(errors="replace").rstrip("\n")

    def tree(self, commit: str) -> Tree:
        """Its files at a commit. Raises RepositoryError."""
        files: list[File] = []
        skipped = trees = 0
        reason = None
        waiting = [("", self._commit(commit).tree.decode())]
        while waiting and reason is None:
            folder, sha = waiting.pop()
            trees += 1
            if trees > MAX_TREES:
                reason = f"it holds more than {MAX_TREES:,} folders; the others are left out"
                break
            for name, mode, id_ in self._entries(sha):
                path = f"{folder}{name}"
                if stat.S_ISREG(mode) and is_safe_path(path):
                    if len(files) >= MAX_FILES:
                        reason = f"it holds more than {MAX_FILES:,} files; the others are left out"
                        break
                    files.append(File(path, id_))
                elif stat.S_ISDIR(mode) and is_safe_path(path):
                    waiting.append((f"{path}/", id_))
                else:
                    skipped += 1
        files.sort(key=lambda file: file.path)
        return Tree(
            commit=commit, etag=commit, files=tuple(files), complete=reason is None, reason=reason, skipped=skipped
        )

    def file(self, sha: str, max_bytes: int) -> bytes:
        """One file's content. Raises RepositoryError."""
        kind, content = self._objects.read(_sha(sha), max_bytes)
        if kind != BLOB:
            raise RepositoryMissingError(f"{sha[:12]} is no file.")
        return content

    def activity(self, start: str, folders: Sequence[str], since: Instant, ignored: Collection[str]) -> Activity:
        """Who changed these folders since then, merges left out. Raises RepositoryError."""
        found: dict[str, list[Commit]] = {folder: [] for folder in folders}
        complete = True
        seen: set[str] = set()
        first = self._commit(start)
        # The newest first, as git log does, so that the walk can end at `since`.
        waiting = [(-first.commit_time, start, first)]
        while waiting:
            _, sha, commit = heapq.heappop(waiting)
            if sha in seen or commit.commit_time * SECOND < since:
                continue
            seen.add(sha)
            if len(seen) > MAX_COMMITS:
                complete = False
                break
            parents: list[GitCommit] = []
            for parent in commit.parents:
                try:
                    parents.append(self._commit(parent.decode()))
                except RepositoryMissingError:
                    complete = False  # a shallow clone ends here
                else:
                    heapq.heappush(waiting, (-parents[-1].commit_time, parent.decode(), parents[-1]))
            who = handle_of(None, _mail(commit.author))
            if who is None or len(commit.parents) > 1:
                continue
            before = parents[0].tree.decode() if parents else None
            at = Instant(commit.commit_time * SECOND)
            for folder in folders:
                if self._at(commit.tree.decode(), folder) != (self._at(before, folder) if before else None):
                    found[folder].append(Commit(who, at))
        counted: list[Contribution] = []
        for folder, commits in found.items():
            counted += count(folder, commits, since=since, excluded=ignored)
        return Activity(contributions=tuple(counted), complete=complete)

    def _at(self, tree: str, folder: str) -> str | None:
        """The id of a folder in a tree. None: there is none."""
        for part in folder.split("/") if folder else ():
            inner = next((id_ for name, mode, id_ in self._entries(tree) if name == part and stat.S_ISDIR(mode)), None)
            if inner is None:
                return None
            tree = inner
        return tree

    def _read_tree(self, sha: str) -> tuple[tuple[str, int, str], ...]:
        kind, content = self._objects.read(_sha(sha), _TREE_BYTES)
        if kind != TREE:
            raise RepositoryUnreachableError(f"{sha[:12]} is no tree.")
        try:
            return tuple(
                (name.decode(errors="backslashreplace"), mode, bytes(id_).decode())
                for name, mode, id_ in parse_tree(content, sha_len=20)
            )
        except (ValueError, OSError, AssertionError) as error:
            raise RepositoryUnreachableError(f"The tree {sha[:12]} is damaged.") from error

    def _commit(self, sha: str) -> GitCommit:
        kind, content = self._objects.read(_sha(sha), _SMALL)
        if kind != COMMIT:
            raise RepositoryUnreachableError(f"{sha[:12]} is no commit.")
        try:
            commit = GitCommit.from_string(content)
            _ = (commit.tree, commit.parents, commit.commit_time)
        except RepositoryError:
            raise
        except Exception as error:
            raise RepositoryUnreachableError(f"The commit {sha[:12]} is damaged.") from error
        return commit


def _sha(text: str) -> str:
    text = text.strip().lower()
    if len(text) != 40 or any(each not in "0123456789abcdef" for each in text):
        raise RepositoryUnreachableError("It names a commit in a way that Callboard does not know.")
    return text


def _mail(author: bytes) -> str | None:
    _, _, rest = author.decode(errors="replace").partition("<")
    return rest.partition(">")[0] or None
