"""A package runs code of its own when it is installed."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault, untold
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Fact
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    yield from untold(manifest, Fact.INSTALL_SCRIPT)
    for entry in manifest.lock.foreign:
        if entry.install_script:
            yield entry_fault(manifest, entry, "It runs a script of its own when it is installed.")


CHECK = ManifestCheck(
    advice=Advice(
        key="install-scripts",
        number=9,
        area="lockfile",
        title="A package runs a script when it is installed",
        severity=Severity.INFO,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Most worms of 2025 and 2026 ran from such a script. Honest packages have them too: what matters is a new one.",
        remedy="Install without scripts, and allow them by name for those that need them.",
        before="hasInstallScript: true, and scripts run",
        after="hasInstallScript: true, and scripts are off but for this one",
    ),
    judge=_judge,
)
