"""YAML files as plain values, with the line that each came from, at a bounded cost.

Read as Backstage reads them: YAML 1.2, so that `on`, `yes`, `12:30` and `2026-01-01` are text, and a key that comes twice
is a mistake. Nothing is constructed but mappings, lists and scalars. Before anything is built, one pass over the parser's
events counts what building it would cost, aliases multiplied out: a "billion laughs" file is refused in the time that
reading it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import yaml

MAX_BYTES = 5_000_000
"""Size of the largest catalog file. The largest real ones carry API definitions of a few hundred kilobytes."""
MAX_NODES = 500_000
"""Keys, values, lists and mappings in one file at most, with every alias counted as what it stands for."""
MAX_DEPTH = 100
"""Mappings and lists inside each other at most."""
MAX_ALIASES = 1_000
"""Aliases (`*name`) in one file at most."""
MAX_DOCUMENTS = 10_000
"""Documents (`---`) in one file at most."""

_NUMBER = re.compile(
    r"[-+]?(?:[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")


class DocumentError(Exception):
    """A file, or one document in it, that cannot be read."""

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        """Counted from 1. None: the file as a whole."""
        self.reason = reason


class Document(msgspec.Struct, frozen=True):
    """One YAML document."""

    value: object
    """Mappings with text keys, lists, text, numbers, true, false and None."""
    line: int
    """The line that it starts on, counted from 1."""
    lines: dict[tuple[str, ...], int]
    """The lines of the keys of its upper levels, by path."""

    def line_of(self, path: tuple[str, ...]) -> int:
        """The line of the nearest key on the way to `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, self.line)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes with the tags of YAML 1.2's core schema, and constructs nothing."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML's own way


def _resolve(tag: str, pattern: re.Pattern[str], first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern.pattern})\Z"), list(first))


_resolve("null", re.compile(r"~|null|Null|NULL|"), "~nN\0")
_resolve("bool", re.compile(r"true|True|TRUE|false|False|FALSE"), "tTfF")
_resolve("float", re.compile(f"{_NUMBER.pattern}|{_OTHER_BASE.pattern}"), "-+0123456789.")
_resolve("merge", re.compile(r"<<"), "<")
_Loader.yaml_implicit_resolvers.setdefault("", []).extend(_Loader.yaml_implicit_resolvers.pop("\0"))


def read_documents(raw: bytes, *, levels: int = 3) -> Iterator[Document | DocumentError]:
    """The documents of one file in their order. An error that spoils the rest of the file comes last.

    Args:
        raw: the file.
        levels: how many levels of keys have their lines remembered; three are enough to point at one annotation.
    """
    try:
        text = _checked(raw)
    except DocumentError as error:
        yield error
        return
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            lines: dict[tuple[str, ...], int] = {}
            try:
                value = _value(node, (), _Lines(lines, levels))
            except DocumentError as error:
                yield error
                continue
            if value is not None:
                yield Document(value, node.start_mark.line + 1, lines)
    except yaml.YAMLError as error:
        yield _said(error)
    finally:
        loader.dispose()


def _checked(raw: bytes) -> str:
    """The text of a file that is safe to build. Raises DocumentError.

    A mistake in the YAML itself is left to the second pass, which first gives the documents before it.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError(None, f"the file is larger than {MAX_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(raw.count(b"\n", 0, error.start) + 1, "expected UTF-8 text") from None
    cost = _Cost()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            cost.add(event)
    except yaml.YAMLError:
        pass
    return text


class _Cost:
    """What building the nodes of a file would cost, counted from the parser's events."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, int]] = []
        self._anchors: dict[str, int | None] = {}
        self._total = 0
        self._aliases = 0
        self._documents = 0

    def add(self, event: yaml.Event) -> None:
        """Count one event. Raises DocumentError once it is too much."""
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.ScalarEvent):
            self._count(1, event.anchor, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor, self._total))
            if event.anchor:
                self._anchors[event.anchor] = None
            if len(self._open) > MAX_DEPTH:
                raise DocumentError(line, f"more than {MAX_DEPTH} mappings or lists inside each other")
            self._count(1, None, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._open.pop()
            if anchor:
                self._anchors[anchor] = self._total - before
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
            self._documents += 1
            if self._documents > MAX_DOCUMENTS:
                raise DocumentError(line, f"more than {MAX_DOCUMENTS:,} documents in one file")

    def _alias(self, anchor: str | None, line: int | None) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise DocumentError(line, f"more than {MAX_ALIASES:,} aliases in one file")
        size = self._anchors.get(anchor or "", 1)
        if size is None:
            raise DocumentError(line, f"*{anchor} stands inside what it refers to")
        self._count(size, None, line)

    def _count(self, size: int, anchor: str | None, line: int | None) -> None:
        self._total += size
        if anchor:
            self._anchors[anchor] = size
        if self._total > MAX_NODES:
            raise DocumentError(line, f"more than {MAX_NODES:,} keys and values in one file, aliases multiplied out")


class _Lines(msgspec.Struct, frozen=True):
    """The lines of keys and items, so far."""

    by_path: dict[tuple[str, ...], int]
    levels: int

    def note(self, path: tuple[str, ...], node: yaml.Node) -> None:
        if len(path) <= self.levels:
            self.by_path[path] = node.start_mark.line + 1


_NOWHERE = _Lines({}, 0)


def _value(node: yaml.Node, path: tuple[str, ...], lines: _Lines) -> object:
    """The plain value of a node. Raises DocumentError for a mapping that cannot be one."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_item(item, (*path, f"[{number}]"), lines) for number, item in enumerate(node.value)]
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return node.value.lower() == "true"
        case "float" | "int":
            # Whole numbers of a usual size are told; of others only that they are numbers and no whole ones, since some are
            # costly to work out.
            return int(node.value) if _WHOLE.fullmatch(node.value) else 0.5
    return cast("str", node.value)


def _item(node: yaml.Node, path: tuple[str, ...], lines: _Lines) -> object:
    lines.note(path, node)
    return _value(node, path, lines)


def _mapping(node: yaml.MappingNode, path: tuple[str, ...], lines: _Lines) -> dict[str, object]:
    found: dict[str, object] = {}
    merged: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if key_node.tag == "tag:yaml.org,2002:merge":
            for each in _merged(value_node, path, line):
                for key, value in each.items():
                    merged.setdefault(key, value)
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise DocumentError(line, "expected text as the key of a mapping")
        key = key_node.value
        if key in found:
            raise DocumentError(line, f"the key {key!r} comes twice")
        inner = (*path, key)
        lines.note(inner, key_node)
        found[key] = _value(value_node, inner, lines)
    return {**merged, **found} if merged else found


def _merged(node: yaml.Node, path: tuple[str, ...], line: int) -> list[dict[str, object]]:
    """The mappings that `<<` takes over, in their order; of two that hold one key the first wins."""
    value = _value(node, path, _NOWHERE)
    mappings: list[dict[str, object]] = []
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            raise DocumentError(line, "expected a mapping, or a list of mappings, after <<")
        mappings.append(each)
    return mappings


def _said(error: yaml.YAMLError) -> DocumentError:
    """A mistake in the YAML in one line: where, and what the parser missed."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        words = ", ".join(each for each in (error.context, error.problem) if each)
        return DocumentError(mark.line + 1 if mark else None, f"not valid YAML: {words}")
    reason = getattr(error, "reason", None)
    return DocumentError(None, f"not valid YAML: {reason}" if reason else "not valid YAML")
