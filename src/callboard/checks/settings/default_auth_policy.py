"""1. The policy that every backend route needs a token is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = portal.settings.get("backend.auth.dangerouslyDisableDefaultAuthPolicy")
    if found is not None and found.is_true:
        yield fault(
            found, "Every backend route answers without a token, and the proxy takes all its endpoints for open."
        )
    elif found is not None and found.elsewhere:
        yield unknown(found)


CHECK = Check(
    advice=Advice(
        key="default-auth-policy",
        number=1,
        title="Backend routes answer without a token",
        severity=Severity.CRITICAL,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Whoever reaches the backend reads and writes everything, and through the proxy whatever lies behind it.",
        remedy="Remove the setting. What needs to be open is opened route by route by the plugin it belongs to.",
        before="backend:\n  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n",
        after="backend:\n  auth:\n    dangerouslyDisableDefaultAuthPolicy: false\n",
    ),
    judge=_judge,
)
