"""7. The caller chooses the address that the backend asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.action import from_outside
from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, member, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from tree_sitter import Node

    from callboard.checks.code.source import Source

_CALLS = """
(call_expression function: [(identifier) (member_expression)] @name
  (#match? @name "^(fetch|nodeFetch|got|axios|axios[.](get|post|put|delete|head|request)|got[.](get|post))$")) @all
"""
_HOST = re.compile(r"https?://[^/$]+/")


def _judge(source: Source) -> Iterator[Fault]:
    if source.frontend:
        return
    for at in source.find(_CALLS):
        given = next(iter(arguments(at["all"])), None)
        address = member(given, "url") if given is not None and given.type == "object" else given
        if address is not None and _starts_outside(address):
            yield Fault(
                path=text(at["name"]),
                said="The caller chooses the host that the backend asks.",
                place=source.place(at["all"]),
            )


def _starts_outside(address: Node) -> bool:
    """Whether the host is the caller's: not where the text before the caller's part ends it."""
    while address.type == "binary_expression":
        left = address.child_by_field_name("left")
        if left is None:
            return False
        address = left
    if address.type == "template_string":
        before = text(address)[1:].partition("${")[0]
        first = next((each for each in address.named_children if each.type == "template_substitution"), None)
        return first is not None and from_outside(first) and _HOST.match(before) is None
    return from_outside(address)


CHECK = CodeCheck(
    advice=Advice(
        key="open-fetch",
        number=7,
        area="code",
        title="The caller chooses which host the backend asks",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="The backend stands inside: it reaches addresses, such as those with the cloud's credentials, that callers do not.",
        remedy="Use the URL reader service, which keeps to backend.reading.allow, or look the host up in the settings.",
        before="fetch(ctx.input.url)",
        after="urlReader.readUrl(url)",
    ),
    judge=_judge,
)
