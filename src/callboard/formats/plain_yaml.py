"""The plain part of YAML that programs write into lockfiles, line by line: some twenty times as fast as a whole reader.

Read are block mappings, block lists, quoted and plain scalars on one line, flow collections on one line, and block
scalars. Anchors, aliases, tags and several documents are refused by line: no lockfile of ours needs them, and what is
not understood must not be guessed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from callboard.errors import MalformedManifestError

MAX_DEPTH = 50
"""Mappings and lists inside each other at most."""

_KEY = re.compile(
    r"""(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|([^\s'"#&*!|>%@`{}\[\],?:-][^#\n]*?|[-?:][^\s#][^#\n]*?)):(?: +|$)"""
)
_COMMENT = re.compile(r"\s+#.*$")
_FLOW = re.compile(
    r"""\s*(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)"|([{}\[\],])|([^\s'"{}\[\],:][^{}\[\],]*?)(?=:\s|:$|[{}\[\],]|$)|(:))\s*"""
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "/": "/", "\\": "\\", '"': '"', " ": " "}


class Map(dict[str, object]):
    """A mapping that knows the lines of its keys."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def text(self, key: str) -> str:
        """The scalar at a key; empty where there is none."""
        value = self.get(key)
        return value if isinstance(value, str) else ""

    def map(self, key: str) -> Map:
        """The mapping at a key; an empty one where there is none."""
        value = self.get(key)
        return value if isinstance(value, Map) else Map()


class _Level(NamedTuple):
    indent: int
    holds: Map | list[object]


def read_plain_yaml(path: str, text: str) -> Map:
    """The one mapping that a document is. Raises MalformedManifestError naming the line."""
    return _Reader(path, text).read()


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.at = 0

    def refuse(self, expected: str) -> MalformedManifestError:
        return MalformedManifestError(f"expected {expected}", path=self.path, line=min(self.at + 1, len(self.lines)))

    def read(self) -> Map:
        root = Map()
        levels = [_Level(0, root)]
        # The key whose value may follow on deeper lines, and the mapping that it stands in.
        waiting: tuple[Map, str, int] | None = None
        while self.at < len(self.lines):
            line = self.lines[self.at]
            content = line.strip(" ")
            if not content or content[0] == "#" or (content == "---" and not root):
                self.at += 1
                continue
            indent = len(line) - len(line.lstrip(" "))
            is_item = content.startswith("- ") or content == "-"
            if waiting is not None:
                holder, key, outer = waiting
                if indent > outer or (is_item and indent == outer):
                    made: Map | list[object] = [] if is_item else Map()
                    holder[key] = made
                    levels.append(_Level(indent, made))
                    if len(levels) > MAX_DEPTH:
                        raise self.refuse(f"at most {MAX_DEPTH} mappings and lists inside each other")
                waiting = None
            while levels and (levels[-1].indent > indent or self._left(levels, indent, is_item)):
                levels.pop()
            if not levels or levels[-1].indent != indent:
                raise self.refuse("the indent of the lines around")
            holds = levels[-1].holds
            if is_item:
                if not isinstance(holds, list):
                    raise self.refuse("a key, not an item of a list")
                holds.append(self.scalar(content[1:].strip(" ")))
                self.at += 1
                continue
            if not isinstance(holds, Map):
                raise self.refuse("an item of a list")
            waiting = self.pair(holds, content, indent)
        return root

    @staticmethod
    def _left(levels: list[_Level], indent: int, is_item: bool) -> bool:  # noqa: FBT001  told apart by the caller's line
        """A list may stand on the indent of its key; the next key ends it."""
        return len(levels) > 1 and levels[-1].indent == indent and not is_item and isinstance(levels[-1].holds, list)

    def pair(self, holds: Map, content: str, indent: int) -> tuple[Map, str, int] | None:
        """Takes in `key: value`, or `key:` with its value to follow."""
        match = _KEY.match(content)
        if match is None:
            raise self.refuse(f"a key and a colon, not {content[:40]!a}")
        key = match[3] if match[3] is not None else _unquoted(match[1], match[2])
        if key in holds:
            raise self.refuse(f"the key {key[:80]!a} only once")
        holds.lines[key] = self.at + 1
        rest = content[match.end() :].strip(" ")
        if not rest or rest[0] == "#":
            holds[key] = None
            self.at += 1
            return holds, key, indent
        if rest[0] in "|>":
            holds[key] = self.block(rest, indent)
            return None
        holds[key] = self.scalar(rest)
        self.at += 1
        return None

    def block(self, mark: str, outer: int) -> str:
        """A block scalar: the lines that stand deeper than its key."""
        folded = mark[0] == ">"
        found: list[str] = []
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.strip(" ") and len(line) - len(line.lstrip(" ")) <= outer:
                break
            found.append(line.strip(" "))
            self.at += 1
        return (" " if folded else "\n").join(found).strip()

    def scalar(self, text: str) -> object:
        """A scalar or a flow collection on one line."""
        first = text[:1]
        if first in {"&", "*", "!"}:
            raise self.refuse("no anchors, aliases or tags")
        if first in {"{", "["}:
            return self.flow(text)
        if first in {"'", '"'}:
            closed = re.fullmatch(r"""(?:'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)")(?:\s+#.*)?""", text)
            if closed is None:
                raise self.refuse("a quoted text that ends on its line")
            return _unquoted(closed[1], closed[2])
        return _COMMENT.sub("", text) if "#" in text else text

    def flow(self, text: str) -> object:
        """A flow collection. The stack holds what is open, with the key that waits for its value."""
        stack: list[tuple[Map | list[object], str | None]] = []
        at = 0
        done: object = None
        while at < len(text):
            match = _FLOW.match(text, at)
            if match is None or match.end() == at:
                raise self.refuse("a flow mapping or list that ends on its line")
            at = match.end()
            mark = match[3] or match[5]
            if mark is not None:
                done = self._mark(stack, mark)
                if done is not None:
                    break
                continue
            value = match[4] if match[4] is not None else _unquoted(match[1], match[2])
            if stack and isinstance(stack[-1][0], Map) and stack[-1][1] is None:
                if text[at : at + 1] != ":":
                    raise self.refuse("a colon after the key")
                at += 1
                stack[-1] = (stack[-1][0], value)
            else:
                self._put(stack, value)
        rest = text[at:].strip()
        if stack or (rest and not rest.startswith("#")):
            raise self.refuse("a flow mapping or list that ends on its line")
        return done

    def _mark(self, stack: list[tuple[Map | list[object], str | None]], mark: str) -> object:
        """Takes in a bracket, comma or colon. Returns the collection once its last bracket is closed, else None."""
        if mark in {"{", "["}:
            if len(stack) >= MAX_DEPTH:
                raise self.refuse(f"at most {MAX_DEPTH} mappings and lists inside each other")
            stack.append((Map() if mark == "{" else [], None))
        elif mark == ":":
            raise self.refuse("a key before the colon")
        elif mark in {"}", "]"}:
            if not stack or isinstance(stack[-1][0], Map) != (mark == "}"):
                raise self.refuse("brackets that match")
            done = stack.pop()[0]
            if not stack:
                return done
            self._put(stack, done)
        return None

    def _put(self, stack: list[tuple[Map | list[object], str | None]], value: object) -> None:
        holds, key = stack[-1]
        if isinstance(holds, list):
            holds.append(value)
            return
        if key is None:
            raise self.refuse("a key before the value")
        holds[key] = value
        holds.lines[key] = self.at + 1
        stack[-1] = (holds, None)


def _unquoted(single: str | None, double: str | None) -> str:
    if single is not None:
        return single.replace("''", "'")
    return _ESCAPE.sub(_escaped, double or "")


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        # Half a character stays a mark that something was there.
        return "\ufffd" if 0xD800 <= int(code, 16) <= 0xDFFF else chr(int(code, 16))
    return _ESCAPES.get(match[3], match[3])
