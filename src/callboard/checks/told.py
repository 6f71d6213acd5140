"""An assessment told: as JSON, as SARIF for code scanning, and as Markdown for a pull request or a meeting."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from callboard.checks import sarif
from callboard.checks.assessment import Assessment, severity_of
from callboard.domain.posture import Judged, Place


class FaultWire(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a check fails."""

    path: str
    file: str | None
    line: int | None
    severity: str
    said: str


class CheckWire(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    area: str
    """settings, code, lockfile, pipeline or packages."""
    number: int
    key: str
    result: str
    """failed, not-evaluated or passed."""
    severity: str
    title: str
    why: str
    remedy: str
    before: str
    after: str
    faults: tuple[FaultWire, ...]
    not_evaluated: str | None


class AssessmentWire(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment."""

    files: tuple[str, ...]
    production: bool
    failed: int
    not_evaluated: int
    passed: int
    worst: str | None
    checks: tuple[CheckWire, ...]


def as_wire(assessment: Assessment) -> AssessmentWire:
    """All of it, for programs."""
    words = [each.word for each in assessment.checks]
    worst = assessment.worst
    return AssessmentWire(
        files=assessment.files,
        production=assessment.production,
        failed=words.count("failed"),
        not_evaluated=words.count("not-evaluated"),
        passed=words.count("passed"),
        worst=None if worst is None else worst.word,
        checks=tuple(_check(each) for each in assessment.checks),
    )


def _check(judged: Judged) -> CheckWire:
    advice = judged.advice
    return CheckWire(
        area=advice.area, number=advice.number, key=advice.key, result=judged.word, severity=advice.severity.word, title=advice.title,
        why=advice.why, remedy=advice.remedy, before=advice.before, after=advice.after,
        faults=tuple(
            FaultWire(
                path=fault.path,
                file=fault.place.file if fault.place else None,
                line=fault.place.line if fault.place else None,
                severity=severity_of(judged, fault).word,
                said=fault.said,
            )
            for fault in judged.faults
        ),
        not_evaluated=judged.not_evaluated,
    )  # fmt: skip


def as_sarif(assessment: Assessment, version: str) -> dict[str, object]:
    """A SARIF 2.1.0 log. What is missing everywhere stands at the strongest file; what was not judged is a notification."""
    rules = [
        sarif.Rule(
            key=each.advice.key,
            title=each.advice.title,
            why=each.advice.why,
            help=f"{each.advice.remedy}\n\nBefore:\n{each.advice.before}\nAfter:\n{each.advice.after}",
            severity=each.advice.severity,
        )
        for each in sorted(assessment.checks, key=lambda each: (each.advice.area, each.advice.number))
    ]
    notes = [(each.advice.key, f"Not evaluated: {each.not_evaluated}.") for each in assessment.unjudged]
    return sarif.log(version, rules, _results(assessment), notes)


def _results(assessment: Assessment) -> Iterator[sarif.Result]:
    strongest = assessment.files[-1] if assessment.files else "app-config.yaml"
    for judged in assessment.failed:
        for fault in judged.faults:
            yield sarif.Result(
                rule=judged.advice.key,
                severity=severity_of(judged, fault),
                text=f"{fault.path}: {fault.said} {judged.advice.remedy}",
                place=fault.place or Place(strongest),
                mark=fault.path,
            )


def as_markdown(assessment: Assessment) -> str:
    """For people who read it away from a terminal."""
    wire = as_wire(assessment)
    of = "for production" if wire.production else "for development"
    lines = [
        "# Assessment of the portal",
        "",
        f"Judged: {', '.join(f'`{each}`' for each in wire.files)}, {of}.",
        f"{wire.failed} of {len(wire.checks)} checks failed, {wire.not_evaluated} could not be judged, {wire.passed} passed.",
    ]
    for check in wire.checks:
        if check.faults:
            lines += ["", f"## {check.title} ({check.severity})", ""]
            lines += [f"- `{each.path}` {_at(each)}: {each.said}" for each in check.faults]
            lines += ["", f"{check.why} {check.remedy}"]
            if check.area == "settings":
                lines += ["", "```yaml", "# before", check.before.rstrip(), "# after", check.after.rstrip(), "```"]
    unjudged = [check for check in wire.checks if check.not_evaluated is not None]
    if unjudged:
        lines += ["", "## Not evaluated", ""]
        lines += [f"- {check.title}: {check.not_evaluated}." for check in unjudged]
    return "\n".join(lines) + "\n"


def _at(fault: FaultWire) -> str:
    if fault.file is None:
        return "(set nowhere)"
    return f"({fault.file}:{fault.line})" if fault.line else f"({fault.file})"
