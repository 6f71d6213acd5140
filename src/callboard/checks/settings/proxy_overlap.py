"""8. Two proxy paths overlap and ask for different credentials."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.checks.proxy import endpoints
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = [("/" + path.strip("/") + "/", path, endpoint) for path, endpoint in endpoints(portal.settings).items()]
    for inner, inner_name, inside in found:
        for outer, outer_name, outside in found:
            if inner != outer and inner.startswith(outer) and _asks(inside) != _asks(outside):
                yield fault(
                    inside.get("credentials") or inside,
                    f"{inner_name} asks for {_asks(inside)} and lies inside {outer_name}, which asks for {_asks(outside)}.",
                )


def _asks(endpoint: Setting) -> str:
    credentials = endpoint.get("credentials")
    if credentials is None:
        return "require"
    return credentials.text or f"what is in {credentials.elsewhere}"


CHECK = Check(
    advice=Advice(
        key="proxy-overlap",
        number=8,
        title="Proxy paths overlap with different credentials",
        severity=Severity.MEDIUM,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="Before plugin-proxy-backend 0.6.18 the inner path was reached with the outer one's credentials (CVE-2026-106456).",
        remedy="Give the endpoints paths of which none begins with another, and go to Backstage 1.55.0 or newer.",
        before=(
            "proxy:\n  endpoints:\n    /ci:\n      target: https://ci.acme.example\n"
            "      credentials: dangerously-allow-unauthenticated\n"
            "    /ci/admin:\n      target: https://ci.acme.example/admin\n"
        ),
        after=(
            "proxy:\n  endpoints:\n    /ci:\n      target: https://ci.acme.example\n"
            "    /ci-admin:\n      target: https://ci.acme.example/admin\n"
        ),
    ),
    judge=_judge,
)
