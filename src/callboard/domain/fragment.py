"""The dialect in which some portals write what a page shows into an address: `~(issue~'abc~filters~(status~()))`.

It is JSON in characters that an address may hold: `~(` opens an object of names and values, `~(~` a list, `'` starts a
text that ends where the next mark begins. In a text `!` is a dollar sign, `*2c` one character below 256 and `**20ac` one
UTF-16 unit. As of 2026-08 nothing public by Wiz describes it; its links read like the published JSURL format.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

Value = str | None | list["Value"] | dict[str, "Value"]
"""A text, a list or an object. Numbers, truth values and null are all None: no link is recognized by them."""

DEPTH = 16
"""Deeper nesting than this is not a link that anybody made."""

_PLAIN = re.compile(r"[A-Za-z0-9_.-]")
_TEXT = re.compile(r"[^~()]*")
_ESCAPE = re.compile(r"\*\*([0-9a-fA-F]{4})|\*([0-9a-fA-F]{2})|(\*)|(!)")


def encode(text: str) -> str:
    """A text as it stands behind its `'`."""
    units = memoryview(text.encode("utf-16-be", "surrogatepass"))
    return "".join(_unit((units[at] << 8) + units[at + 1]) for at in range(0, len(units), 2))


def _unit(code: int) -> str:
    char = chr(code)
    if _PLAIN.fullmatch(char):
        return char
    if char == "$":
        return "!"
    return f"*{code:02x}" if code < 0x100 else f"**{code:04x}"


def decode(text: str) -> str | None:
    """What `encode` made this of. None: it did not."""
    units = bytearray()
    at = 0
    for found in _ESCAPE.finditer(text):
        if found[3]:
            return None
        units += text[at : found.start()].encode("utf-16-be", "surrogatepass")
        code = ord("$") if found[4] else int(found[1] or found[2], 16)
        units += code.to_bytes(2, "big")
        at = found.end()
    units += text[at:].encode("utf-16-be", "surrogatepass")
    return units.decode("utf-16-be", "surrogatepass")


def read(fragment: str) -> Value:
    """What a fragment says, without its `#`. None: it is not in this dialect, or says a name twice."""
    text = unquote(fragment, errors="replace")
    try:
        value, at = _value(text, 0, DEPTH)
    except ValueError:
        return None
    return value if at == len(text) else None


def _value(text: str, at: int, depth: int) -> tuple[Value, int]:
    """The value that begins with the `~` at `at`, and where it ends. Raises ValueError."""
    if depth == 0:
        raise ValueError("nested too deeply")
    at = _past(text, at, "~")
    match text[at : at + 1]:
        case "(":
            return _list(text, at + 1, depth) if text.startswith("~", at + 1) else _object(text, at + 1, depth)
        case "'":
            return _text(text, at + 1)
        case _:
            found = _TEXT.match(text, at)
            if found is None or not found[0]:
                raise ValueError("a value without a value")
            return None, found.end()


def _list(text: str, at: int, depth: int) -> tuple[Value, int]:
    if text.startswith("~)", at):
        return [], at + 2
    items: list[Value] = []
    while text.startswith("~", at):
        item, at = _value(text, at, depth - 1)
        items.append(item)
    return items, _past(text, at, ")")


def _object(text: str, at: int, depth: int) -> tuple[Value, int]:
    found: dict[str, Value] = {}
    while not text.startswith(")", at):
        if found:
            at = _past(text, at, "~")
        name, at = _text(text, at)
        if name in found:
            raise ValueError("a name twice")
        found[name], at = _value(text, at, depth - 1)
    return found, at + 1


def _text(text: str, at: int) -> tuple[str, int]:
    found = _TEXT.match(text, at)
    decoded = None if found is None else decode(found[0])
    if found is None or decoded is None:
        raise ValueError("an escape that is none")
    return decoded, found.end()


def _past(text: str, at: int, mark: str) -> int:
    if not text.startswith(mark, at):
        raise ValueError(f"no {mark} where one belongs")
    return at + 1
