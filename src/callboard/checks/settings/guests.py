"""2. Guests may sign in."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    guest = portal.settings.get("auth.providers.guest")
    if guest is None:
        return
    outside = guest.get("dangerouslyAllowOutsideDevelopment")
    named = [each.text for key in ("userEntityRef", "ownershipEntityRefs") if (each := guest.get(key)) and each.text]
    who = f" as {named[0]}" if named else ""
    if outside is not None and outside.is_true:
        yield fault(outside, f"Anybody who reaches the page is let in{who}, in production as well.")
    elif outside is not None and outside.elsewhere:
        yield unknown(outside)
    elif portal.settings.is_production:
        yield fault(
            guest,
            "The guest provider is listed in production. It refuses by itself there, until one more setting opens it.",
            Severity.MEDIUM,
        )


CHECK = Check(
    advice=Advice(
        key="guests",
        number=2,
        title="Guests may sign in",
        severity=Severity.CRITICAL,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Anybody who reaches the page becomes a user, and a named one where the setting names one.",
        remedy="Remove the guest provider from the settings for production, where create-app puts it, and use a real one.",
        before="auth:\n  providers:\n    guest:\n      dangerouslyAllowOutsideDevelopment: true\n",
        after="auth:\n  providers:\n    guest: null\n    github:\n      production:\n        clientId: ${GITHUB_CLIENT_ID}\n",
    ),
    judge=_judge,
)
