"""25. The portal is served in clear, or keeps no session secret where one is needed."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, missing, unknown
from callboard.checks.hosts import host_of, is_here, scheme_of
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_WITH_SESSIONS = ("auth0", "oidc")
"""Providers whose documentation asks for `auth.session.secret` (read 2026-11)."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for path in ("app.baseUrl", "backend.baseUrl"):
        url = portal.settings.get(path)
        if url is None:
            continue
        if url.elsewhere:
            yield unknown(url)
        elif url.text and scheme_of(url.text) == "http" and not is_here(host_of(url.text) or ""):
            yield fault(url, "Tokens and cookies pass in clear, and cookies lose their Secure mark.")
    providers = portal.settings.get("auth.providers")
    needing = [each for each in _WITH_SESSIONS if providers is not None and each in providers.items]
    if needing and portal.settings.get("auth.session.secret") is None:
        yield missing(
            "auth.session.secret",
            f"The {needing[0]} provider keeps its state in a session that nothing signs.",
            Severity.LOW,
        )


CHECK = Check(
    advice=Advice(
        key="base-urls",
        number=25,
        title="The portal is served in clear",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PEOPLE,
        why="Whoever is on the way reads the token of every user.",
        remedy="Serve it over https and say so in both settings; give providers with sessions a secret.",
        before="app:\n  baseUrl: http://portal.acme.example\nbackend:\n  baseUrl: http://portal.acme.example\n",
        after="app:\n  baseUrl: https://portal.acme.example\nbackend:\n  baseUrl: https://portal.acme.example\n",
    ),
    judge=_judge,
    only_production=True,
)
