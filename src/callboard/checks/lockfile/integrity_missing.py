"""Nothing says what a package has to hold."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault, untold
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Fact, Origin
from callboard.domain.posture import Advice, Fault, Hits, Reach

_HASHED = frozenset({Origin.REGISTRY, Origin.URL, Origin.PATCH})


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    # Yarn's own checksum is no hash of the registry's, and still holds the archive to what it was.
    if not manifest.lock.tells(Fact.INTEGRITY) and not any(each.checksum for each in manifest.lock.entries):
        yield from untold(manifest, Fact.INTEGRITY)
        return
    for entry in manifest.lock.foreign:
        # What ships inside another package is covered by that one's hash, and Yarn keeps none for other platforms.
        if (
            entry.origin in _HASHED
            and not entry.integrity
            and not entry.checksum
            and not entry.bundled
            and not entry.conditional
        ):
            yield entry_fault(manifest, entry, "No hash says what it has to hold.")


CHECK = ManifestCheck(
    advice=Advice(
        key="integrity-missing",
        number=1,
        area="lockfile",
        title="A package has no hash in the lock",
        severity=Severity.HIGH,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Whoever serves the package, or stands between, decides what is installed.",
        remedy="Install anew with a clean cache, so that the package manager writes the hash, and look at what changed.",
        before="lodash@npm:4.17.21 without checksum",
        after="lodash@npm:4.17.21 with checksum",
    ),
    judge=_judge,
)
