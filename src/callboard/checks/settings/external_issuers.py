"""13. Any token of an issuer is accepted."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for access in portal.settings.parts("backend.auth.externalAccess"):
        kind = access.get("type")
        if kind is None or kind.text != "jwks":
            continue
        absent = [
            name
            for name in ("issuer", "audience")
            if (found := access.get("options", name)) is None or (not found.parts and not found.elsewhere)
        ]
        if absent:
            yield fault(access, f"A token counts whatever its {' and '.join(absent)}.")


CHECK = Check(
    advice=Advice(
        key="external-issuers",
        number=13,
        title="Tokens of an issuer count whoever they are for",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Whoever gets any token of that issuer, for whatever purpose, is a service of the portal.",
        remedy="Name issuer and audience.",
        before="backend:\n  auth:\n    externalAccess:\n      - type: jwks\n        options:\n          url: https://id.acme.example/jwks\n",
        after=(
            "backend:\n  auth:\n    externalAccess:\n      - type: jwks\n        options:\n"
            "          url: https://id.acme.example/jwks\n          issuer: https://id.acme.example\n"
            "          audience: portal\n"
        ),
    ),
    judge=_judge,
)
