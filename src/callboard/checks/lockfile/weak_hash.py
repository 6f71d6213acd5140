"""A package is held by SHA-1 alone."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_WEAK = ("sha1", "md5")


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.integrity and not entry.checksum and all(each.lower().startswith(_WEAK) for each in entry.integrity):
            yield entry_fault(
                manifest, entry, f"Only {entry.integrity[0][:4].rstrip('-:').upper()} says what it has to hold."
            )


CHECK = ManifestCheck(
    advice=Advice(
        key="weak-hash",
        number=2,
        area="lockfile",
        title="A package is held by a weak hash",
        severity=Severity.MEDIUM,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Two archives with one SHA-1 can be made on purpose.",
        remedy="Install anew with a current package manager, which writes SHA-512.",
        before="integrity: sha1-…",
        after="integrity: sha512-…",
    ),
    judge=_judge,
)
