"""20. Templates have secrets at hand."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = portal.settings.get("scaffolder.defaultEnvironment.secrets")
    if found is not None and found.parts:
        names = ", ".join(sorted(found.items)) or "a secret"
        yield fault(found, f"Every template may use {names}.")


CHECK = Check(
    advice=Advice(
        key="scaffolder-secrets",
        number=20,
        title="Every template may use shared secrets",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Several advisories are about these very secrets in logs, dry runs and task data (CVE-2025-55285, CVE-2026-32237).",
        remedy="Remove them; let single actions take what they need from a place that only they can read.",
        before="scaffolder:\n  defaultEnvironment:\n    secrets:\n      DEPLOY_TOKEN: ${DEPLOY_TOKEN}\n",
        after="scaffolder:\n  defaultEnvironment:\n    parameters:\n      region: eu-1\n",
    ),
    judge=_judge,
)
