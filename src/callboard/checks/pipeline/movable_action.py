"""An action is named by a tag or a branch."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Origin
from callboard.domain.packages.package import ACTIONS
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.package.ecosystem == ACTIONS and entry.origin is Origin.GIT and entry.commit is None:
            yield entry_fault(manifest, entry, f"{entry.package.version} may stand for other code tomorrow.")


CHECK = ManifestCheck(
    advice=Advice(
        key="movable-action",
        number=1,
        area="pipeline",
        title="An action is named by a tag",
        severity=Severity.MEDIUM,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="Whoever takes over the repository moves the tag, and every pipeline hands its secrets over (March 2026).",
        remedy="Name the commit, with the tag as a remark behind it, and let a bot move both.",
        before="uses: acme/deploy@v4",
        after="uses: acme/deploy@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v4.1.0",
    ),
    judge=_judge,
    formats=frozenset({"github-actions"}),
)
