"""23. Documentation is published to the backend's own disk."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.checks.check import Check, NotEvaluated, Portal, fault, unknown
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach


def _judge(portal: Portal) -> Iterator[Fault | NotEvaluated]:
    found = portal.settings.get("techdocs.publisher.type")
    if found is not None and found.elsewhere:
        yield unknown(found)
    elif found is not None and found.text == "local":
        yield fault(found, "Documentation is kept on the backend's disk, whose other files a link may reach.")
    elif found is not None:
        yield NotEvaluated("whether the bucket holds other data as well is not told by the settings")


CHECK = Check(
    advice=Advice(
        key="techdocs-publisher",
        number=23,
        title="Documentation is published to the backend's disk",
        severity=Severity.LOW,
        reach=Reach.SIGNED_IN,
        hits=Hits.PART,
        why="Advisories on traversal and links turn a page of documentation into any file beside it (CVE-2026-106508).",
        remedy="Publish to a bucket that holds nothing else.",
        before="techdocs:\n  publisher:\n    type: local\n",
        after="techdocs:\n  publisher:\n    type: awsS3\n",
    ),
    judge=_judge,
    only_production=True,
)
