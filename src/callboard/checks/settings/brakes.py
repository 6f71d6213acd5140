"""32. There is no brake, and no trail."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, missing, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    limit = portal.settings.get("backend.rateLimit")
    if limit is None:
        yield missing("backend.rateLimit", "Nothing slows down who tries again and again.")
    elif limit.is_false:
        yield fault(limit, "Nothing slows down who tries again and again.")
    elif limit.elsewhere:
        yield unknown(limit)
    levels = portal.settings.get("backend.auditor.severityLogLevelMappings")
    if levels is not None and levels.parts and all(each.text == "debug" for each in levels.parts):
        level = portal.settings.get("backend.logger.level")
        if level is None or level.text != "debug":
            yield fault(levels, "Every event of the auditor is logged at a level that the log leaves out.")


CHECK = Check(
    advice=Advice(
        key="brakes",
        number=32,
        title="Nothing slows attackers down or keeps a trail",
        severity=Severity.LOW,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="Guessing and scraping cost nothing, and afterwards nobody can tell what was done.",
        remedy="Set a rate limit, and keep the auditor's events at a level that is logged.",
        before="backend:\n  rateLimit: false\n  auditor:\n    severityLogLevelMappings:\n      high: debug\n      critical: debug\n",
        after="backend:\n  rateLimit:\n    window: 1m\n    incomingRequestLimit: 600\n",
    ),
    judge=_judge,
    only_production=True,
)
