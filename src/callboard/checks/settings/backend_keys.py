"""14. One shared secret signs every backend call."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.secrets import is_plain
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for key in portal.settings.parts("backend.auth.keys"):
        secret = key.get("secret")
        if secret is not None and is_plain(secret):
            yield fault(secret, "The secret that signs calls between backends stands in plain text in a file.")
    for access in portal.settings.parts("backend.auth.externalAccess"):
        kind = access.get("type")
        if kind is not None and kind.text == "legacy":
            yield fault(
                kind, "The old shared secret is accepted: it signs calls in the name of any service.", Severity.MEDIUM
            )


CHECK = Check(
    advice=Advice(
        key="backend-keys",
        number=14,
        title="A shared secret forges backend calls",
        severity=Severity.HIGH,
        reach=Reach.BUILDERS,
        hits=Hits.PORTAL,
        why="With the one secret anybody makes a token that every plugin takes for a backend's.",
        remedy="Remove the keys: backends sign with keys of their own. Give old callers a static token with restrictions.",
        before="backend:\n  auth:\n    keys:\n      - secret: c2VjcmV0\n",
        after="backend:\n  auth:\n    externalAccess: []\n",
    ),
    judge=_judge,
)
