"""Faults that change an answer after it was made: its fields, its errors, its bytes."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from callboard.demo.wizsim.faults import Faults

_LISTS: Final = frozenset(
    {"projects", "serviceTickets", "notes", "applicationServices", "securityChampions", "ancestorProjects"}
)
"""Fields that are lists and may be empty."""

_ENUMS: Final = {"status": "DEFERRED", "severity": "CATASTROPHIC", "type": "PROBLEM_OF_TOMORROW"}
_NULLABLE: Final = ("projects", "dueAt", "resolvedAt", "vulnerableAsset", "remediation", "businessUnit", "description")

Change = Callable[[dict[str, Any], int], None]


def damage(body: bytes, faults: Faults, *, partial: bool) -> bytes:
    """The body as the switches want it."""
    answer = msgspec.json.decode(body)
    changes = _changes(faults)
    for nodes, path in _node_lists(answer.get("data"), []):
        for position, node in enumerate(nodes):
            if isinstance(node, dict):
                for change in changes:
                    change(node, position)
        if partial and nodes and isinstance(nodes[0], dict):
            _break(answer, nodes[0], [*path, 0])
    return msgspec.json.encode(answer)


def _changes(faults: Faults) -> list[Change]:
    changes: list[Change] = []
    if faults.empties != "null":
        changes.append(lambda node, _position: _empties(node, faults.empties))
    if faults.unknown_enum:
        changes.append(_unknown_enum)
    if faults.vanishing_field:
        changes.append(lambda node, _position: _each(node, faults.vanishing_field, lambda holder, key: holder.pop(key)))
    if faults.wrong_type:
        changes.append(
            lambda node, _position: _each(node, faults.wrong_type, lambda holder, key: holder.__setitem__(key, 17))
        )
    return changes


def _node_lists(value: Any, path: list[str | int]) -> list[tuple[list[Any], list[str | int]]]:
    """Every list called `nodes`, with its path."""
    found: list[tuple[list[Any], list[str | int]]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "nodes" and isinstance(inner, list):
                found.append((inner, [*path, key]))
            else:
                found.extend(_node_lists(inner, [*path, key]))
    return found


def _empties(value: Any, style: str) -> None:
    if not isinstance(value, dict):
        return
    for key in list(value):
        inner = value[key]
        if key in _LISTS and not inner:
            if style == "absent":
                del value[key]
            else:
                value[key] = [] if style == "list" else ""
        elif isinstance(inner, dict):
            _empties(inner, style)


def _unknown_enum(node: dict[str, Any], position: int) -> None:
    if position % 7 == 3:
        for key, word in _ENUMS.items():
            if isinstance(node.get(key), str):
                node[key] = word


def _each(value: Any, name: str, act: Callable[[dict[str, Any], str], object]) -> None:
    if isinstance(value, dict):
        if name in value:
            act(value, name)
        for inner in list(value.values()):
            _each(inner, name, act)
    elif isinstance(value, list):
        for inner in value:
            _each(inner, name, act)


def _break(answer: dict[str, Any], node: dict[str, Any], path: list[str | int]) -> None:
    """Take one field away and say so in `errors`, as a resolver that failed would."""
    field = next((name for name in _NULLABLE if name in node), None)
    if field is None:
        return
    node[field] = None
    error = {"message": "internal error", "path": [*path, field], "extensions": {"code": "INTERNAL"}}
    answer["errors"] = [*answer.get("errors", ()), error]
