"""4. Who was removed from the catalog may refresh a session."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = portal.settings.get("auth.experimentalRefreshToken.dangerouslyDisableCatalogPresenceCheck")
    if found is not None and found.is_true:
        yield fault(found, "A session goes on for people who are not in the catalog any more.")
    elif found is not None and found.elsewhere:
        yield unknown(found)


CHECK = Check(
    advice=Advice(
        key="refresh-presence",
        number=4,
        title="People who left keep their sessions",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Who left the company goes on with a refresh token until it ends, and it is made to last.",
        remedy="Remove the setting, so that each refresh looks whether the user is still in the catalog.",
        before="auth:\n  experimentalRefreshToken:\n    enabled: true\n    dangerouslyDisableCatalogPresenceCheck: true\n",
        after="auth:\n  experimentalRefreshToken:\n    enabled: true\n",
    ),
    judge=_judge,
)
