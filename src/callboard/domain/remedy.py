"""Remedies: what mends one finding, and what mends many of them together. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.packages.versions.untold import line_of, order_of

_MOST = 500
"""Characters of a key."""

_LINES = 2
"""Lines beside the highest that a sentence names; there may be more."""

_NAMED = 3
"""Packages that a sentence names; there may be more."""


class Remedy(msgspec.Struct, frozen=True, order=True):
    """What mends one finding: another version of a package, or doing what a rule says."""

    package: str = ""
    """Empty: it is in no package."""
    line: str = ""
    """The line of versions it is on: the first number of the installed version, or of the fixed one. Empty: nobody knows."""
    version: str = ""
    """The first version free of it, within reach of that line. Empty: none is known."""
    rule: str = ""
    """The name of the rule that says what to change. Empty: it is in a package."""

    @classmethod
    def of(cls, package: str, fixed: str, installed: object) -> Remedy:
        """Going to a fixed version, from the installed one where that is told."""
        line = line_of(installed) if isinstance(installed, str) else ""
        return cls(package, line or line_of(fixed), fixed)

    @property
    def key(self) -> str:
        """Text that is equal exactly for equal remedies."""
        told = (self.package, self.line, self.version)
        return short(msgspec.json.encode((*told, self.rule) if self.rule else told).decode())

    @property
    def words(self) -> str | None:
        """The remedy as a sentence. None: only the rule's own guidance tells it."""
        if not self.package:
            return None
        if self.version:
            return f"Upgrade {self.package} to {self.version}"
        return f"No fixed version of {self.package} is known yet"


def short(key: str) -> str:
    """A key of bounded length: of a longer one the rest is told by its hash."""
    return key if len(key) <= _MOST else f"{key[: _MOST - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


class Step(msgspec.Struct, frozen=True):
    """Where to go from one line of versions."""

    line: str
    version: str


def steps(remedies: Iterable[Remedy]) -> tuple[Step, ...]:
    """For each line the smallest version that closes all its findings, the highest first.

    A line from which the way leads to the same version as from another is told once.
    """
    highest: dict[str, str] = {}
    for each in remedies:
        if each.version:
            former = highest.get(each.line)
            if former is None or order_of(former) < order_of(each.version):
                highest[each.line] = each.version
    by_version: dict[str, str] = {}
    for line in sorted(highest, key=lambda line: (order_of(line), line)):
        by_version[highest[line]] = line
    return tuple(Step(by_version[version], version) for version in sorted(by_version, key=order_of, reverse=True))


def target(found: tuple[Step, ...]) -> str:
    """Steps in words, for a table: "6.1.13 (on 5.x 5.3.26)". Empty when there are none."""
    if not found:
        return ""
    others = [f"on {step.line}.x {step.version}" if step.line else step.version for step in found[1 : _LINES + 1]]
    if len(found) > _LINES + 1:
        others.append(f"{len(found) - _LINES - 1} more lines" if len(found) > _LINES + 2 else "1 more line")
    return f"{found[0].version} ({', '.join(others)})" if others else found[0].version


def named(asked: Mapping[Remedy, int]) -> str:
    """The packages in words, those with the most findings first: "openssl, zlib and 2 more". Empty when there are none."""
    findings: Counter[str] = Counter()
    for each, n in asked.items():
        if each.package:
            findings[each.package] += n
    packages = sorted(findings, key=lambda package: (-findings[package], package))
    if len(packages) > _NAMED + 1:
        return f"{', '.join(packages[:_NAMED])} and {len(packages) - _NAMED} more"
    return " and ".join(part for part in (", ".join(packages[:-1]), *packages[-1:]) if part)
