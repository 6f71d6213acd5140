"""Versions of NuGet (https://learn.microsoft.com/en-us/nuget/concepts/package-versioning, read 2026-11).

Semantic versions with a fourth number, missing numbers being 0, words of a prerelease compared without letter case, and
build metadata ignored.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

_SHAPE = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?",
    re.ASCII,
)


def nuget_key(version: str) -> bytes | None:
    """The key of a version. None: it is none of NuGet."""
    if len(version) > MAX_VERSION_CHARACTERS or (found := _SHAPE.fullmatch(version.strip())) is None:
        return None
    *numbers, prerelease = found.groups()
    core = b"".join(number(each or "0") for each in numbers)
    if prerelease is None:
        return core + b"\x03"
    parts = (
        b"\x01" + number(each) if each.isdigit() else b"\x02" + each.encode() + b"\x00"
        for each in prerelease.lower().split(".")
    )
    return core + b"\x01" + b"".join(parts) + b"\x00"
