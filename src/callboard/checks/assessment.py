"""All checks of one portal, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.checks import lockfile, pipeline, settings
from callboard.checks.check import Portal
from callboard.checks.manifest import Manifest
from callboard.domain.finding import Severity
from callboard.domain.posture import Fault, Judged


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a portal."""

    files: tuple[str, ...]
    """The settings that were judged, from the weakest to the strongest."""
    production: bool
    """Whether they were judged as what others use."""
    checks: tuple[Judged, ...]
    """Those that failed, the worst first; then those that could not be judged; then the others. Row by row in each part."""

    @property
    def failed(self) -> tuple[Judged, ...]:
        """Those with a fault."""
        return tuple(each for each in self.checks if each.faults)

    @property
    def unjudged(self) -> tuple[Judged, ...]:
        """Those of which a part, or all, could not be judged."""
        return tuple(each for each in self.checks if each.not_evaluated is not None)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst fault; None: no fault was found."""
        return max((severity_of(judged, fault) for judged in self.checks for fault in judged.faults), default=None)


def severity_of(judged: Judged, fault: Fault) -> Severity:
    """How bad a fault is: as its place says, otherwise as its check says."""
    return judged.advice.severity if fault.severity is None else fault.severity


def worst_of(judged: Judged) -> Severity | None:
    """How bad the worst fault of a check is."""
    return max((severity_of(judged, fault) for fault in judged.faults), default=None)


def assess(portal: Portal, manifests: Sequence[Manifest] = (), others: Sequence[Judged] = ()) -> Assessment:
    """Judge a portal by every check.

    Args:
        portal: its settings and what is known of its packages.
        manifests: its lock files, workflows, Dockerfiles and Terraform files.
        others: what was judged elsewhere: its packages, its code, its workflows by another analyser.
    """
    judged = [check.judged(portal) for check in settings.ALL]
    judged += (check.judged(manifests) for check in (*lockfile.ALL, *pipeline.ALL))
    judged += others
    order = {"failed": 0, "not-evaluated": 1, "passed": 2}
    areas = {"packages": 0, "settings": 1, "code": 2, "lockfile": 3, "pipeline": 4}
    judged.sort(
        key=lambda each: (order[each.word], -(worst_of(each) or 0), areas[each.advice.area], each.advice.number)
    )
    return Assessment(files=portal.settings.files, production=portal.settings.is_production, checks=tuple(judged))
