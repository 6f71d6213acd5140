"""What a check of a lock file or of a pipeline is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from callboard.checks.check import NotEvaluated
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Entry, Fact, Lock, Origin
from callboard.domain.posture import Advice, Fault, Judged, Place


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest that was read, with what is known around it."""

    lock: Lock
    raw: bytes
    hosts: frozenset[str] = frozenset()
    """Hosts that the project's own settings name as its registries. Empty: they name none."""

    @property
    def usual_hosts(self) -> frozenset[str]:
        """Hosts that packages are expected from: those of the settings, otherwise the one that most of the file comes from."""
        if self.hosts:
            return self.hosts
        counted = Counter(each.host for each in self.lock.foreign if each.origin is Origin.REGISTRY and each.host)
        total = sum(counted.values())
        return frozenset(host for host, n in counted.most_common(1) if n * 2 > total)


class ManifestCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check of every manifest of some formats."""

    advice: Advice
    judge: Callable[[Manifest], Iterable[Fault | NotEvaluated]]
    formats: frozenset[str] | None = None
    """As in `Lock.format`; None: every lock of packages."""

    def judged(self, manifests: Iterable[Manifest]) -> Judged:
        """What it finds in the manifests that it is for."""
        meant = [each for each in manifests if self._is_for(each.lock.format)]
        if not meant:
            return Judged(advice=self.advice, not_evaluated="no file that it is for was found")
        found = [each for manifest in meant for each in self.judge(manifest)]
        reasons = dict.fromkeys(each.reason for each in found if isinstance(each, NotEvaluated))
        return Judged(
            advice=self.advice,
            faults=tuple(each for each in found if isinstance(each, Fault)),
            not_evaluated="; ".join(reasons) or None,
        )

    def _is_for(self, name: str) -> bool:
        return name not in PIPELINE if self.formats is None else name in self.formats


PIPELINE: Mapping[str, str] = {
    "github-actions": "a workflow",
    "dockerfile": "a Dockerfile",
    "terraform-modules": "a Terraform file",
}
"""Formats that say what a pipeline runs, and are no locks of packages."""


def entry_fault(manifest: Manifest, entry: Entry, said: str, severity: Severity | None = None) -> Fault:
    """A fault at an entry of a manifest."""
    version = f"@{entry.package.version}" if entry.package.version else ""
    return Fault(
        path=f"{entry.package.name}{version}",
        said=said,
        place=Place(manifest.lock.path, entry.line),
        severity=severity,
    )


def untold(manifest: Manifest, fact: Fact) -> Iterable[NotEvaluated]:
    """Why the manifest cannot tell, when it cannot."""
    for each in manifest.lock.unknown:
        if each.fact is fact:
            yield NotEvaluated(f"{manifest.lock.path}: {each.why[:1].lower()}{each.why[1:].rstrip('.')}")
