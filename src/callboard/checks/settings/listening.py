"""26. The backend answers on every address, or believes whoever forwards."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_ALL = ("", "0.0.0.0", "::", "[::]")  # noqa: S104  what is looked for, not listened on


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    listen = portal.settings.get("backend.listen")
    if listen is not None:
        if listen.elsewhere:
            yield unknown(listen)
        elif _is_everywhere(listen):
            yield fault(
                listen, "It answers on every address of its machine: whether a proxy stands before it is not told here."
            )
    trust = portal.settings.get("backend.trustProxy")
    if trust is not None and trust.is_true:
        yield fault(trust, "Whoever connects may say what address a request comes from.", Severity.MEDIUM)


def _is_everywhere(listen: Setting) -> bool:
    if listen.text is not None:
        return listen.text.rpartition(":")[0] in _ALL
    host = listen.get("host")
    return host is None or host.text in _ALL


CHECK = Check(
    advice=Advice(
        key="listening",
        number=26,
        title="The backend answers on every address or believes any proxy",
        severity=Severity.LOW,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="Around the proxy that signs people in, the backend is reached directly; and limits and logs by address are void.",
        remedy="Listen on the address that the proxy uses, and name the proxies that are trusted.",
        before="backend:\n  listen: ':7007'\n  trustProxy: true\n",
        after="backend:\n  listen: '127.0.0.1:7007'\n  trustProxy: loopback\n",
    ),
    judge=_judge,
    only_production=True,
)
