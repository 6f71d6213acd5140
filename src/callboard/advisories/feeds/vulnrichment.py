"""CISA Vulnrichment: CVE records (JSON 5.1) with CISA's own container (https://github.com/cisagov/vulnrichment, read 2026-11)."""

from __future__ import annotations

from typing import Any

import msgspec

from callboard.advisories.signs import EXPLOITATION, IMPACT, Triage, cve_number
from callboard.domain.instant import Instant, from_text
from callboard.errors import AdvisoryRefusedError

MARK = b'"CVE_RECORD"'


class _Head(msgspec.Struct, rename="camel"):
    cve_id: str
    date_updated: str | None = None


class _Other(msgspec.Struct):
    type: str = ""
    content: Any = None


class _Metric(msgspec.Struct):
    other: _Other | None = None


class _Adp(msgspec.Struct):
    metrics: list[_Metric] = []


class _Containers(msgspec.Struct):
    adp: list[_Adp] = []


class _Record(msgspec.Struct, rename="camel"):
    cve_metadata: _Head
    containers: _Containers


def read(content: bytes) -> tuple[str, Triage | None, Instant | None]:
    """The CVE, CISA's decision points where the record holds them, and when it was changed. Raises AdvisoryRefusedError."""
    try:
        record = msgspec.json.decode(content, type=_Record)
    except (msgspec.DecodeError, RecursionError) as error:
        raise AdvisoryRefusedError(f"no CVE record: {str(error)[:200]}") from None
    cve = record.cve_metadata.cve_id
    if cve_number(cve) is None:
        raise AdvisoryRefusedError("cveMetadata.cveId should be a CVE id")
    try:
        updated = from_text(record.cve_metadata.date_updated or "")
    except (ValueError, OverflowError):
        updated = None
    for adp in record.containers.adp:
        for metric in adp.metrics:
            if metric.other is not None and metric.other.type == "ssvc":
                return cve, _triage(metric.other.content), updated
    return cve, None, updated


def _triage(content: Any) -> Triage | None:  # noqa: ANN401 - the shape is CISA's custom
    points: dict[str, str] = {}
    options = content.get("options") if isinstance(content, dict) else None
    for each in options if isinstance(options, list) else ():
        if isinstance(each, dict):
            points |= {str(key).casefold(): str(value).casefold() for key, value in each.items()}
    exploitation, impact = points.get("exploitation"), points.get("technical impact")
    if exploitation not in EXPLOITATION or impact not in IMPACT or points.get("automatable") not in ("yes", "no"):
        return None
    return Triage(exploitation, points["automatable"] == "yes", impact)
