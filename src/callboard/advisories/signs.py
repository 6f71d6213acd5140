"""What is known about a CVE beside its advisory: exploited (KEV), likely to be (EPSS), and CISA's triage (SSVC)."""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterable, Mapping

import msgspec

_CVE = re.compile(r"CVE-(\d{4})-(\d{4,9})", re.ASCII)
_EPSS_ROW = struct.Struct("<ff")
EXPLOITATION = ("none", "poc", "active")
IMPACT = ("partial", "total")


class Exploited(msgspec.Struct, frozen=True, array_like=True):
    """A line of CISA's catalog of known exploited vulnerabilities."""

    added: str
    """The day it was added, as year-month-day."""
    due: str | None
    """The day by which United States agencies have to act."""
    ransomware: bool
    """Known to be used in ransomware campaigns."""


class Likelihood(msgspec.Struct, frozen=True):
    """EPSS: the probability of exploitation within 30 days, and the share of all CVEs that are no likelier; 0 to 1 both."""

    probability: float
    percentile: float


class Triage(msgspec.Struct, frozen=True):
    """CISA's decision points (SSVC)."""

    exploitation: str
    """none, poc or active."""
    automatable: bool
    impact: str
    """partial or total."""


def cve_number(cve: str) -> int | None:
    """A CVE id as a number that sorts. None: it is none."""
    found = _CVE.fullmatch(cve)
    return int(found[1]) * 10**9 + int(found[2]) if found else None


def cve_text(number: int) -> str:
    """The id of such a number. Numbers below 1000 are written with four digits."""
    return f"CVE-{number // 10**9}-{number % 10**9:04d}"


def pack_epss(rows: Mapping[str, Likelihood]) -> bytes:
    """Numbers, then values, both in the order of the numbers."""
    found = sorted((number, row) for cve, row in rows.items() if (number := cve_number(cve)) is not None)
    return _pack(found_number for found_number, _ in found) + b"".join(
        _EPSS_ROW.pack(row.probability, row.percentile) for _, row in found
    )


def pack_triage(rows: Mapping[str, Triage]) -> bytes:
    """As above, a byte for each."""
    found = sorted((number, row) for cve, row in rows.items() if (number := cve_number(cve)) is not None)
    return _pack(number for number, _ in found) + bytes(
        EXPLOITATION.index(row.exploitation) << 2 | row.automatable << 1 | IMPACT.index(row.impact) for _, row in found
    )


def unpack_triage(section: memoryview) -> dict[str, Triage]:
    """Every row of a packed section."""
    count = len(section) // 9
    numbers = _Numbers(section, count)
    return {cve_text(numbers[place]): _triage(section[count * 8 + place]) for place in range(count)}


def find_epss(section: memoryview, cve: str) -> Likelihood | None:
    """The row of a CVE in a packed section."""
    place, count = _find(section, cve, 8 + _EPSS_ROW.size)
    if place is None:
        return None
    probability, percentile = _EPSS_ROW.unpack_from(section, count * 8 + place * _EPSS_ROW.size)
    return Likelihood(round(probability, 5), round(percentile, 5))


def find_triage(section: memoryview, cve: str) -> Triage | None:
    """The row of a CVE in a packed section."""
    place, count = _find(section, cve, 9)
    if place is None:
        return None
    return _triage(section[count * 8 + place])


def _triage(value: int) -> Triage:
    return Triage(EXPLOITATION[min(value >> 2, 2)], bool(value & 2), IMPACT[value & 1])


def _pack(numbers: Iterable[int]) -> bytes:
    return b"".join(struct.pack("<Q", number) for number in numbers)


def _find(section: memoryview, cve: str, row_bytes: int) -> tuple[int | None, int]:
    number = cve_number(cve)
    count = len(section) // row_bytes
    if number is None or not count:
        return None, count
    numbers = _Numbers(section, count)
    place = bisect_left(numbers, number)
    return (place if place < count and numbers[place] == number else None), count


class _Numbers:
    """The numbers of a section, as a sequence that is not copied."""

    def __init__(self, section: memoryview, count: int) -> None:
        self._section = section
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> int:
        (number,) = struct.unpack_from("<Q", self._section, place * 8)
        return int(number)
