"""5. A proxy endpoint asks for no token."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.proxy import endpoints, headers, is_credential
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for path, endpoint in endpoints(portal.settings).items():
        credentials = endpoint.get("credentials")
        if credentials is None:
            continue
        if credentials.text == "dangerously-allow-unauthenticated":
            armed = [name for name in headers(endpoint) if is_credential(name)]
            more = f", with the {armed[0]} header that the portal adds" if armed else ""
            severity = Severity.CRITICAL if armed else Severity.HIGH
            yield fault(credentials, f"Anybody may call what lies behind {path}{more}.", severity)
        elif credentials.elsewhere:
            yield unknown(credentials)


CHECK = Check(
    advice=Advice(
        key="proxy-open",
        number=5,
        title="A proxy endpoint is open to everybody",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="The portal is a way into the network behind it, and where it adds a header, with the portal's own rights.",
        remedy="Ask for a signed-in user: `credentials: require`, which is the default.",
        before=(
            "proxy:\n  endpoints:\n    /grafana:\n      target: https://grafana.acme.example\n"
            "      credentials: dangerously-allow-unauthenticated\n"
        ),
        after="proxy:\n  endpoints:\n    /grafana:\n      target: https://grafana.acme.example\n      credentials: require\n",
    ),
    judge=_judge,
)
