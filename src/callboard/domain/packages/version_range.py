"""Ranges of versions as people write them: `4.17.20`, `>=4, <4.17.21`, `^1.2`, `~1.2.3`, `4.x`, alternatives by `||`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from callboard.domain.packages.versions import order_of
from callboard.errors import InvalidQueryError

LONGEST = 300
"""Characters of a range."""

_BOUND = re.compile(r"(<=|>=|<|>|=|\^|~)\s*(?=\S)")
_NUMBERS = re.compile(r"(v?)(\d+)((?:\.\d+)*)((?:[-+.].*)?)")
_LINE = re.compile(r"(v?\d+(?:\.\d+)*)\.(?:x|\*)(?:\.(?:x|\*))*")

_TESTS: dict[str, Callable[[bytes, bytes], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "=": lambda one, other: one == other,
}


class Bound(msgspec.Struct, frozen=True):
    """One side of a range."""

    test: str
    version: str


class VersionRange(msgspec.Struct, frozen=True):
    """Versions that meet all bounds of at least one alternative."""

    text: str
    alternatives: tuple[tuple[Bound, ...], ...]

    def holds(self, ecosystem: str, version: str) -> bool | None:
        """Whether a version lies in the range, by its ecosystem's order. None: that cannot be told."""
        answers = [_all(bounds, ecosystem, version) for bounds in self.alternatives]
        return True if True in answers else None if None in answers else False


def read_range(text: str) -> VersionRange:
    """The range that a text says. Raises InvalidQueryError."""
    if len(text) > LONGEST:
        raise InvalidQueryError(f"A range has at most {LONGEST} characters.", field="package")
    return VersionRange(text.strip(), tuple(_alternative(each.strip()) for each in text.split("||")))


def _alternative(text: str) -> tuple[Bound, ...]:
    if text in ("", "*", "x"):
        return ()
    found: list[Bound] = []
    for part in re.split(r"[\s,]+", _BOUND.sub(r"\1", text)):
        found += _bounds(part) if part else ()
    return tuple(found)


def _bounds(text: str) -> tuple[Bound, ...]:
    match = _BOUND.match(text)
    sign, version = (match[1], text[match.end() :]) if match else ("", text)
    if re.match("[<>=^~|]", version) or not version:
        raise InvalidQueryError(
            f"{text[:60]!r} is no bound of a range.", field="package", hint="For example >=4.0.0, <4.17.21"
        )
    if sign in ("^", "~"):
        return (Bound(">=", version), Bound("<", _next(version, is_caret=sign == "^")))
    if not sign and (line := _LINE.fullmatch(version)):
        return (Bound(">=", line[1]), Bound("<", _next(line[1], is_caret=False, keep=line[1].count(".") + 1)))
    return (Bound(sign or "=", version),)


def _next(version: str, *, is_caret: bool, keep: int | None = None) -> str:
    """The first version beyond what `^` or `~` means: the first number that is not 0, or the one after the first, rises."""
    match = _NUMBERS.fullmatch(version)
    if match is None:
        raise InvalidQueryError(f"{version[:60]!r} does not begin with a number.", field="package")
    numbers = [int(each) for each in f"{match[2]}{match[3]}".split(".")]
    if keep is None:
        first = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
        keep = first + 1 if is_caret else min(2, len(numbers))
    raised = [*numbers[: keep - 1], numbers[keep - 1] + 1]
    # Before the next line's own prereleases, which nobody means by these signs.
    return f"{match[1]}{'.'.join(map(str, [*raised, *[0] * (3 - len(raised))]))}"


def _all(bounds: tuple[Bound, ...], ecosystem: str, version: str) -> bool | None:
    answers = [_one(bound, ecosystem, version) for bound in bounds]
    return False if False in answers else None if None in answers else True


def _one(bound: Bound, ecosystem: str, version: str) -> bool | None:
    if bound.test == "=" and bound.version == version:
        return True
    order = order_of(ecosystem)
    one, other = (order(version), order(bound.version)) if order is not None else (None, None)
    if one is None or other is None:
        # Without an order two texts are the same version or are not.
        return False if bound.test == "=" else None
    return _TESTS[bound.test](one, other)
