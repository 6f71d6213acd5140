"""What is special about an action of the scaffolder: its input comes from whoever fills in the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callboard.checks.code.source import inside, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from callboard.checks.code.source import Source

_FROM_OUTSIDE = re.compile(r"(?:^|\.)(?:input|query|params|body|headers)(?:$|[.?\[])")
"""`ctx.input.url`, `req.query.to`, `request.body`: what the caller chose."""
_CALLERS = frozenset({"ctx", "context", "req", "request", "input", "params"})


def is_action(source: Source) -> bool:
    """Whether the file makes an action of the scaffolder."""
    return bool(source.imported("@backstage/plugin-scaffolder-node").keys() & {"createTemplateAction"}) or any(
        True for _ in source.find('(call_expression function: (identifier) @f (#eq? @f "createTemplateAction"))')
    )


def from_outside(node: Node | None) -> bool:
    """Whether an expression holds what a caller chose, by its name: `ctx.input.x`, `req.query.x` and the like."""
    if node is None:
        return False
    return any(
        text(each).partition(".")[0].rstrip("?") in _CALLERS and _FROM_OUTSIDE.search(text(each)) is not None
        for each in inside(node, ["member_expression", "subscript_expression"])
    )
