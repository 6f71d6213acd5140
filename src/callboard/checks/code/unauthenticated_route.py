"""1. A route is opened to whoever is not signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, member, string, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_POLICY = """
(call_expression function: (member_expression property: (property_identifier) @method)
  (#eq? @method "addAuthPolicy")) @call
"""
_HARMLESS = re.compile(r"/?(?:health|healthz|healthcheck|ready|readiness|live|liveness|ping)/?(?:\*.*)?", re.IGNORECASE)
"""Whoever watches the machine asks these, and they tell nothing."""


def _judge(source: Source) -> Iterator[Fault]:
    for at in source.find(_POLICY):
        policy = next(iter(arguments(at["call"])), None)
        if string(member(policy, "allow")) != "unauthenticated":
            continue
        path = string(member(policy, "path"))
        yield Fault(
            path=f"addAuthPolicy {path or text(member(policy, 'path'))}"[:120],
            said="Whoever reaches the backend may call it without a token.",
            place=source.place(at["method"]),
            severity=Severity.INFO if path is not None and _HARMLESS.fullmatch(path) else None,
        )


CHECK = CodeCheck(
    advice=Advice(
        key="unauthenticated-route",
        number=1,
        area="code",
        title="A plugin opens a route without sign-in",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="The backend's default is to refuse who has no token. This route is open to everybody who reaches the backend.",
        remedy="Take the policy away. What has to be open (a webhook) should verify a signature, and name its one path.",
        before="httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });",
        after="// no policy: the default asks for a token",
    ),
    judge=_judge,
)
"""Backstage's documentation of the HTTP router service, read 2026-11-22: `allow` is `unauthenticated` or `user-cookie`."""
