"""Bills of materials in a line: `a -> b -> c` for ways, and the moment each speaks of."""

from __future__ import annotations

import json
from collections.abc import Callable

from callboard.domain.instant import Instant, to_text
from callboard.domain.packages.manifest_series import Arrival
from callboard.gathering import read_bill


def bill(
    *ways: str, at: Instant | None = None, version: int = 1, serial: int = 1, suppliers: int = 0, licences: int = 0
) -> bytes:
    """A CycloneDX document. A way is `lodash@4.17.20` or `express@4 -> qs@6`: the first is what the project asks for.

    The first so many parts by name have a supplier, and a licence.
    """
    edges: dict[str, set[str]] = {"root": set()}
    for way in ways:
        before = "root"
        for step in way.split(" -> "):
            name, _, number = step.rpartition("@")
            ref = f"pkg:npm/{name.replace('@', '%40')}@{number}"
            edges[before].add(ref)
            edges.setdefault(ref, set())
            before = ref
    refs = sorted(edges.keys() - {"root"})
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:00000000-0000-4000-8000-{serial:012d}",
        "version": version,
        "metadata": {
            "component": {"type": "application", "name": "it", "bom-ref": "root"},
            **({} if at is None else {"timestamp": to_text(at)}),
        },
        "components": [
            {
                "type": "library",
                "bom-ref": ref,
                "purl": ref,
                "name": ref.removeprefix("pkg:npm/").rpartition("@")[0],
                "version": ref.rpartition("@")[2],
                **({"supplier": {"name": "Somebody"}} if number < suppliers else {}),
                **({"licenses": [{"license": {"id": "MIT"}}]} if number < licences else {}),
            }
            for number, ref in enumerate(refs)
        ],
        "dependencies": [{"ref": ref, "dependsOn": sorted(needs)} for ref, needs in sorted(edges.items())],
    }
    return json.dumps(document).encode()


def reading(raw: bytes, now: Instant) -> Callable[[], Arrival]:
    """What reads it."""
    return lambda: read_bill("sbom", raw, now=now)
