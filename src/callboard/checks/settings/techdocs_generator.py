"""21. Documentation is built on the backend's own machine."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    where = portal.settings.get("techdocs.generator.runIn")
    builder = portal.settings.get("techdocs.builder")
    for each in (where, builder):
        if each is not None and each.elsewhere:
            yield unknown(each)
            return
    built_here = builder is None or builder.text == "local"
    if where is not None and where.text == "local" and built_here:
        yield fault(where, "A repository's mkdocs.yml is worked on by the backend itself, with its files and rights.")


CHECK = Check(
    advice=Advice(
        key="techdocs-generator",
        number=21,
        title="Documentation of any repository is built on the backend",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Nine advisories of 2026 alone let a repository's mkdocs.yml read files or run programs on that machine.",
        remedy="Build documentation in each repository's own pipeline (builder: external), or at least in a container.",
        before="techdocs:\n  builder: local\n  generator:\n    runIn: local\n",
        after="techdocs:\n  builder: external\n  generator:\n    runIn: local\n",
    ),
    judge=_judge,
)
