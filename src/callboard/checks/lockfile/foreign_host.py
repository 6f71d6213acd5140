"""A package comes from a host that the others do not come from."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault, untold
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Fact, Origin
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    usual = manifest.usual_hosts
    hosted = [each for each in manifest.lock.foreign if each.origin in (Origin.REGISTRY, Origin.URL) and each.host]
    if not manifest.lock.tells(Fact.HOST):
        yield from untold(manifest, Fact.HOST)
    if hosted and not usual:
        yield NotEvaluated(f"{manifest.lock.path}: no host is named by the settings, and none serves most packages")
        return
    for entry in hosted:
        if entry.host not in usual:
            yield entry_fault(
                manifest, entry, f"It comes from {entry.host}, and the others from {', '.join(sorted(usual))}."
            )


CHECK = ManifestCheck(
    advice=Advice(
        key="foreign-host",
        number=3,
        area="lockfile",
        title="A package comes from an unusual host",
        severity=Severity.HIGH,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="A changed line in a lock that nobody reads brings a stranger's archive under a known name.",
        remedy="See who changed the line; where it is meant, name the host in the package manager's settings.",
        before="resolved: https://archives.elsewhere.example/lodash-4.17.21.tgz",
        after="resolved: the registry that the other packages come from",
    ),
    judge=_judge,
)
