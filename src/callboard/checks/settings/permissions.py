"""15. Nothing decides who may do what."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, missing, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_ALL = "@backstage/plugin-permission-backend-module-allow-all-policy"


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    enabled = portal.settings.get("permission.enabled")
    if enabled is None:
        yield missing("permission.enabled", "Permissions are off: every user may delete entities and run templates.")
    elif enabled.elsewhere:
        yield unknown(enabled)
    elif not enabled.is_true:
        yield fault(enabled, "Permissions are off: every user may delete entities and run templates.")
    elif portal.packages is None:
        yield NotEvaluated("no package.json was found that names the policy in use")
    elif _ALL in portal.packages:
        yield Fault(path=_ALL, said="The policy in use allows everything to everybody.", place=portal.packages[_ALL])


CHECK = Check(
    advice=Advice(
        key="permissions",
        number=15,
        title="Every user may do everything",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Every signed-in person deletes entities, runs templates, and reads what every plugin shows.",
        remedy="Switch permissions on and install a policy of your own instead of the one that allows all.",
        before="permission:\n  enabled: false\n",
        after="permission:\n  enabled: true\n",
    ),
    judge=_judge,
)
