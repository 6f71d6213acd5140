"""Places in source repositories: host, repository and folder, read from slugs and from browser addresses."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

_VIEWS = frozenset({"tree", "blob", "raw", "edit", "src"})
"""The word before the branch: GitHub and GitLab say tree, blob, raw or edit, Bitbucket says src."""

_FILE_VIEWS = frozenset({"blob", "raw", "edit"})


IN_REPOSITORY = "//"
"""Between a repository and a path in it, as in `github.com/acme/mono//services/a/go.mod`."""


class Place(msgspec.Struct, frozen=True):
    """A folder in a repository."""

    host: str
    slug: str
    """`<org>/<repo>`, on GitLab with all its groups."""
    path: str = ""
    """Without slashes at its ends. Empty: the whole repository."""

    @property
    def repository(self) -> str:
        """`<host>/<org>/<repo>`."""
        return f"{self.host}/{self.slug}"


def slug_place(slug: str, host: str) -> Place | None:
    """The repository that a slug annotation names. None when it is no slug."""
    slug = unicodedata.normalize("NFC", slug).strip()
    parts = slug.split("/")
    if len(parts) < 2 or any(not _is_name(part) for part in parts) or (host == "github.com" and len(parts) > 2):
        return None
    return Place(host, slug)


def place_of_location(location: str) -> Place | None:
    """The place that `url:https://host/org/repo/tree/branch/folder/` names. None when it names no repository.

    A branch is taken to be one segment: a slash in its name cannot be told from a folder.
    """
    kind, _, target = location.strip().partition(":")
    if kind != "url":
        return None
    try:
        url = urlsplit(target)
        host = url.hostname
    except ValueError:
        return None
    if url.scheme not in ("https", "http") or not host:
        return None
    parts = [unicodedata.normalize("NFC", unquote(part)) for part in url.path.split("/") if part]
    if any(not _is_name(part) for part in parts):
        return None
    if "_git" in parts[1:]:
        return _azure(host, parts, parse_qs(url.query).get("path", [""])[0])
    return _forge(host, parts)


def place_of_remote(remote: str) -> Place | None:
    """The repository that a Git remote names, by URL or as `git@host:org/repo.git`. None when it names none."""
    if "://" in remote:
        try:
            url = urlsplit(remote.strip())
            host, path = url.hostname, unquote(url.path)
        except ValueError:
            return None
        if url.scheme not in ("https", "http", "ssh", "git"):
            return None
    else:
        address, _, path = remote.strip().partition(":")
        host = address.rpartition("@")[2].lower()
    parts = [unicodedata.normalize("NFC", part) for part in path.strip("/").removesuffix(".git").split("/")]
    if not host or "/" in host or not _is_name(host) or len(parts) < 2 or any(not _is_name(part) for part in parts):
        return None
    return Place(host, "/".join(parts))


def path_in(repository: str, path: str) -> str | None:
    """`<repository>//<path>` of a file or folder in a repository. None when the path is none, or leads out of it."""
    parts = [unicodedata.normalize("NFC", part) for part in path.split("/") if part not in ("", ".")]
    if not parts or any(not _is_name(part) for part in parts):
        return None
    return f"{repository}{IN_REPOSITORY}{'/'.join(parts)}"


def _forge(host: str, parts: list[str]) -> Place | None:
    """GitHub, GitLab, Bitbucket Cloud: org/repo[/-]/view/branch/folder; Gitea: org/repo/src/branch/<branch>/folder."""
    # A slug has at least two names, so the word of a view counts from the third on: a repository may be called "src".
    view = next((index for index, part in enumerate(parts) if index >= 2 and part in _VIEWS), len(parts))
    slug, rest = parts[:view], parts[view + 2 :]
    if parts[view : view + 1] == ["src"] and parts[view + 1 : view + 2] in (["branch"], ["tag"], ["commit"]):
        rest = rest[1:]
    if slug and slug[-1] == "-":
        slug.pop()
    if len(slug) < 2:
        return None
    slug[-1] = slug[-1].removesuffix(".git")
    if view < len(parts) and parts[view] in _FILE_VIEWS and rest:
        rest.pop()
    return Place(host, "/".join(slug), "/".join(rest)) if slug[-1] else None


def _azure(host: str, parts: list[str], path: str) -> Place | None:
    """Azure DevOps: org/project/_git/repo?path=/folder."""
    if len(parts) < 4 or parts[-2] != "_git":
        return None
    folder = [unicodedata.normalize("NFC", part) for part in path.split("/") if part]
    if any(not _is_name(part) for part in folder):
        return None
    return Place(host, "/".join((*parts[:-2], parts[-1])), "/".join(folder))


def _is_name(part: str) -> bool:
    return part not in ("", ".", "..") and "/" not in part and part.strip() == part and part.isprintable()
