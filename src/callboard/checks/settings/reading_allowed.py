"""9. Users may make the backend read what it should not."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.hosts import is_inside
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for each in portal.settings.parts("backend.reading.allow"):
        host = each.get("host")
        if host is None:
            continue
        if host.text is None:
            yield unknown(host)
            continue
        paths = each.get("paths")
        bare = host.text.rpartition(":")[0] if host.text.rpartition(":")[2].isdigit() else host.text
        if bare.startswith("*"):
            yield fault(host, f"The backend reads whatever {host.text} serves, at users' word.")
        elif is_inside(bare):
            yield fault(host, f"{bare} is inside: users may make the backend read it.")
        elif paths is None or not paths.parts:
            yield fault(host, f"Nothing says which paths of {bare} may be read.", Severity.LOW)


CHECK = Check(
    advice=Advice(
        key="reading-allowed",
        number=9,
        title="Users may make the backend read inner hosts",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Whoever may register a catalog file makes the backend fetch it: cloud metadata, inner services, other teams' files.",
        remedy="Name single hosts outside with the paths that are needed.",
        before="backend:\n  reading:\n    allow:\n      - host: '*.acme.example'\n      - host: 169.254.169.254\n",
        after="backend:\n  reading:\n    allow:\n      - host: files.acme.example\n        paths: [/catalog/]\n",
    ),
    judge=_judge,
)
