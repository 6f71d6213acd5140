"""6. A path of the caller's choice is joined to a folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.action import from_outside
from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source


def _judge(source: Source) -> Iterator[Fault]:
    names = source.imported("path", "path/posix")
    for name, call in source.calls(names):
        given = arguments(call)
        if name in ("join", "resolve") and len(given) > 1 and any(from_outside(each) for each in given[1:]):
            yield Fault(
                path=f"{name} {text(given[0])}"[:120],
                said="The caller's path may lead out of the folder (`../`).",
                place=source.place(call),
            )


CHECK = CodeCheck(
    advice=Advice(
        key="workspace-path",
        number=6,
        area="code",
        title="A path of the caller's choice can leave its folder",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Who fills in a template reads or overwrites files of the backend; several of Backstage's own advisories are this.",
        remedy="Use resolveSafeChildPath of @backstage/backend-plugin-api, which refuses what leads outside.",
        before="path.join(ctx.workspacePath, ctx.input.targetPath)",
        after="resolveSafeChildPath(ctx.workspacePath, ctx.input.targetPath)",
    ),
    judge=_judge,
)
