"""Lists of the names that are used most in an ecosystem, as files: what names worth imitating are told by."""

from __future__ import annotations

from pathlib import Path

import msgspec

from callboard.domain.packages.package import package_key
from callboard.domain.packages.signals import WellKnown
from callboard.errors import ConfigError

LARGEST = 16 * 1024 * 1024
"""Bytes of a file."""
FEWEST = 1_000
"""Names. With fewer, honest packages that are just not on the list would be taken for imitations of those that are."""


class _Listed(msgspec.Struct):
    packages: list[str]


def read_well_known(ecosystem: str, path: Path) -> WellKnown:
    """The names in a file, the most used first: a JSON list, alone or under "packages", or one name a line. Raises ConfigError."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise _refused(ecosystem, path, "cannot be read") from error
    if len(raw) > LARGEST:
        raise _refused(ecosystem, path, f"is larger than {LARGEST:,} bytes")
    names = [package_key(ecosystem, each)[1] for each in _names(ecosystem, path, raw)]
    if len(names) < FEWEST:
        raise _refused(
            ecosystem, path, f"holds {len(names):,} names, where at least {FEWEST:,} are needed to tell what is honest"
        )
    return WellKnown(names)


def _names(ecosystem: str, path: Path, raw: bytes) -> list[str]:
    if raw.lstrip()[:1] not in (b"[", b"{"):
        return [
            line for line in raw.decode("utf-8", "replace").splitlines() if line.strip() and not line.startswith("#")
        ]
    try:
        found = msgspec.json.decode(raw, type=list[str] | _Listed)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _refused(ecosystem, path, f"is no list of names: {error}") from error
    return found.packages if isinstance(found, _Listed) else found


def _refused(ecosystem: str, path: Path, why: str) -> ConfigError:
    return ConfigError(f"{path}, which advisories.well_known_{ecosystem.lower()} names, {why}.")
