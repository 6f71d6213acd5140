"""References of container images: `host:port/path/name:tag@digest` (the distribution project's grammar, read 2026-11)."""

from __future__ import annotations

import re

from callboard.domain.packages.lock import Entry, Origin
from callboard.domain.packages.package import DOCKER, Package

_REFERENCE = re.compile(
    r"(?:([A-Za-z0-9.-]+(?::[0-9]+)?)/)?([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([a-z0-9]+:[0-9a-f]{32,}))?"
)
_USUAL = frozenset({"docker.io", "index.docker.io"})


def image_entry(reference: str, line: int) -> Entry | None:
    """The image that a reference names. None: it is none, for example because a variable stands in it.

    The version is the tag, where there is none the digest, and without both `latest`, which is what pulling takes.
    """
    host, rest = "", reference
    first, slash, after = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        host, rest = first, after
    match = _REFERENCE.fullmatch(rest)
    if match is None or (match[1] and "." in match[1]):
        return None
    name = f"{match[1]}/{match[2]}" if match[1] else match[2]
    tag, digest = match[3], match[4]
    host = "" if host in _USUAL else host.lower()
    if not host and "/" not in name:
        name = f"library/{name}"
    package = Package(
        ecosystem=DOCKER,
        name=name,
        version=tag or digest or "latest",
        qualifiers=(("repository_url", host),) if host else (),
    )
    return Entry(
        package=package,
        line=line,
        origin=Origin.REGISTRY,
        location=reference,
        integrity=(digest,) if digest else (),
        direct=True,
    )
