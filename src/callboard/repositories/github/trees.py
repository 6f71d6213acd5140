"""Trees of GitHub repositories: in one answer where it goes, and folder by folder where GitHub cuts it.

Read 2026-11: https://docs.github.com/en/rest/git/trees. A recursive answer ends at 100,000 entries or 7 MB and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from callboard.domain.forge import MAX_FILES, File, Head, Tree, is_safe_path
from callboard.repositories.calls import Calls, decode

MAX_WALK = 200
"""Calls that one truncated tree may cost."""

_JSON = "application/vnd.github+json"
_FILE_MODES = frozenset({"100644", "100755", "100664"})


class _Entry(msgspec.Struct):
    path: str
    mode: str
    type: str
    sha: str
    size: int | None = None


class _Tree(msgspec.Struct):
    sha: str
    tree: list[_Entry]
    truncated: bool = False


async def read_tree(calls: Calls, api: str, head: Head, etag: str | None) -> Tree | None:
    """The files on the default branch. None: unchanged since `etag`. Raises RepositoryError."""
    base = f"{api}/repos/{quote(head.slug)}/git/trees"
    # 409 is GitHub's word for a repository without a commit.
    answer = await calls.get(f"{base}/{quote(head.branch, safe='')}?recursive=1", etag=etag, accept=_JSON, also=(409,))
    if answer.status == 304:
        return None
    if answer.status == 409:
        return Tree(commit="", etag=None, files=(), complete=True)
    told = decode(answer.body, _Tree)
    found = _Files()
    if told.truncated:
        await _walk(calls, base, told.sha, found)
    else:
        found.add("", told.tree)
    return Tree(
        commit=told.sha,
        etag=answer.headers.get("ETag"),
        files=tuple(found.files),
        complete=found.reason is None,
        reason=found.reason,
        skipped=found.skipped,
    )


async def _walk(calls: Calls, base: str, root: str, found: _Files) -> None:
    """Reads a tree that is too large for one answer: each folder whole where that goes, else its own folders."""
    waiting = [("", root, False)]
    made = 0
    while waiting and found.reason is None:
        folder, sha, whole = waiting.pop()
        if made >= MAX_WALK:
            found.reason = f"it is too large: {len(waiting) + 1:,} folders were left out after {made} calls"
            return
        made += 1
        url = f"{base}/{quote(sha, safe='')}{'?recursive=1' if whole else ''}"
        told = decode((await calls.get(url, accept=_JSON)).body, _Tree)
        if told.truncated and whole:
            waiting.append((folder, sha, False))
            continue
        if told.truncated:
            found.reason = f"GitHub shows only a part of {folder or 'its top folder'}"
        found.add(folder, told.tree)
        if not whole:
            inner = [each for each in told.tree if each.type == "tree" and "/" not in each.path]
            waiting += [(_joined(folder, each.path), each.sha, True) for each in reversed(inner)]


class _Files:
    """The files of a tree, as they come."""

    def __init__(self) -> None:
        self.files: list[File] = []
        self.skipped = 0
        self.reason: str | None = None

    def add(self, folder: str, entries: Iterable[_Entry]) -> None:
        """Takes what is a regular file."""
        for entry in entries:
            if entry.type == "tree":
                continue
            path = _joined(folder, entry.path)
            if entry.type != "blob" or entry.mode not in _FILE_MODES or not is_safe_path(path):
                self.skipped += 1
            elif len(self.files) >= MAX_FILES:
                self.reason = f"it holds more than {MAX_FILES:,} files; the others are left out"
                return
            else:
                self.files.append(File(path, entry.sha, entry.size))


def _joined(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
