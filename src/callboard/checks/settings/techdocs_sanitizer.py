"""22. Documentation may hold frames and elements of any kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

_PROBES = ("script-loader", "x-anything", "onclick", "style")
"""What a narrow pattern does not fit all of."""


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    for each in portal.settings.parts("techdocs.sanitizer.allowedIframeHosts"):
        if each.text and "*" in each.text:
            yield fault(each, f"Pages of every host that {each.text} fits may stand in the documentation.")
    for name in ("allowedCustomElementTagNameRegExp", "allowedCustomElementAttributeNameRegExp"):
        found = portal.settings.get(f"techdocs.sanitizer.{name}")
        if found is None or found.text is None:
            continue
        try:
            pattern = re.compile(found.text)
        except re.error:
            yield NotEvaluated(f"{found.name} is no pattern that can be read here")
            continue
        if all(pattern.search(each) for each in _PROBES):
            yield fault(found, "Custom elements of any name, or with any attribute, may stand in the documentation.")


CHECK = Check(
    advice=Advice(
        key="techdocs-sanitizer",
        number=22,
        title="Documentation may frame pages and use any element",
        severity=Severity.MEDIUM,
        reach=Reach.SIGNED_IN,
        hits=Hits.PEOPLE,
        why="Whoever writes documentation shows a page of their own inside the portal, or brings script to life in it.",
        remedy="Name single hosts and the elements that are in use.",
        before="techdocs:\n  sanitizer:\n    allowedIframeHosts: ['*']\n    allowedCustomElementTagNameRegExp: '.*'\n",
        after="techdocs:\n  sanitizer:\n    allowedIframeHosts: [video.acme.example]\n    allowedCustomElementTagNameRegExp: '^acme-'\n",
    ),
    judge=_judge,
)
