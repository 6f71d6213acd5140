"""Hashes of files as manifests write them, brought to one spelling so that they can be compared. Pure.

npm writes `sha512-` and base64, pip `sha256:` and hexadecimal digits, a bill algorithm and digits apart.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping

_TOLD = re.compile(r"(md5|sha1|sha256|sha384|sha512)[-:]([A-Za-z0-9+/=]+)(?:\?.*)?", re.IGNORECASE)
_BYTES: Mapping[str, int] = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_HEX = re.compile("[0-9a-fA-F]+")


def digest_of(text: str) -> tuple[str, str] | None:
    """The kind and the digits of a hash. None: it is of something else, as Go's hash of a folder is, or none at all."""
    found = _TOLD.fullmatch(text)
    if found is None:
        return None
    kind, value = found[1].lower(), found[2]
    if len(value) == 2 * _BYTES[kind] and _HEX.fullmatch(value):
        return kind, value.lower()
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return (kind, raw.hex()) if len(raw) == _BYTES[kind] else None


def spelled(text: str) -> str:
    """The one spelling of a hash: equal for equal hashes. What is none that is known stays as it is."""
    found = digest_of(text)
    return text if found is None else f"{found[0]}:{found[1]}"


def as_listed(hash_: str) -> str:
    """The way in which lists of harmful files spell it: the kind, a dash and base64."""
    found = digest_of(hash_)
    return hash_ if found is None else f"{found[0]}-{base64.b64encode(bytes.fromhex(found[1])).decode()}"


def by_kind(hashes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Hashes in their one spelling, by kind: only those of one kind can be compared."""
    found: dict[str, set[str]] = {}
    for each in map(spelled, hashes):
        found.setdefault(re.split(r"[-:]", each, maxsplit=1)[0].lower(), set()).add(each)
    return {kind: frozenset(values) for kind, values in found.items()}


def conflict(one: Iterable[str], other: Iterable[str]) -> str | None:
    """The kind of hash of which two files have none in common. None: they may be the same file."""
    mine, theirs = by_kind(one), by_kind(other)
    return next((kind for kind in sorted(mine.keys() & theirs.keys()) if not mine[kind] & theirs[kind]), None)
