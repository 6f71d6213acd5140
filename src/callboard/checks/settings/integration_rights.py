"""19. Templates run with a personal token of wide rights."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_CLASSIC = "ghp_"
"""How GitHub's classic personal tokens begin (GitHub's documentation on token formats, 2026-11)."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    own = portal.settings.is_true("scaffolder.requireScmUserCredentials")
    for each in portal.settings.parts("integrations.github"):
        token = each.get("token")
        if token is None:
            continue
        if token.text and token.text.startswith(_CLASSIC):
            yield fault(token, "A classic personal token has its owner's rights in every repository.")
        elif not own and not (each.get("apps") and each.get("apps").parts):  # type: ignore[union-attr]
            yield fault(
                token,
                "The scaffolder and every template run with one token: whether it may write is not told by the settings.",
                Severity.MEDIUM,
            )


CHECK = Check(
    advice=Advice(
        key="integration-rights",
        number=19,
        title="Every template runs with one shared token",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Whoever runs a template writes wherever the token may, in nobody's name.",
        remedy="Use an app's credentials with few rights, and let the scaffolder ask for the user's own (1.54.6 and newer).",
        before="integrations:\n  github:\n    - host: github.acme.example\n      token: ${GITHUB_TOKEN}\n",
        after=(
            "integrations:\n  github:\n    - host: github.acme.example\n      token: ${GITHUB_TOKEN}\n"
            "scaffolder:\n  requireScmUserCredentials: true\n"
        ),
    ),
    judge=_judge,
)
