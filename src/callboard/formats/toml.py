"""TOML at a bounded cost, with the lines of its tables."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from callboard.errors import MalformedManifestError
from callboard.formats.text import line_at, read_text

MAX_LINE = 20_000
"""Characters. Dotted keys and inline tables of one line can cost more than their length."""
MAX_DOTS = 40
"""Parts of one key at most."""

_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)|\(at end of document\)")
_LONG_KEY = re.compile(rf"^[^=#\n\"']*(?:\.[^=#\n\"'.]*){{{MAX_DOTS}}}", re.MULTILINE)


class Toml:
    """A document that has been read."""

    def __init__(self, path: str, text: str, value: dict[str, Any]) -> None:
        self.path = path
        self.value = value
        self._text = text

    def tables(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        """The tables of an array (`[[name]]`) with their lines. Raises MalformedManifestError when it is something else."""
        found = self.value.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise MalformedManifestError(f"expected [[{name}]] tables", path=self.path)
        starts = re.finditer(rf"^[ \t]*\[\[[ \t]*{re.escape(name)}[ \t]*\]\]", self._text, re.MULTILINE)
        lines: list[int] = []
        line, before = 1, 0
        for start in starts:
            line += self._text.count("\n", before, start.start())
            before = start.start()
            lines.append(line)
        if len(lines) != len(found):  # written as an inline list, or the mark stands inside a text
            lines = [lines[0] if lines else 1] * len(found)
        return list(zip(lines, found, strict=True))


def read_toml(path: str, raw: bytes) -> Toml:
    """The document. Raises MalformedManifestError with line and reason."""
    text = read_text(path, raw, max_line=MAX_LINE)
    if long := _LONG_KEY.search(text):
        line = line_at(text, long.end())
        raise MalformedManifestError(f"expected at most {MAX_DOTS} parts in a key", path=path, line=line)
    try:
        return Toml(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        at = (int(found[1]) if found[1] else text.count("\n") + 1) if found else None
        reason = _AT_LINE.sub("", str(error)).strip()
        raise MalformedManifestError(f"expected TOML: {reason}", path=path, line=at) from None
    except (RecursionError, ValueError, OverflowError):
        raise MalformedManifestError("expected TOML with fewer tables inside each other", path=path) from None


def text_of(table: object, key: str) -> str:
    """The text at a key; empty where there is none."""
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""


def table_of(table: object, *keys: str) -> dict[str, Any]:
    """The table at a path of keys; an empty one where there is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def list_of(table: object, key: str) -> list[Any]:
    """The list at a key; an empty one where there is none."""
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, list) else []
