"""A dependency is a folder or file outside the repository."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Entry, Origin
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.origin in (Origin.FILE, Origin.LINK) and _is_outside(entry):
            yield entry_fault(
                manifest, entry, "It is whatever lies beside the repository on the machine that installs it."
            )


def _is_outside(entry: Entry) -> bool:
    path = (entry.location or "").removeprefix("file:").replace("\\", "/")
    depth = 0
    for part in path.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return path.startswith(("/", "~")) or path[1:3] == ":/"


CHECK = ManifestCheck(
    advice=Advice(
        key="outside-folder",
        number=6,
        area="lockfile",
        title="A dependency lies outside the repository",
        severity=Severity.MEDIUM,
        reach=Reach.BUILDERS,
        hits=Hits.PORTAL,
        why="What is built depends on the machine, and whoever may write beside the repository writes into the build.",
        remedy="Publish it, or take it into the repository as a workspace.",
        before="a@file:../../a",
        after="a@workspace:packages/a",
    ),
    judge=_judge,
)
