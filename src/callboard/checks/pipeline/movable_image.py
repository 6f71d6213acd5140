"""An image is named by a tag."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.package import DOCKER
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if (
            entry.package.ecosystem == DOCKER
            and not entry.integrity
            and not entry.package.version.startswith("sha256:")
        ):
            named = entry.package.version or "no tag"
            yield entry_fault(manifest, entry, f"{named} may stand for another image tomorrow.")


CHECK = ManifestCheck(
    advice=Advice(
        key="movable-image",
        number=2,
        area="pipeline",
        title="An image is named by a tag",
        severity=Severity.LOW,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="What is built from it changes without a line changing here, by its owner's hand or by another's.",
        remedy="Name the digest behind the tag.",
        before="FROM node:24-slim",
        after="FROM node:24-slim@sha256:…",
    ),
    judge=_judge,
    formats=frozenset({"dockerfile", "github-actions"}),
)
