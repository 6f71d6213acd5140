"""Bills of materials: made from locks, written, read, judged and compared. No I/O, nothing executed."""

from __future__ import annotations

from callboard.domain.packages.bom import Bom
from callboard.errors import UnknownManifestError


def read_bom(path: str, raw: bytes) -> Bom:
    """The bill that a file holds, by its content. Raises UnknownManifestError and MalformedManifestError."""
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        from callboard.sbom.cyclonedx_xml import read

        return read(path, raw)
    if start.startswith(b"{"):
        if b"spdx.org/rdf/3." in raw[:20_000] or b'"@graph"' in raw:
            from callboard.sbom.spdx3 import read as read_spdx3

            return read_spdx3(path, raw)
        if b'"spdxVersion"' in raw:
            from callboard.sbom.spdx2 import read as read_spdx2

            return read_spdx2(path, raw)
        if b'"bomFormat"' in raw or b"cyclonedx.org/schema" in raw:
            from callboard.sbom.cyclonedx_json import read as read_json

            return read_json(path, raw)
    raise UnknownManifestError(
        path=path, hint="Read are CycloneDX 1.4 to 1.7 as JSON and XML, SPDX 2.2 and 2.3 as JSON, SPDX 3.0 as JSON-LD."
    )
