"""Makes the index: records in, one file out, complete or not at all."""

from __future__ import annotations

import os
import struct
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from callboard.advisories.index import FORMAT, HEAD, MAGIC, Facts, Feed, package_bytes
from callboard.advisories.signs import Exploited
from callboard.advisories.table import make_table
from callboard.domain.instant import Instant
from callboard.domain.packages.advisory import Advisory


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about CVEs, as it lies in the file."""

    kev: bytes = b"\x80"
    epss: bytes = b""
    triage: bytes = b""


OWN_MODIFIED = Instant(0)
"""Records that came with Callboard are older than those of every feed, so that each feed's word counts before ours."""


def build(records: Iterable[tuple[Advisory, bytes]], *, feeds: tuple[Feed, ...], signs: Signs, now: Instant) -> bytes:
    """The bytes of an index of these advisories, each with its msgpack. Every id may come once."""
    import secrets

    seed = secrets.randbits(63)
    body = bytearray(HEAD.size)
    packages: dict[bytes, list[int]] = {}
    ids: dict[bytes, list[int]] = {}
    integrity: dict[bytes, list[int]] = {}
    ecosystems: Counter[str] = Counter()
    withdrawn = malicious = own = 0
    start = len(body)
    for advisory, packed in records:
        place = len(body)
        body += struct.pack("<I", len(packed))
        body += packed
        ids[advisory.id.encode()] = [place]
        for key in {each.key: None for each in advisory.affected}:
            packages.setdefault(package_bytes(key), []).append(place)
        for value in advisory.integrity if advisory.withdrawn is None else ():
            integrity.setdefault(value.encode(), []).append(place)
        withdrawn += advisory.withdrawn is not None
        malicious += advisory.malicious
        if advisory.modified == OWN_MODIFIED:
            own += 1
        else:
            ecosystems.update({each.key[0] for each in advisory.affected})
    sections = {"records": (start, len(body) - start)}
    for name, content in (
        ("packages", make_table(packages, seed)),
        ("ids", make_table(ids, seed)),
        ("integrity", make_table(integrity, seed)),
        ("kev", signs.kev),
        ("epss", signs.epss),
        ("triage", signs.triage),
    ):
        sections[name] = (len(body), len(content))
        body += content
    facts = msgspec.msgpack.encode(
        Facts(
            made_at=now,
            seed=seed,
            records=len(ids),
            withdrawn=withdrawn,
            malicious=malicious,
            own=own,
            ecosystems=dict(sorted(ecosystems.items())),
            feeds=feeds,
            sections=sections,
        )
    )
    HEAD.pack_into(body, 0, MAGIC, FORMAT, len(body) + len(facts), len(body), len(facts))
    return bytes(body) + facts


def pack_kev(rows: Mapping[str, Exploited]) -> bytes:
    """The catalog as it lies in the file."""
    return msgspec.msgpack.encode(dict(sorted(rows.items())))


def swap(path: Path, content: bytes) -> None:
    """Puts the file in place of the old one at once. A crash before leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
