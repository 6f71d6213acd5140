"""2. A secret is asked for in the browser, or a schema gives it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.schema import visible
from callboard.checks.code.source import arguments, string, text
from callboard.checks.secrets import is_secret_name
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_READ = """
(call_expression function: (member_expression property: (property_identifier) @method)
  (#match? @method "^(get|getOptional)(String)?$")) @call
"""


def _judge(source: Source) -> Iterator[Fault]:
    for path, node in visible(source):
        if is_secret_name(path.rpartition(".")[2]):
            yield Fault(path=path, said="The schema gives a secret to every browser.", place=source.place(node))
    if not source.frontend:
        return
    for at in source.find(_READ):
        name = string(next(iter(arguments(at["call"])), None))
        if name is not None and "." in name and is_secret_name(name.rpartition(".")[2]):
            yield Fault(
                path=name,
                said=f"Code that runs in browsers reads a secret ({text(at['method'])}).",
                place=source.place(at["call"]),
            )


CHECK = CodeCheck(
    advice=Advice(
        key="browser-schema",
        number=2,
        area="code",
        title="A plugin takes a secret to the browser",
        severity=Severity.HIGH,
        reach=Reach.ANYBODY,
        hits=Hits.PART,
        why="What a schema marks as visible in the frontend is part of the page that everybody gets, signed in or not.",
        remedy="Take the mark away, and let the plugin's backend make the call that needs the secret.",
        before="/** @visibility frontend */\napiToken: string;",
        after="/** @visibility secret */\napiToken: string;",
    ),
    judge=_judge,
)
