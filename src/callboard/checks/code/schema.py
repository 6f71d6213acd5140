"""Which settings a plugin's schema gives to browsers, where the schema is written as types (`config.d.ts`).

Backstage's documentation on defining configuration, read 2026-11-22: `@visibility frontend` in the remark before a
property gives that one, `@deepVisibility frontend` everything below it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.source import text

if TYPE_CHECKING:
    from tree_sitter import Node

    from callboard.checks.code.source import Source

_CONFIG = '(interface_declaration name: (type_identifier) @name body: (_) @body (#eq? @name "Config"))'
_SHOWN = re.compile(r"@(visibility|deepVisibility)\s+(frontend|backend|secret)\b")
_DEEPEST = 30


def visible(source: Source) -> Iterator[tuple[str, Node]]:
    """Paths of settings that browsers get, each with its property. Only of files named `….d.ts`."""
    if source.path.endswith(".d.ts"):
        for at in source.find(_CONFIG):
            yield from _properties(at["body"], (), deep=False)


def _properties(body: Node, path: tuple[str, ...], *, deep: bool) -> Iterator[tuple[str, Node]]:
    remark = ""
    for each in body.named_children:
        if each.type == "comment":
            remark = text(each)
            continue
        if each.type in ("property_signature", "index_signature"):
            marks = dict(_SHOWN.findall(remark))
            below = marks.get("deepVisibility", "frontend" if deep else "") == "frontend"
            here = (*path, _name(each))
            if marks.get("visibility", "frontend" if below else "") == "frontend":
                yield ".".join(here), each
            for inner in _objects(each):
                if len(here) < _DEEPEST:
                    yield from _properties(inner, here, deep=below)
        remark = ""


def _name(signature: Node) -> str:
    if signature.type == "index_signature":
        return "*"
    return text(signature.child_by_field_name("name")).strip("'\"")


def _objects(signature: Node) -> Iterator[Node]:
    """The object types that a property has: its own, one of a union, one of a list's parts."""
    queue = [each for each in signature.named_children if each.type == "type_annotation"]
    while queue:
        each = queue.pop()
        if each.type == "object_type":
            yield each
        elif each.type in (
            "type_annotation",
            "union_type",
            "array_type",
            "parenthesized_type",
            "intersection_type",
            "readonly_type",
            "generic_type",
            "type_arguments",
        ):
            queue += each.named_children
