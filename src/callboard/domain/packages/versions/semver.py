"""Semantic Versioning 2.0.0, precedence by section 11 (https://semver.org/spec/v2.0.0.html, read 2026-11).

What differs by ecosystem: npm and Go write a "v" before the number, npm also "="; Go's +incompatible is build metadata like
any other; Pub alone orders build metadata (its `Version.compareTo`), a version without it first. Advisories also write
"1.2" and "1"; what is missing counts as 0. This is plain precedence: the rule of npm's ranges, that a prerelease is in no
range that does not name one, is not part of it.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

_PLAIN = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.ASCII)
_ANY = re.compile(
    r"[v=\s]{0,8}(\d+)(?:\.(\d+))?(?:\.(\d+))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\s{0,8}",
    re.ASCII,
)

_PRERELEASE = b"\x01"
_RELEASE = b"\x03"
_END, _NUMERIC, _WORD = b"\x00", b"\x01", b"\x02"


def semver_key(version: str) -> bytes | None:
    """The key of a version, build metadata ignored. None: it is no version of this kind."""
    if plain := _PLAIN.fullmatch(version):
        # Nine versions in ten, and three times as fast.
        return _core(*plain.groups()) + _RELEASE
    found = _read(version)
    return None if found is None else found[0]


def pub_key(version: str) -> bytes | None:
    """The key of a version of Pub, where build metadata counts. None: it is no version of this kind."""
    found = _read(version)
    if found is None:
        return None
    key, build = found
    return key + (_END if build is None else b"\x01" + _identifiers(build))


def _read(version: str) -> tuple[bytes, str | None] | None:
    if len(version) > MAX_VERSION_CHARACTERS or (found := _ANY.fullmatch(version)) is None:
        return None
    major, minor, patch, prerelease, build = found.groups()
    core = _core(major, minor or "0", patch or "0")
    return core + (_RELEASE if prerelease is None else _PRERELEASE + _identifiers(prerelease)), build


def _core(major: str, minor: str, patch: str) -> bytes:
    return number(major) + number(minor) + number(patch)


def _identifiers(text: str) -> bytes:
    """Numbers before words, words by ASCII, and fewer before more."""
    parts = (_NUMERIC + number(each) if each.isdigit() else _WORD + each.encode() + b"\x00" for each in text.split("."))
    return b"".join(parts) + _END
