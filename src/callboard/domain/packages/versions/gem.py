"""Versions of RubyGems, as `Gem::Version` compares them (its documentation, read 2026-11).

A version is a row of numbers and words. Words are smaller than numbers, and a missing part is a 0, so that 1.0.a comes
before 1.0, which is 1. Zeros at the end of the numbers before the first word, and at the end of all, mean nothing.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

_SHAPE = re.compile(r"\s*\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*", re.ASCII)
_PART = re.compile(r"\d+|[A-Za-z]+", re.ASCII)

_WORD, _ZEROS_THEN_WORD, _END, _ZEROS_THEN_NUMBER, _NUMBER = b"\x10", b"\x20", b"\x30", b"\x40", b"\x50"


def gem_key(version: str) -> bytes | None:
    """The key of a version. None: it is none of RubyGems."""
    if len(version) > MAX_VERSION_CHARACTERS or _SHAPE.fullmatch(version) is None:
        return None
    parts = _PART.findall(version.strip().replace("-", ".pre."))
    first_word = next((place for place, part in enumerate(parts) if not part[0].isdigit()), len(parts))
    return _encode(_trim(parts[:first_word]) + _trim(parts[first_word:]))


def _trim(parts: list[str]) -> list[str]:
    end = len(parts)
    while end and not parts[end - 1].strip("0"):
        end -= 1
    return parts[:end]


def _encode(parts: list[str]) -> bytes:
    """A 0 is also what is missing, so zeros are written by what follows them."""
    key = bytearray()
    zeros = 0
    for part in parts:
        if not part.strip("0"):
            zeros += 1
            continue
        if part[0].isdigit():
            # The number comes later the more zeros stand before it, so more zeros are less.
            key += _ZEROS_THEN_NUMBER + bytes((255 - zeros,)) + number(part) if zeros else _NUMBER + number(part)
        else:
            word = part.encode() + b"\x00"
            key += _ZEROS_THEN_WORD + bytes((zeros,)) + word if zeros else _WORD + word
        zeros = 0
    return bytes(key) + _END
