"""18. A credential for source control stands in a file."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.secrets import is_plain, is_secret_name
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    integrations = portal.settings.get("integrations")
    for each in integrations.below() if integrations is not None else ():
        if is_secret_name(each.key) and is_plain(each):
            yield fault(each, "A credential for source control stands in plain text in a file.")


CHECK = Check(
    advice=Advice(
        key="integration-secrets",
        number=18,
        title="A credential for source control is in a file",
        severity=Severity.CRITICAL,
        reach=Reach.BUILDERS,
        hits=Hits.PORTAL,
        why="Whoever reads the repository of the portal reads, and often writes, every repository that it can.",
        remedy="Replace it now, since it is in the history; then take it from the environment or from a file of its own.",
        before="integrations:\n  github:\n    - host: github.acme.example\n      token: not-a-real-token\n",
        after="integrations:\n  github:\n    - host: github.acme.example\n      apps:\n        - $include: github-app.yaml\n",
    ),
    judge=_judge,
)
