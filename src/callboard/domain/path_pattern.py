"""Patterns of paths, matched in time that grows with pattern times path and never faster.

A pattern is a sequence of segments: `ANY` stands for any number of folders, everything else is one name with wildcards.
Written out rather than translated into regular expressions: patterns come from repositories that anybody may write to,
and a regular expression with several stars can be made to take for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """One character out of some, as `[a-z]` says; `[!a-z]` and `[^a-z]` say all others."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def takes(self, character: str) -> bool:
        """Whether this character is one of them."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


STAR = "*"
ONE = "?"
Token = tuple[str] | str | Choice
"""`STAR` and `ONE` stand as they are, a literal character in a tuple of one."""
Name = tuple[Token, ...]
ANY = None
"""A segment that stands for any number of folders, also none."""
Segment = Name | None


def name_pattern(text: str, *, choices: bool) -> Name:
    """One name with `*`, `?`, backslashes and, with `choices`, `[…]`. A bracket that is never closed stands for itself."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == STAR:
            if not tokens or tokens[-1] != STAR:
                tokens.append(STAR)
        elif character == ONE:
            tokens.append(ONE)
        elif character == "\\" and at < len(text):
            tokens.append((text[at],))
            at += 1
        elif character == "[" and choices and (found := _choice(text, at)) is not None:
            choice, at = found
            tokens.append(choice)
        else:
            tokens.append((character,))
    return tuple(tokens)


def _choice(text: str, at: int) -> tuple[Choice, int] | None:
    """The choice whose bracket was opened before `at`, and where it ends. None: it is never closed."""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    end = text.find("]", at)
    if end <= at:
        return None
    inside = text[at:end]
    ranges: list[tuple[str, str]] = []
    index = 0
    while index < len(inside):
        is_range = index + 2 < len(inside) and inside[index + 1] == "-"
        ranges.append((inside[index], inside[index + 2] if is_range else inside[index]))
        index += 3 if is_range else 1
    return Choice(tuple(ranges), negated), end + 1


def name_matches(pattern: Name, name: str) -> bool:
    """Whether a whole name fits."""
    at = token = 0
    star: int | None = None
    retry = 0
    while at < len(name):
        if token < len(pattern) and pattern[token] == STAR:
            star, retry = token, at
            token += 1
        elif token < len(pattern) and _takes(pattern[token], name[at]):
            token += 1
            at += 1
        elif star is not None:
            # Only the last star ever has to give way: what an earlier one could take, this one can take as well.
            retry += 1
            token, at = star + 1, retry
        else:
            return False
    return all(each == STAR for each in pattern[token:])


def _takes(token: Token, character: str) -> bool:
    match token:
        case tuple():
            return token[0] == character
        case Choice():
            return token.takes(character)
        case _:
            return token == ONE


def path_matches(pattern: Sequence[Segment], path: Sequence[str]) -> bool:
    """Whether a whole path, split at its slashes, fits."""
    at = segment = 0
    star: int | None = None
    retry = 0
    while at < len(path):
        expected = pattern[segment] if segment < len(pattern) else ()
        if expected is ANY:
            star, retry = segment, at
            segment += 1
        elif segment < len(pattern) and name_matches(expected, path[at]):
            segment += 1
            at += 1
        elif star is not None:
            retry += 1
            segment, at = star + 1, retry
        else:
            return False
    return all(each is ANY for each in pattern[segment:])
