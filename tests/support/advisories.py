"""Makes advisories in OSV form, as their publishers write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any


def osv(
    ident: str = "GHSA-aaaa-bbbb-cccc",
    *,
    ecosystem: str = "npm",
    name: str = "x",
    ranges: Iterable[Iterable[tuple[str, str]]] = (),
    raw_ranges: Iterable[dict[str, Any]] = (),
    versions: Sequence[str] = (),
    affected: Sequence[dict[str, Any]] | None = None,
    aliases: Sequence[str] = (),
    modified: str = "2026-01-01T00:00:00Z",
    withdrawn: str | None = None,
    summary: str = "Something is wrong",
    severity: Sequence[tuple[str, str]] = (),
    word: str | None = None,
    cwe: str | None = None,
) -> bytes:
    """One record."""
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    entry = {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [
            *({"type": kind, "events": [{event: version} for event, version in events]} for events in ranges),
            *raw_ranges,
        ],
        "versions": list(versions),
    }
    record: dict[str, Any] = {
        "schema_version": "1.7.5",
        "id": ident,
        "modified": modified,
        "aliases": list(aliases),
        "summary": summary,
        "affected": [entry] if affected is None else list(affected),
        "severity": [{"type": kind, "score": score} for kind, score in severity],
        "references": [{"type": "ADVISORY", "url": f"https://advisories.example/{ident}"}],
        "database_specific": {key: value for key, value in (("severity", word), ("cwe_ids", [cwe])) if value},
    }
    if withdrawn is not None:
        record["withdrawn"] = withdrawn
    return json.dumps(record).encode()
