"""SPDX 2.2 and 2.3 as JSON (ISO/IEC 5962 and spdx.github.io/spdx-spec/v2.3, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.bom import OWN, Bom, Completeness, Component
from callboard.domain.packages.lock import MAX_EDGES, MAX_ENTRIES, Need, Problem
from callboard.formats.json import read_json
from callboard.sbom.cyclonedx import refuse, text

_VERSION = re.compile(r"SPDX-2\.[23]")
_ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
_ELSEWHERE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.+-]+:)?SPDXRef-[A-Za-z0-9.-]+|NONE|NOASSERTION")
_FORWARD: Mapping[str, Need] = {
    "DEPENDS_ON": Need.PRODUCTION,
    "CONTAINS": Need.PRODUCTION,
    "HAS_PREREQUISITE": Need.PRODUCTION,
}
_BACKWARD: Mapping[str, Need] = {
    "DEPENDENCY_OF": Need.PRODUCTION,
    "RUNTIME_DEPENDENCY_OF": Need.PRODUCTION,
    "PROVIDED_DEPENDENCY_OF": Need.PEER,
    "OPTIONAL_DEPENDENCY_OF": Need.OPTIONAL,
    "OPTIONAL_COMPONENT_OF": Need.OPTIONAL,
    "DEV_DEPENDENCY_OF": Need.DEVELOPMENT,
    "TEST_DEPENDENCY_OF": Need.DEVELOPMENT,
    "BUILD_DEPENDENCY_OF": Need.DEVELOPMENT,
    "DEV_TOOL_OF": Need.DEVELOPMENT,
    "CONTAINED_BY": Need.PRODUCTION,
    "PREREQUISITE_FOR": Need.PRODUCTION,
}
"""Relationships that name the needed one first."""
_NOTHING = frozenset({"", "NONE", "NOASSERTION"})
_OWN = f"{OWN.removeprefix('callboard:')}: true"
"""How our own bills begin the comment of the project's own code."""
_ALGORITHM = re.compile(r"(SHA|MD)([0-9]+)")


def read(path: str, raw: bytes) -> Bom:
    """The bill. Raises MalformedManifestError."""
    document = read_json(path, raw)
    if not isinstance(document, dict):
        refuse(path, "the top", "an object")
    version = text(document, "spdxVersion")
    if not _VERSION.fullmatch(version):
        refuse(path, "spdxVersion", "SPDX-2.2 or SPDX-2.3")
    if document.get("SPDXID") != "SPDXRef-DOCUMENT":
        refuse(path, "SPDXID", "SPDXRef-DOCUMENT")
    for key in ("name", "dataLicense", "documentNamespace"):
        if not text(document, key):
            refuse(path, key, "a text")
    creation = document.get("creationInfo")
    if not isinstance(creation, dict) or not text(creation, "created"):
        refuse(path, "creationInfo.created", "a time")
    creators = [each for each in _tables(path, document, "creators", creation) if isinstance(each, str)]
    packages = _tables(path, document, "packages")
    if len(packages) > MAX_ENTRIES:
        refuse(path, "packages", f"at most {MAX_ENTRIES:,} packages")
    components: dict[str, Component] = {}
    for number, package in enumerate(packages):
        made = _component(path, package, f"packages[{number}]")
        if made.ref in components:
            refuse(path, f"packages[{number}].SPDXID", "an id that is used once")
        components[made.ref] = made
    described = [each for each in _tables(path, document, "documentDescribes") if isinstance(each, str)]
    edges, problems, complete = _edges(path, document, components, described)
    roots = [each for each in dict.fromkeys(described) if each in components]
    return Bom(
        path=path,
        format=version.lower(),
        serial=text(document, "documentNamespace"),
        timestamp=text(creation, "created"),
        authors=tuple(
            each.partition(":")[2].strip() for each in creators if each.startswith(("Person:", "Organization:"))
        ),
        tools=tuple(each.partition(":")[2].strip() for each in creators if each.startswith("Tool:")),
        root=roots[0] if len(roots) == 1 else "",
        components=tuple(components.values()),
        edges=tuple((by, to, need) for (by, to), need in edges.items()),
        completeness=complete,
        problems=tuple(problems),
    )


def _tables(path: str, document: Mapping[str, Any], key: str, holder: Mapping[str, Any] | None = None) -> list[Any]:
    value = (document if holder is None else holder).get(key, [])
    if not isinstance(value, list):
        refuse(path, key, "a list")
    return value


def _component(path: str, package: Any, place: str) -> Component:  # noqa: ANN401  whatever the file holds
    if not isinstance(package, dict):
        refuse(path, place, "an object")
    ref = text(package, "SPDXID")
    if not _ID.fullmatch(ref):
        refuse(path, f"{place}.SPDXID", "SPDXRef- and letters, digits, . or -")
    if not text(package, "name"):
        refuse(path, f"{place}.name", "a name")
    if not text(package, "downloadLocation"):
        refuse(path, f"{place}.downloadLocation", "an address, NONE or NOASSERTION")
    purl = ""
    identifiers: list[str] = []
    for each in _tables(path, package, "externalRefs"):
        if not isinstance(each, dict):
            refuse(path, f"{place}.externalRefs", "a list of objects")
        if text(each, "referenceType") == "purl" and not purl:
            purl = text(each, "referenceLocator")
        elif text(each, "referenceCategory") in {"SECURITY", "PACKAGE-MANAGER", "PACKAGE_MANAGER", "PERSISTENT-ID"}:
            identifiers.append(text(each, "referenceLocator"))
    hashes: list[tuple[str, str]] = []
    for each in _tables(path, package, "checksums"):
        if not isinstance(each, dict) or not re.fullmatch("[0-9a-f]+", text(each, "checksumValue")):
            refuse(path, f"{place}.checksums", "algorithms with hexadecimal digests in lower case")
        hashes.append((_ALGORITHM.sub(_spelled, text(each, "algorithm")), text(each, "checksumValue")))
    licences = [text(package, key) for key in ("licenseConcluded", "licenseDeclared")]
    supplier = text(package, "supplier") or text(package, "originator")
    return Component(
        ref=ref,
        kind=text(package, "primaryPackagePurpose").lower() or "library",
        name=text(package, "name"),
        version=text(package, "versionInfo"),
        purl=purl,
        identifiers=tuple(filter(None, identifiers)),
        hashes=tuple(hashes),
        licences=tuple(dict.fromkeys(each for each in licences if each not in _NOTHING)),
        supplier="" if supplier in _NOTHING else supplier.partition(":")[2].strip(),
        is_own=text(package, "comment").startswith(_OWN),
    )


def _spelled(match: re.Match[str]) -> str:
    return f"{match[1]}-{match[2]}" if match[1] == "SHA" else match[0]


def _edges(
    path: str, document: Mapping[str, Any], components: Mapping[str, Component], described: list[str]
) -> tuple[dict[tuple[str, str], Need], list[Problem], Completeness]:
    edges: dict[tuple[str, str], Need] = {}
    problems: list[Problem] = []
    complete = Completeness.UNTOLD
    for number, each in enumerate(_tables(path, document, "relationships")):
        place = f"relationships[{number}]"
        if not isinstance(each, dict):
            refuse(path, place, "an object")
        one, kind, other = text(each, "spdxElementId"), text(each, "relationshipType"), text(each, "relatedSpdxElement")
        if not _ELSEWHERE.fullmatch(one) or not _ELSEWHERE.fullmatch(other) or not kind:
            refuse(path, place, "two elements and a type of relationship")
        if kind == "DESCRIBES" and one == "SPDXRef-DOCUMENT":
            described.append(other)
        elif kind == "DESCRIBED_BY" and other == "SPDXRef-DOCUMENT":
            described.append(one)
        elif other in {"NONE", "NOASSERTION"}:
            if other == "NOASSERTION":
                complete = Completeness.INCOMPLETE
        elif kind in _FORWARD or kind in _BACKWARD:
            by, to, need = (one, other, _FORWARD[kind]) if kind in _FORWARD else (other, one, _BACKWARD[kind])
            if by in components and to in components:
                edges[by, to] = min(need, edges.get((by, to), need))
            elif len(problems) < 100 and ":" not in by + to and "File" not in by + to:
                missing = by if by not in components else to
                problems.append(Problem(None, f"expected a package with the SPDXID {missing[:80]}"))
            if len(edges) > MAX_EDGES:
                refuse(path, place, f"at most {MAX_EDGES:,} edges")
    return edges, problems, complete
