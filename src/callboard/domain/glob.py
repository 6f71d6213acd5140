"""Patterns that people write: `*` stands for any text, everything else for itself, and the whole has to match.

Nobody's regular expression is run: matching walks over the text once, whatever the pattern.
"""

from __future__ import annotations

from functools import lru_cache

ANY = "*"


def is_pattern(text: str) -> bool:
    """Whether the text stands for more than itself."""
    return ANY in text


def matches(pattern: str, text: str) -> bool:
    """Whether the whole `text` is what `pattern` describes."""
    first, *rest = _pieces(pattern)
    if not rest:
        return pattern == text
    if not text.startswith(first):
        return False
    at = len(first)
    *middle, last = rest
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - at >= len(last) and text.endswith(last)


@lru_cache(maxsize=16_384)
def _pieces(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split(ANY))


def literal_length(pattern: str) -> int:
    """How many characters of the pattern stand for themselves."""
    return len(pattern) - pattern.count(ANY)


def longest_piece(pattern: str) -> str:
    """The longest run of characters that every matching text holds; of equal ones the first."""
    return max(pattern.split(ANY), key=len)
