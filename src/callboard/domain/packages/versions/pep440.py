"""Python versions, PEP 440 (https://packaging.python.org/en/latest/specifications/version-specifiers/, read 2026-11).

`packaging` reads them; only its order is written as bytes here. Versions from before PEP 440 have no order and no key: they
can only be compared as text.
"""

from __future__ import annotations

import re

from callboard.domain.packages.versions.encoding import MAX_VERSION_CHARACTERS, number

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}", re.ASCII)
_PRERELEASES = {"a": b"\x01", "b": b"\x02", "rc": b"\x03"}
_DEV_ONLY, _FINAL = b"\x00", b"\x04"
_NO_POST, _POST = b"\x00", b"\x01"
_DEV, _NO_DEV = b"\x00", b"\x01"
_NO_LOCAL = b"\x00"
_PLAIN_END = b"\x00" + _FINAL + _NO_POST + _NO_DEV + _NO_LOCAL


def pep440_key(version: str) -> bytes | None:
    """The key of a version. None: it is not one by PEP 440."""
    if _PLAIN.fullmatch(version):
        return b"\x00" + _release(version.split(".")) + _PLAIN_END
    if len(version) > MAX_VERSION_CHARACTERS:
        return None
    from packaging.version import InvalidVersion, Version

    try:
        found = Version(version)
    except InvalidVersion:
        return None
    if found.pre is not None:
        pre = _PRERELEASES[found.pre[0]] + number(str(found.pre[1]))
    else:
        pre = _DEV_ONLY if found.post is None and found.dev is not None else _FINAL
    post = _NO_POST if found.post is None else _POST + number(str(found.post))
    dev = _NO_DEV if found.dev is None else _DEV + number(str(found.dev))
    epoch = number(str(found.epoch))
    return epoch + _release(list(map(str, found.release))) + b"\x00" + pre + post + dev + _local(found.local)


def _release(parts: list[str]) -> bytes:
    """Zeros at the end mean nothing: 1.0 is 1."""
    numbers = [number(each) for each in parts]
    while len(numbers) > 1 and numbers[-1] == b"\x00":
        numbers.pop()
    return b"".join(b"\x01" + each for each in numbers)


def _local(local: str | None) -> bytes:
    """None before words, words before numbers."""
    if local is None:
        return _NO_LOCAL
    parts = (
        b"\x02" + number(each) if each.isdigit() else b"\x01" + each.encode() + b"\x00" for each in local.split(".")
    )
    return b"".join(parts) + b"\x00"
