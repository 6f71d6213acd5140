"""Signs about packages that components use, from what is stored of them. Pure.

A sign is told in two steps. What is odd about a version of a package is found once, wherever it is used: its name, that it
runs code, that two files of it are about. Whether that is news where it is used follows from what was used there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import msgspec

from callboard.domain.packages.hashes import conflict
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.sign import Sign
from callboard.domain.packages.signals import ONE_FILE


class File(msgspec.Struct, frozen=True):
    """One file, or one set of files, that a version of a package came as."""

    id: int
    hashes: tuple[str, ...]
    """In their one spelling."""
    is_handed_out: bool
    """By a registry: what is packed elsewhere differs each time."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What manifests tell of a version of a package, beside its name."""

    package: Package
    runs_code: bool | None = None
    """When it is installed. None: no manifest tells."""
    files: tuple[File, ...] = ()

    @property
    def hashes(self) -> frozenset[str]:
        """Of all files."""
        return frozenset(each for file in self.files for each in file.hashes)


class Before(msgspec.Struct, frozen=True):
    """A version of a package that a manifest used, at some time, as others of the same name."""

    at: int
    runs_code: bool | None


def found(facts: Facts) -> Iterator[Matched]:
    """What is odd about this version wherever it is used; whether it is news there is asked with `holds`."""
    if facts.runs_code:
        yield told(Sign.NEW_SCRIPT, "Earlier versions ran no code when they were installed; this one does.")
        yield told(Sign.NEW_WITH_SCRIPT, "It is new here, and runs code when it is installed.")
    if any(_differ(facts.package, one, other) for one, other in combinations(facts.files, 2)):
        yield told(
            Sign.INTEGRITY, "Its hash differs from the one that other manifests known here have for the same version."
        )


def look_alike(near: str) -> Matched:
    """The sign of a name that could be taken for a well-known one."""
    return told(Sign.LOOK_ALIKE, f"The new name is easily taken for {near}.")


def told(sign: Sign, because: str) -> Matched:
    """A sign as what is known about a version of a package."""
    return Matched(
        advisory=sign.id, aliases=(), group=(sign.id,), summary=f"{sign.what} {sign.often}",
        severity=sign.severity, score=None, malicious=False, because=because, fixed=None, safe=None, exploited=None,
        likelihood=None, reference=None,
    )  # fmt: skip


def is_news(sign: Sign, began: int, history: Sequence[Before]) -> bool:
    """Whether what is odd about a version is news where it is used.

    `began` is when the manifest was first known, `history` every use of the name in it, in any order. What was there from the
    beginning has been lived with; what came later stays news as long as it is used, however often its version changes.
    """
    earliest = min(each.at for each in history)
    came = earliest > began
    if sign is Sign.LOOK_ALIKE:
        return came
    told_first = min((each for each in history if each.runs_code is not None), key=_order, default=None)
    if sign is Sign.NEW_SCRIPT:
        return told_first is not None and not told_first.runs_code
    return sign is Sign.NEW_WITH_SCRIPT and came and told_first is not None and bool(told_first.runs_code)


def odd_files(package: Package, files: Iterable[File], manifests: Mapping[int, int]) -> frozenset[int]:
    """Of the files of one version those that no more manifests have than another one that differs: the odd ones out.

    `manifests` counts for each file the manifests that have it now. Where as many have either, nobody can tell, and both are.
    """
    used = [each for each in files if manifests.get(each.id)]
    return frozenset(
        one.id
        for one in used
        for other in used
        if _differ(package, one, other) and manifests[one.id] <= manifests[other.id]
    )


def _differ(package: Package, one: File, other: File) -> bool:
    is_one = package.ecosystem in ONE_FILE and one.is_handed_out and other.is_handed_out
    return one.id != other.id and is_one and conflict(one.hashes, other.hashes) is not None


def _order(each: Before) -> tuple[int, bool]:
    """Of several at the same time one that runs code comes first: then none is news."""
    return each.at, not each.runs_code
