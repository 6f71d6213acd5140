"""An archive's address names another package than the one that is locked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Entry, Origin
from callboard.domain.packages.package import NPM
from callboard.domain.posture import Advice, Fault, Hits, Reach

_ARCHIVE = re.compile(r"/((?:@[^/]+/)?[^/@]+)/-/(?:@[^/]+/)?([^/]+)\.tgz")
"""How registries of npm name archives: /name/-/name-version.tgz, with the scope before the name."""


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        told = _told(entry)
        if told is None:
            continue
        name, version = told
        package = entry.package
        if (name, version) != (
            package.name,
            package.version,
        ) and f"{name}-{version}" != f"{package.name}-{package.version}":
            yield entry_fault(manifest, entry, f"Its address is that of {name} {version}.")


def _told(entry: Entry) -> tuple[str, str] | None:
    """Name and version in an address; None where it has another form."""
    if entry.package.ecosystem != NPM or entry.origin not in (Origin.REGISTRY, Origin.URL) or not entry.location:
        return None
    try:
        path = unquote(urlsplit(entry.location).path)
    except ValueError:
        return None
    found = _ARCHIVE.search(path)
    if found is None:
        return None
    name, file = found[1], found[2]
    bare = name.rpartition("/")[2]
    return (name, file[len(bare) + 1 :]) if file.startswith(f"{bare}-") else (file.partition("-")[0], "")


CHECK = ManifestCheck(
    advice=Advice(
        key="renamed-archive",
        number=8,
        area="lockfile",
        title="An archive is that of another package",
        severity=Severity.CRITICAL,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="The line says a known name and installs another package: this is how a lock is poisoned in a pull request.",
        remedy="Take the line out, install anew, and find out who wrote it.",
        before='lodash@^4.17.21: resolved "…/lodahs/-/lodahs-1.0.0.tgz"',
        after='lodash@^4.17.21: resolved "…/lodash/-/lodash-4.17.21.tgz"',
    ),
    judge=_judge,
)
