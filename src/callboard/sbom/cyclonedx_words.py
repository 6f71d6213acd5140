"""The words of CycloneDX 1.4 to 1.7, of all versions together (schemas at commit e02a34a, read 2026-11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = frozenset(
    [
        "application",
        "framework",
        "library",
        "container",
        "platform",
        "operating-system",
        "device",
        "device-driver",
        "firmware",
        "file",
        "machine-learning-model",
        "data",
        "cryptographic-asset",
    ]
)
"""Types of components."""
ALGORITHMS = frozenset(
    [
        "MD5",
        "SHA-1",
        "SHA-256",
        "SHA-384",
        "SHA-512",
        "SHA3-256",
        "SHA3-384",
        "SHA3-512",
        "BLAKE2b-256",
        "BLAKE2b-384",
        "BLAKE2b-512",
        "BLAKE3",
        "Streebog-256",
        "Streebog-512",
    ]
)
"""Of hashes."""
PATCHES = frozenset({"unofficial", "monkey", "backport", "cherry-pick"})
"""Types of patches."""
FLOWS = frozenset({"inbound", "outbound", "bi-directional", "unknown"})
"""Of data of services."""
TOP = frozenset(
    [
        "$schema",
        "bomFormat",
        "specVersion",
        "serialNumber",
        "version",
        "metadata",
        "components",
        "services",
        "externalReferences",
        "dependencies",
        "compositions",
        "vulnerabilities",
        "annotations",
        "formulation",
        "declarations",
        "definitions",
        "citations",
        "properties",
        "signature",
    ]
)
"""Fields of a document."""
METADATA = frozenset(
    [
        "timestamp",
        "lifecycles",
        "tools",
        "authors",
        "component",
        "manufacture",
        "manufacturer",
        "supplier",
        "licenses",
        "properties",
        "distributionConstraints",
    ]
)
"""Fields of metadata."""
COMPONENT = frozenset(
    [
        "type",
        "mime-type",
        "bom-ref",
        "supplier",
        "manufacturer",
        "author",
        "authors",
        "publisher",
        "group",
        "name",
        "version",
        "versionRange",
        "isExternal",
        "description",
        "scope",
        "hashes",
        "licenses",
        "copyright",
        "patentAssertions",
        "cpe",
        "purl",
        "omniborId",
        "swhid",
        "swid",
        "modified",
        "pedigree",
        "externalReferences",
        "components",
        "evidence",
        "releaseNotes",
        "modelCard",
        "data",
        "cryptoProperties",
        "properties",
        "tags",
        "signature",
    ]
)
"""Fields of a component."""
INCOMPLETE = frozenset(
    [
        "incomplete",
        "incomplete_first_party_only",
        "incomplete_third_party_only",
        "incomplete_first_party_proprietary_only",
        "incomplete_first_party_opensource_only",
        "incomplete_third_party_proprietary_only",
        "incomplete_third_party_opensource_only",
    ]
)
"""Aggregates of compositions that say that something is missing."""


def occurrence(component: Mapping[str, Any]) -> str:
    """Where a component says that it was found first. What is told in another form is not told."""
    evidence = component.get("evidence")
    told = evidence.get("occurrences") if isinstance(evidence, dict) else None
    first = told[0] if isinstance(told, list) and told else None
    if not isinstance(first, dict) or not isinstance(first.get("location"), str):
        return ""
    line = first.get("line")
    return f"{first['location']}:{line}" if isinstance(line, int) and line > 0 else first["location"]
