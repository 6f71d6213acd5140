"""A package comes over plain http."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_PLAIN = ("http://", "git://", "git+http://", "ftp://")


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if (entry.location or "").lower().startswith(_PLAIN):
            yield entry_fault(manifest, entry, "It comes over a line that anybody on the way can change.")


CHECK = ManifestCheck(
    advice=Advice(
        key="plain-http",
        number=4,
        area="lockfile",
        title="A package comes over plain http",
        severity=Severity.HIGH,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Whoever is on the way hands out an archive of their own, and where no hash is kept it is installed.",
        remedy="Use https.",
        before="resolved: http://packages.acme.example/a-1.0.0.tgz",
        after="resolved: https://packages.acme.example/a-1.0.0.tgz",
    ),
    judge=_judge,
)
