"""A dependency is made by a program while installing."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Origin
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.origin is Origin.EXEC:
            yield entry_fault(manifest, entry, "A program of the lock's choice runs while it is installed.")


CHECK = ManifestCheck(
    advice=Advice(
        key="install-runs",
        number=7,
        area="lockfile",
        title="A dependency runs a program to be made",
        severity=Severity.HIGH,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Yarn's exec: protocol runs a script before anything was looked at.",
        remedy="Publish what the script makes, and depend on that.",
        before="a@exec:./make-a.js",
        after="a@npm:^1.0.0",
    ),
    judge=_judge,
)
