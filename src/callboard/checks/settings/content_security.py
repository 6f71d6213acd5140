"""10. The content security policy is taken back."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.checks.configuration import Setting
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_SCRIPTS = frozenset({"script-src", "script-src-elem", "script-src-attr", "default-src"})
_EVAL = "'unsafe-eval'"
"""Backstage's own default allows it in script-src, which its frontend needs."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    csp = portal.settings.get("backend.csp")
    if csp is None:
        return
    if csp.is_false:
        yield fault(csp, "There is no content security policy at all.")
    for directive, value in csp.items.items():
        if value.is_false:
            yield fault(value, f"The policy says nothing of {directive} any more.")
        for source in value.parts:
            yield from _source(directive.lower(), source)


def _source(directive: str, source: Setting) -> Iterator[Fault]:
    text = (source.text or "").lower()
    if directive in _SCRIPTS and text == "'unsafe-inline'":
        yield fault(source, f"{directive} runs whatever script stands in a page.")
    elif directive in _SCRIPTS - {"script-src"} and text == _EVAL:
        yield fault(source, f"{directive} turns text into programs.")
    elif directive in {*_SCRIPTS, "frame-ancestors", "connect-src", "object-src"} and text in (
        "*",
        "http:",
        "https:",
        "data:",
    ):
        wide = Severity.LOW if directive == "connect-src" else None
        yield fault(source, f"{directive} allows {text}, which is every host.", wide)


CHECK = Check(
    advice=Advice(
        key="content-security",
        number=10,
        title="The content security policy is weakened",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PEOPLE,
        why="Several past holes in Backstage were stopped by this policy alone.",
        remedy="Keep the default, and add single hosts where a plugin needs them.",
        before="backend:\n  csp:\n    script-src: [\"'self'\", \"'unsafe-inline'\"]\n    frame-ancestors: ['*']\n",
        after="backend:\n  csp:\n    script-src: [\"'self'\", \"'unsafe-eval'\"]\n    connect-src: [\"'self'\", 'https://api.acme.example']\n",
    ),
    judge=_judge,
)
