"""From the bytes of one Wiz record to `Observed`, or to `Rejected` with the reason. Pure; never raises."""

from __future__ import annotations

from math import inf

from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import Instant
from callboard.ports import ProjectRecord
from callboard.sources.wiz.issue import read_issue
from callboard.sources.wiz.misconfiguration import read_misconfiguration
from callboard.sources.wiz.project import read_project
from callboard.sources.wiz.vulnerability import read_vulnerability
from callboard.sources.wiz.words import FUTURE_SLACK

PARSER_VERSION = 9
"""Grows whenever the same bytes would be read differently, or more of them is kept: then every record is read again once."""

_READERS = {
    "issue": read_issue,
    "vulnerability": read_vulnerability,
    "misconfiguration": read_misconfiguration,
}


def parse(part_kind: str, raw: bytes | memoryview, *, now: Instant | None = None) -> Observed | Rejected:
    """One finding record. `now` is only for noticing dates in the future; None: do not look."""
    reader = _READERS.get(part_kind)
    if reader is None:
        return Rejected(where="kind", reason=f"{part_kind!r} is not a kind of Wiz finding")
    return reader(raw, inf if now is None else now + FUTURE_SLACK)


def parse_project(raw: bytes | memoryview) -> ProjectRecord | Rejected:
    """One project record."""
    return read_project(raw)
