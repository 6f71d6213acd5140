"""The blocks of HCL, as Terraform writes it: `kind "label" { name = "text" }`. Expressions are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from callboard.errors import MalformedManifestError
from callboard.formats.text import Lines

MAX_DEPTH = 100
"""Brackets inside each other at most."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n,]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)"""
    r"""|<<-?(?P<here>[A-Za-z_]\w*)[ \t]*\n"""
    r"""|(?P<text>")|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<word>[A-Za-z_][\w.-]*)|(?P<other>.)""",
    re.DOTALL,
)
_CHUNK = re.compile(r'[^"\\$%{}]+|\\.|\$\$\{|%%\{|[$%]\{|.', re.DOTALL)


class Block(msgspec.Struct):
    """A block at the top of a file."""

    kind: str
    labels: list[str]
    line: int
    texts: dict[str, str]
    """Attributes that are plain text."""
    lists: dict[str, list[str]]
    """Attributes that are lists of plain text."""


class _Token(msgspec.Struct):
    sort: str
    value: str
    at: int


def read_blocks(path: str, text: str) -> list[Block]:
    """The blocks of a file. Raises MalformedManifestError: brackets that do not match, or a text that does not end."""
    reader = _Reader(path, Lines(text))
    before: _Token | None = None
    for token in _tokens(path, text, reader.lines):
        reader.take(token, before)
        before = token
    if reader.depth:
        raise MalformedManifestError("expected the end of a block", path=path, line=text.count("\n") + 1)
    return reader.blocks


class _Reader:
    def __init__(self, path: str, lines: Lines) -> None:
        self.path = path
        self.lines = lines
        self.blocks: list[Block] = []
        self.depth = 0
        self.head: list[_Token] = []
        """Words and texts at the top that may become a block."""
        self.name = ""
        self.in_list = False

    def take(self, token: _Token, before: _Token | None) -> None:
        """Takes in one token. Raises MalformedManifestError."""
        if token.sort == "open":
            self._open(token, before)
        elif token.sort == "close":
            self.depth -= 1
            self.in_list = False
            if self.depth < 0:
                raise self._refuse("brackets that match", token)
            self.head = []
        elif self.depth == 0:
            if token.sort not in {"word", "text"}:
                self.head = []
            elif len(self.head) < 4:  # no block has more labels
                self.head.append(token)
        elif self.depth == 1 and token.sort == "word":
            self.name = token.value
        elif self.depth == 1 and token.sort == "text" and _is_equals(before) and self.blocks:
            self.blocks[-1].texts.setdefault(self.name, token.value)
        elif self.in_list and token.sort == "text":
            self.blocks[-1].lists[self.name].append(token.value)

    def _open(self, token: _Token, before: _Token | None) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._refuse(f"at most {MAX_DEPTH} brackets inside each other", token)
        head = self.head
        if self.depth == 1 and token.value == "{" and head and head[0].sort == "word":
            labels = [each.value for each in head[1:]]
            self.blocks.append(Block(head[0].value, labels, self.lines.at(head[0].at), {}, {}))
        self.in_list = self.depth == 2 and token.value == "[" and _is_equals(before) and bool(self.blocks)
        if self.in_list:
            self.blocks[-1].lists[self.name] = []
        self.head = []

    def _refuse(self, expected: str, token: _Token) -> MalformedManifestError:
        return MalformedManifestError(f"expected {expected}", path=self.path, line=self.lines.at(token.at))


def _is_equals(token: _Token | None) -> bool:
    return token is not None and token.value == "="


def _tokens(path: str, text: str, lines: Lines) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # cannot be: the last way takes any character
            return
        sort = match.lastgroup or ""
        if sort == "here":
            end = re.compile(rf"^[ \t]*{re.escape(match['here'])}[ \t]*$", re.MULTILINE).search(text, match.end())
            if end is None:
                where = lines.at(at)
                raise MalformedManifestError(f"expected the end of the text <<{match['here']}", path=path, line=where)
            at = end.end()
            continue
        if sort == "text":
            value, after = _quoted(path, text, match.end(), lines)
            yield _Token("text" if value is not None else "other", value or "", at)
            at = after
            continue
        if sort != "space":
            yield _Token(sort, match[0], at)
        at = match.end()


def _quoted(path: str, text: str, start: int, lines: Lines) -> tuple[str | None, int]:
    """The text up to its closing quote, None where something is filled in; and where it ends."""
    at = start
    depth = 0
    plain = True
    parts: list[str] = []
    while at < len(text):
        match = _CHUNK.match(text, at)
        if match is None:
            break
        chunk = match[0]
        at = match.end()
        if chunk in {"${", "%{"}:
            depth += 1
            plain = False
        elif depth and chunk == "{":
            depth += 1
        elif depth and chunk == "}":
            depth -= 1
        elif depth and chunk == '"':
            # A text inside of what is filled in; its own braces do not count.
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
            at += 1
        elif chunk == '"':
            return ("".join(parts) if plain else None), at
        elif "\n" in chunk and not depth:
            break
        else:
            parts.append(chunk[1:] if chunk[0] == "\\" else chunk)
    raise MalformedManifestError("expected a quoted text that ends on its line", path=path, line=lines.at(start))
