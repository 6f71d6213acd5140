"""Versions of Packagist, as Composer normalises and compares them (its documentation and `VersionParser`, read 2026-11).

Up to four numbers, missing ones being 0, then a stability: dev, alpha, beta, RC, none, patch, each with a number. A branch
("dev-main", "1.x-dev") is a moving target without an order, so it has no key.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

# The counts are taken whole or not at all: otherwise a long number could be cut in very many ways.
_SHAPE = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?"
    r"(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d+)*+))?"
    r"([.-]?dev)?(?:\+[0-9a-z.-]*)?",
    re.ASCII,
)
_STABILITY = {
    "a": b"\x02",
    "alpha": b"\x02",
    "b": b"\x03",
    "beta": b"\x03",
    "rc": b"\x04",
    "stable": b"\x05",
    "p": b"\x06",
    "pl": b"\x06",
    "patch": b"\x06",
}
_DEV = b"\x01"


def composer_key(version: str) -> bytes | None:
    """The key of a version. None: it is a branch, or no version of Packagist."""
    if len(version) > MAX_VERSION_CHARACTERS or (found := _SHAPE.fullmatch(version.strip().lower())) is None:
        return None
    *numbers, stability, counts, dev = found.groups()
    core = b"".join(number(each or "0") for each in numbers)
    if stability is None and dev is not None:
        return core + _DEV
    rank = _STABILITY[stability or "stable"]
    counted = b"".join(b"\x01" + number(each) for each in re.findall(r"\d+", counts or ""))
    return core + rank + counted + b"\x00" + (b"\x00" if dev is not None else b"\x01")
