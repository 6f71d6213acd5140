"""What bills say of where a package was found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callboard.sbom import read_bom


def found_in(**component: Any) -> str | None:
    """Of the one part of a bill."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [{"type": "library", "name": "a", "version": "1", "purl": "pkg:npm/a@1", **component}],
    }
    (entry,) = read_bom("sbom", json.dumps(document).encode()).lock().entries
    return entry.found_in


def told(*pairs: tuple[str, str]) -> dict[str, Any]:
    """As properties."""
    return {"properties": [{"name": name, "value": value} for name, value in pairs]}


@pytest.mark.parametrize(
    ("component", "file"),
    [
        (told(("callboard:manifest", "web/yarn.lock:7"), ("callboard:manifest", "yarn.lock:9")), "web/yarn.lock:7"),
        (told(("syft:location:0:path", "/app/package-lock.json")), "app/package-lock.json"),
        (told(("SrcFile", "pom.xml")), "pom.xml"),
        ({"evidence": {"occurrences": [{"location": "go.sum", "line": 4}, {"location": "b"}]}}, "go.sum:4"),
        ({"evidence": {"occurrences": [{"location": "go.sum"}]}}, "go.sum"),
    ],
)
def test_the_file_that_a_bill_names_first_is_told(component: dict[str, Any], file: str) -> None:
    """By our own property, by those of others, and in the format's own words."""
    assert found_in(**component) == file


@pytest.mark.parametrize(
    "component",
    [
        {},
        told(("other", "web/yarn.lock")),
        told(("SrcFile", " / ")),
        told(("SrcFile", "a\u202etxt.exe")),
        told(("SrcFile", "x" * 301)),
        {"evidence": {"occurrences": []}},
        {"evidence": {"licenses": []}},
    ],
)
def test_what_names_no_file_is_not_told(component: dict[str, Any]) -> None:
    """Nor what could be drawn as something else, or fills a page."""
    assert found_in(**component) is None
