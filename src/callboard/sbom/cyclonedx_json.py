"""CycloneDX as JSON."""

from __future__ import annotations

from callboard.domain.packages.bom import Bom
from callboard.formats.json import read_json
from callboard.sbom.cyclonedx import Checker, refuse, text


def read(path: str, raw: bytes) -> Bom:
    """The bill. Raises MalformedManifestError."""
    document = read_json(path, raw)
    if not isinstance(document, dict):
        refuse(path, "the top", "an object")
    if document.get("bomFormat") != "CycloneDX":
        refuse(path, "bomFormat", '"CycloneDX"')
    return Checker(path, text(document, "specVersion")).read(document)
