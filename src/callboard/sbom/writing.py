"""Bills written as CycloneDX 1.6 and 1.7 and as SPDX 2.3, always the same for the same bill."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from callboard.domain.packages.bom import Bom, Completeness, Component
from callboard.domain.packages.lock import Need

_SCOPES = {Need.PRODUCTION: "required", Need.PEER: "required", Need.OPTIONAL: "optional", Need.DEVELOPMENT: "excluded"}
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]+")
_SPDX_HASHES = re.compile(r"[^A-Za-z0-9]")


def write_cyclonedx(bom: Bom, version: str) -> bytes:
    """The bill as CycloneDX JSON of this version, 1.6 or 1.7."""
    root = next((each for each in bom.components if each.ref == bom.root), None)
    metadata: dict[str, Any] = {
        "timestamp": bom.timestamp,
        "lifecycles": [{"phase": phase} for phase in bom.phases],
        "tools": {"components": [_tool(each) for each in bom.tools]},
    }
    if bom.authors:
        metadata["authors"] = [{"name": name} for name in bom.authors]
    if root is not None:
        metadata["component"] = _cyclonedx(root)
        if root.supplier:
            metadata["supplier"] = {"name": root.supplier}
    if bom.unknown:
        metadata["properties"] = [{"name": "callboard:unknown", "value": each} for each in bom.unknown]
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": bom.serial,
        "version": 1,
        "metadata": {key: value for key, value in metadata.items() if value},
        "components": [_cyclonedx(each) for each in bom.components if each.ref != bom.root],
        "dependencies": list(_dependencies(bom)),
        "compositions": _compositions(bom),
    }
    return _json(document)


def _tool(said: str) -> dict[str, str]:
    name, _, version = said.partition(" ")
    return {"type": "application", "name": name, **({"version": version} if version else {})}


def _cyclonedx(each: Component) -> dict[str, Any]:
    """A component, without what is not known."""
    made: dict[str, Any] = {
        "type": each.kind,
        "bom-ref": each.ref,
        "supplier": {"name": each.supplier} if each.supplier else None,
        "group": each.group,
        "name": each.name,
        "version": each.version,
        "scope": _SCOPES.get(each.need) if each.need is not None else None,
        "hashes": [{"alg": algorithm, "content": digest} for algorithm, digest in each.hashes],
        "licenses": [{"license": {"name": name}} for name in each.licences],
        "purl": each.purl,
        "externalReferences": [{"type": kind, "url": address} for kind, address in each.references],
        "properties": [{"name": name, "value": value} for name, value in each.properties],
    }
    return {key: value for key, value in made.items() if value or key == "name"}


def _dependencies(bom: Bom) -> Iterator[dict[str, Any]]:
    """An item for each component of which it is known what it needs."""
    needs: dict[str, set[str]] = {}
    for by, to, _ in bom.edges:
        needs.setdefault(by, set()).add(to)
    for each in bom.components:
        if each.ref in needs:
            yield {"ref": each.ref, "dependsOn": sorted(needs[each.ref])}
        elif bom.completeness is Completeness.COMPLETE:
            # Said only where it is known: an empty item means "needs nothing".
            yield {"ref": each.ref}


def _compositions(bom: Bom) -> list[dict[str, Any]]:
    if bom.completeness is Completeness.UNTOLD or not bom.root:
        return []
    return [{"aggregate": bom.completeness.value, "assemblies": [bom.root], "dependencies": [bom.root]}]


def write_spdx(bom: Bom) -> bytes:
    """The bill as SPDX 2.3 JSON."""
    ids = _spdx_ids(bom)
    relationships = [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": ids[bom.root]}
    ]
    for by, to, need in bom.edges:
        relationships.append(_relationship(ids[by], ids[to], need))
    if bom.completeness is not Completeness.COMPLETE:
        # Known unknowns, as SPDX says them: it depends on more than is told.
        relationships.append(
            {"spdxElementId": ids[bom.root], "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"}
        )
    root = next(each for each in bom.components if each.ref == bom.root)
    uuid = bom.serial.removeprefix("urn:uuid:")
    creators = [f"Tool: {each.replace(' ', '-')}" for each in bom.tools]
    creators += [f"Organization: {each}" for each in bom.authors]
    document: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": root.name,
        "documentNamespace": f"urn:uuid:{uuid}",
        "creationInfo": {"created": bom.timestamp, "creators": creators},
        "documentDescribes": [ids[bom.root]],
        "packages": [_spdx(each, ids[each.ref]) for each in bom.components],
        "relationships": relationships,
    }
    if bom.unknown:
        document["comment"] = "Not known: " + " ".join(bom.unknown)
    return _json(document)


def _relationship(by: str, to: str, need: Need) -> dict[str, str]:
    backward = {Need.DEVELOPMENT: "DEV_DEPENDENCY_OF", Need.OPTIONAL: "OPTIONAL_DEPENDENCY_OF"}.get(need)
    if backward is not None:
        return {"spdxElementId": to, "relationshipType": backward, "relatedSpdxElement": by}
    return {"spdxElementId": by, "relationshipType": "DEPENDS_ON", "relatedSpdxElement": to}


def _spdx(each: Component, spdx_id: str) -> dict[str, Any]:
    name = f"{each.group}/{each.name}" if each.group else each.name
    distribution = next((address for kind, address in each.references if kind == "distribution"), None)
    made: dict[str, Any] = {
        "SPDXID": spdx_id,
        "name": name,
        "versionInfo": each.version,
        "supplier": f"Organization: {each.supplier}" if each.supplier else "NOASSERTION",
        "downloadLocation": distribution or "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": [
            {"algorithm": _SPDX_HASHES.sub("", algorithm), "checksumValue": digest} for algorithm, digest in each.hashes
        ],
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": each.kind.upper(),
        "comment": "; ".join(f"{key.removeprefix('callboard:')}: {value}" for key, value in each.properties),
    }
    if each.purl:
        made["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": each.purl}
        ]
    return {key: value for key, value in made.items() if value not in ("", [])}


def _spdx_ids(bom: Bom) -> dict[str, str]:
    """Ids that tell what they stand for, and are apart also where the allowed letters make two names one."""
    found: dict[str, str] = {}
    for each in bom.components:
        words = _NOT_IN_ID.sub("-", f"{each.group}-{each.name}-{each.version}".strip("-"))[:80].strip("-")
        mark = hashlib.sha256(each.ref.encode()).hexdigest()[:12]
        found[each.ref] = f"SPDXRef-{words}-{mark}" if words else f"SPDXRef-{mark}"
    return found


def _json(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


WRITERS: Mapping[str, Callable[[Bom], bytes]] = {
    "cyclonedx-1.6": lambda bom: write_cyclonedx(bom, "1.6"),
    "cyclonedx-1.7": lambda bom: write_cyclonedx(bom, "1.7"),
    "spdx-2.3": write_spdx,
}
"""By the word on the command line."""
