"""Where an npm package comes from, by the address that a lockfile gives."""

from __future__ import annotations

import re
from typing import NamedTuple

from callboard.domain.packages.lock import Origin

_COMMIT = re.compile(r"[0-9a-f]{40}")
_GIT = re.compile(r"git(?:\+[a-z]+)?:|ssh:|github:|gitlab:|bitbucket:|gist:|git@")
_ARCHIVE = re.compile(r"https://codeload\.github\.com/[^/]+/[^/]+/tar\.gz/([0-9a-f]{40})")
_TARBALL = re.compile(r"https?://[^/]+/(?:.*/)?(@[^/]+/[^/]+|[^/@]+)/-/(?:@[^/]+/)?[^/]+\.tgz", re.IGNORECASE)


class Place(NamedTuple):
    """Origin, address without its hash, and the commit of a repository."""

    origin: Origin
    location: str | None = None
    commit: str | None = None


def place_of(address: str) -> Place:
    """What an address says. Without one, and for a bare version or range, the registry."""
    base, _, fragment = address.partition("#")
    if _GIT.match(base) or (base.endswith(".git") and "://" in base):
        # Pinned only by a whole commit; a branch or tag moves.
        return Place(Origin.GIT, base, fragment if _COMMIT.fullmatch(fragment) else None)
    if archive := _ARCHIVE.match(base):
        return Place(Origin.GIT, base, archive[1])
    if base.startswith(("file:", "./", "../", "/")):
        return Place(Origin.FILE, base.removeprefix("file:"))
    if base.startswith("link:"):
        return Place(Origin.LINK, base.removeprefix("link:"))
    if base.startswith(("http:", "https:")):
        return Place(Origin.REGISTRY if _TARBALL.match(base) else Origin.URL, base)
    return Place(Origin.REGISTRY)
