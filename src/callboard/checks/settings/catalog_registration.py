"""17. Anybody may register any URL."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, missing, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = portal.settings.get("catalog.readonly")
    enabled = portal.settings.get("permission.enabled")
    if found is not None and found.elsewhere:
        yield unknown(found)
    elif found is not None and found.is_true:
        return
    elif enabled is not None and enabled.is_true:
        # A policy may say who registers; what it says is code.
        yield NotEvaluated("permissions are on, and whether the policy lets users register is in its code")
    elif found is None:
        yield missing("catalog.readonly", "Every user may register any URL that the backend can read.")
    else:
        yield fault(found, "Every user may register any URL that the backend can read.")


CHECK = Check(
    advice=Advice(
        key="catalog-registration",
        number=17,
        title="Every user may register any URL",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="What is registered is read, shown and, for templates, run; and nobody has looked at it.",
        remedy="Set catalog.readonly where teams are found by a provider, or let a permission policy say who may register.",
        before="catalog:\n  readonly: false\n",
        after="catalog:\n  readonly: true\n",
    ),
    judge=_judge,
)
