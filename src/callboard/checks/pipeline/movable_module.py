"""A Terraform module is not held to one version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callboard.checks.check import NotEvaluated
from callboard.checks.manifest import Manifest, ManifestCheck, entry_fault
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Origin
from callboard.domain.packages.package import TERRAFORM
from callboard.domain.posture import Advice, Fault, Hits, Reach

_EXACT = re.compile(r"=?\s*v?[0-9]+(?:\.[0-9]+){1,3}(?:[-+][0-9A-Za-z.+-]+)?")


def _judge(manifest: Manifest) -> Iterator[Fault | NotEvaluated]:
    for entry in manifest.lock.foreign:
        if entry.origin is Origin.GIT and entry.commit is None:
            yield entry_fault(manifest, entry, "A branch or tag says which code it is.")
        elif (
            entry.origin is Origin.REGISTRY
            and entry.package.ecosystem == TERRAFORM
            and not _EXACT.fullmatch(entry.package.version)
        ):
            yield entry_fault(
                manifest, entry, f"{entry.package.version or 'No version'} fits what is published tomorrow."
            )


CHECK = ManifestCheck(
    advice=Advice(
        key="movable-module",
        number=3,
        area="pipeline",
        title="A Terraform module is not held to one version",
        severity=Severity.MEDIUM,
        reach=Reach.SUPPLIERS,
        hits=Hits.PORTAL,
        why="What may change the cloud is itself changed by somebody else.",
        remedy="Name an exact version, or a commit.",
        before='source = "git::https://git.acme.example/vpc.git?ref=main"',
        after='source = "git::https://git.acme.example/vpc.git?ref=1f0c…"',
    ),
    judge=_judge,
    formats=frozenset({"terraform-modules"}),
)
