"""An order among versions whose ecosystem nobody told, and the line that a version belongs to. Pure.

The rules are those that versions of packages and of operating systems share: numbers count as numbers, an epoch comes
first, `~` and words such as "rc" come before the version itself, everything else behind it. Where two ecosystems disagree
there is still an order, and it is total.
"""

from __future__ import annotations

import re

Place = tuple[int, int, str]
"""Rank of a piece, how many digits it has, and its text."""

_PIECE = re.compile(r"[0-9]+|[a-z]+|~")
_EPOCH = re.compile(r"([0-9]{1,9}):")
_NUMBER = re.compile(r"[0-9]+")
_BEFORE = frozenset({"alpha", "beta", "cr", "dev", "milestone", "pre", "preview", "rc", "snapshot"})
"""Words of versions that come before the version itself. Single letters are not among them: OpenSSL's come behind it."""

_TILDE, _EARLY, _END, _WORD, _DIGITS = range(5)


def order_of(version: str) -> tuple[int, tuple[Place, ...], str]:
    """Compares as the version does among versions of one package: epoch, pieces, and the text itself."""
    text = version.casefold()
    epoch = _EPOCH.match(text)
    rest = text[epoch.end() :] if epoch else text
    places = [_place(piece) for piece in _PIECE.findall(rest.removeprefix("v"))]
    return (int(epoch[1]) if epoch else 0, (*places, (_END, 0, "")), version)


def _place(piece: str) -> Place:
    if piece == "~":
        return (_TILDE, 0, "")
    if piece.isdigit():
        # As text, since a number of thousands of digits is a version as well.
        digits = piece.lstrip("0")
        return (_DIGITS, len(digits), digits)
    return (_EARLY if piece in _BEFORE else _WORD, 0, piece)


def line_of(version: str) -> str:
    """The first number of a version, without its epoch: within it a newer version asks for little. Empty: it has none."""
    epoch = _EPOCH.match(version)
    found = _NUMBER.search(version, epoch.end() if epoch else 0)
    return "" if found is None else (found[0].lstrip("0") or "0")[:_LONGEST]


_LONGEST = 12
"""Digits of a line; a longer first number is a date or a hash, and is cut."""
