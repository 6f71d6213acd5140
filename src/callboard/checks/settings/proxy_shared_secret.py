"""6. A proxy endpoint lends everybody a credential for more than reading."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.proxy import endpoints, headers, is_credential
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for path, endpoint in endpoints(portal.settings).items():
        armed = [each for name, each in headers(endpoint).items() if is_credential(name)]
        if not armed:
            continue
        methods = endpoint.get("allowedMethods")
        if methods is None:
            yield fault(
                armed[0], f"Every user may do through {path} whatever the credential may: allowedMethods is not set."
            )
            continue
        unread = [each for each in methods.parts if each.elsewhere]
        if unread:
            yield unknown(unread[0])
        writing = sorted({each.upper() for each in methods.texts} - _READING)
        if writing:
            yield fault(methods, f"Every user may {', '.join(writing)} through {path} with the portal's credential.")


CHECK = Check(
    advice=Advice(
        key="proxy-shared-secret",
        number=6,
        title="A proxy endpoint lends its credential to everybody",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="Every signed-in user acts with the rights of one shared token, and nobody can tell afterwards who it was.",
        remedy="Allow reading only, with a token that can do no more, or write a backend plugin that decides who may what.",
        before=(
            "proxy:\n  endpoints:\n    /pagerduty:\n      target: https://pager.acme.example\n"
            "      headers:\n        Authorization: Token token=${PAGER_TOKEN}\n"
        ),
        after=(
            "proxy:\n  endpoints:\n    /pagerduty:\n      target: https://pager.acme.example\n"
            "      allowedMethods: [GET]\n      headers:\n        Authorization: Token token=${PAGER_TOKEN}\n"
        ),
    ),
    judge=_judge,
)
