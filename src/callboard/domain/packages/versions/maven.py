"""Versions of Maven (https://maven.apache.org/pom.html, "Version Order Specification", read 2026-11).

A version is a row of tokens, split at dots, hyphens, underscores and between letters and digits. Tokens that mean nothing
(0, "", final, ga, release) are dropped at the end and before every hyphen. Known qualifiers have an order of their own around
the release; unknown ones come after it, by letter. At one place a qualifier is less than a number after a hyphen, and that
less than a number after a dot.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

_SHAPE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]*", re.ASCII)
_TOKEN = re.compile(r"([._-]?)(\d+|[A-Za-z+]+|)", re.ASCII)
_BEFORE = ("alpha", "beta", "milestone", "rc", "snapshot")
_SAME = {"cr": "rc", "final": "", "ga": "", "release": ""}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}

_EARLY, _END, _SP, _LATE, _HYPHEN, _ZEROS, _DOT = b"\x10", b"\x30", b"\x38", b"\x40", b"\x50", b"\x58", b"\x60"


def maven_key(version: str) -> bytes | None:
    """The key of a version. None: it is none of Maven."""
    version = version.strip()
    if len(version) > MAX_VERSION_CHARACTERS or _SHAPE.fullmatch(version) is None:
        return None
    return _encode(_trim(_tokens(version.lower())))


def _tokens(version: str) -> list[tuple[str, str]]:
    """Separator and text of every token. Letters always follow a hyphen: ".rc" and "rc" mean "-rc"."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(version):
        token = _TOKEN.match(version, place)
        if token is None or token.end() == place:
            break
        separator, text = token.groups()
        after_digits = bool(found) and not separator
        is_short = version[token.end() : token.end() + 1].isdigit()
        if text.isdigit() or (not text and separator):
            mark = "-" if separator in ("-", "_") or after_digits else "."
            found.append((mark, text.lstrip("0") or "0"))
        else:
            word = _SHORT.get(text, text) if is_short else text
            found.append(("-", _SAME.get(word, word)))
        place = token.end()
    return found


def _trim(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without what means nothing at the end and before hyphens; the first token stays."""
    kept: list[tuple[str, str]] = []
    for token in tokens:
        if token[0] == "-":
            _drop(kept)
        kept.append(token)
    _drop(kept)
    return kept


def _drop(kept: list[tuple[str, str]]) -> None:
    while len(kept) > 1 and kept[-1][1] in ("", "0"):
        kept.pop()


def _encode(tokens: list[tuple[str, str]]) -> bytes:
    """A missing token is a 0 after a dot and nothing after a hyphen, so zeros after dots are written by what follows."""
    key = bytearray()
    zeros = 0
    for place, (mark, text) in enumerate(tokens):
        if text.isdigit() and mark == "." and text == "0" and place:
            zeros += 1
            continue
        if zeros:
            key += _ZEROS + bytes((255 - zeros,))
            zeros = 0
        if text.isdigit():
            key += (_HYPHEN if mark == "-" else _DOT) + number(text)
        elif text in _BEFORE:
            key += _EARLY + bytes((_BEFORE.index(text),))
        elif not text:
            key += _END
        elif text == "sp":
            key += _SP
        else:
            key += _LATE + text.encode() + b"\x00"
    return bytes(key) + _END
