"""A git dependency names a branch or tag, and no commit."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Origin
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.origin is Origin.GIT:
            if entry.commit is None:
                yield entry_fault(
                    manifest, entry, "It is whatever a branch or tag stands for on the day of the install."
                )
            else:
                yield entry_fault(
                    manifest, entry, "It comes from a repository, past the registry and its checks.", Severity.INFO
                )


CHECK = ManifestCheck(
    advice=Advice(
        key="moving-target",
        number=5,
        area="lockfile",
        title="A git dependency has no commit",
        severity=Severity.HIGH,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Whoever may push to that repository changes what is installed, without a line changing here.",
        remedy="Name the commit, or better a release on the registry.",
        before="a@https://git.acme.example/a.git#main",
        after="a@https://git.acme.example/a.git#commit=1f0c…",
    ),
    judge=_judge,
)
