"""12. A static token of other services is weak or unlimited."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_SHORTEST = 24
"""Characters; what Backstage's documentation asks for is longer than any word."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for access in portal.settings.parts("backend.auth.externalAccess"):
        kind = access.get("type")
        if kind is None or kind.text not in ("static", "legacy"):
            continue
        token = access.get("options", "token") or access.get("options", "secret")
        if token is not None and token.text:
            yield fault(token, "A token that lets services in stands in plain text in a file.")
            if len(token.text) < _SHORTEST:
                yield fault(token, f"It is {len(token.text)} characters long, where {_SHORTEST} are the least.")
        restrictions = access.get("accessRestrictions")
        if restrictions is None or not restrictions.parts:
            yield fault(access, "It reaches every plugin: accessRestrictions is not set.", Severity.MEDIUM)


CHECK = Check(
    advice=Advice(
        key="external-tokens",
        number=12,
        title="A static service token is weak or unlimited",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PORTAL,
        why="Whoever finds it calls every plugin as a service, which permissions do not hold back.",
        remedy="Take the token from the environment, make it long and random, and name the plugins that it may call.",
        before=(
            "backend:\n  auth:\n    externalAccess:\n      - type: static\n        options:\n"
            "          token: ci-token\n          subject: ci\n"
        ),
        after=(
            "backend:\n  auth:\n    externalAccess:\n      - type: static\n        options:\n"
            "          token: ${CI_TOKEN}\n          subject: ci\n        accessRestrictions:\n"
            "          - plugin: catalog\n            permission: catalog.entity.read\n"
        ),
    ),
    judge=_judge,
)
