"""CISA's catalog of known exploited vulnerabilities (https://www.cisa.gov/known-exploited-vulnerabilities-catalog, read 2026-11)."""

from __future__ import annotations

import msgspec

from callboard.advisories.signs import Exploited, cve_number
from callboard.domain.instant import Instant, from_text
from callboard.errors import AdvisoryRefusedError

MAX_BYTES = 64 * 1024 * 1024
"""The catalog had 1.4 MB in 2025-08."""
MARK = b'"catalogVersion"'


class _Line(msgspec.Struct, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    date_added: str
    due_date: str | None = None
    known_ransomware_campaign_use: str = "Unknown"


class _Catalog(msgspec.Struct, rename="camel"):
    catalog_version: str
    vulnerabilities: list[_Line]
    date_released: str | None = None


def read(content: bytes) -> tuple[dict[str, Exploited], str, Instant | None]:
    """CVE → its line, the catalog's version, and when it was released. Raises AdvisoryRefusedError."""
    try:
        catalog = msgspec.json.decode(content, type=_Catalog)
    except (msgspec.DecodeError, RecursionError) as error:
        raise AdvisoryRefusedError(f"no catalog of exploited vulnerabilities: {str(error)[:200]}") from None
    rows = {
        line.cve_id: Exploited(
            line.date_added[:10],
            line.due_date[:10] if line.due_date else None,
            line.known_ransomware_campaign_use == "Known",
        )
        for line in catalog.vulnerabilities
        if cve_number(line.cve_id) is not None
    }
    try:
        released = from_text(catalog.date_released) if catalog.date_released else None
    except (ValueError, OverflowError):
        released = None
    return rows, catalog.catalog_version[:40], released
