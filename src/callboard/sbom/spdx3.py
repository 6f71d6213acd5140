"""SPDX 3.0 as JSON-LD: a graph of elements (spdx.github.io/spdx-spec/v3.0.1, read 2026-11).

The context is never fetched: the terms read here are those that the specification's own context gives their short names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.bom import Bom, Completeness, Component
from callboard.domain.packages.lock import MAX_EDGES, MAX_ENTRIES, Need, Problem
from callboard.formats.json import read_json
from callboard.sbom.cyclonedx import refuse, text

_CONTEXT = re.compile(r"https://spdx\.org/rdf/3\.0\.[0-9]+/spdx-context\.jsonld")
_ALGORITHM = re.compile(r"sha([0-9]+)")
_KINDS = frozenset({"dependsOn", "contains", "hasPrerequisite", "hasOptionalDependency", "hasProvidedDependency"})
_SCOPES: Mapping[str, Need] = {
    "development": Need.DEVELOPMENT,
    "test": Need.DEVELOPMENT,
    "build": Need.DEVELOPMENT,
    "runtime": Need.PRODUCTION,
}
_COMPLETENESS = {"complete": Completeness.COMPLETE, "incomplete": Completeness.INCOMPLETE}


def read(path: str, raw: bytes) -> Bom:
    """The bill. Raises MalformedManifestError."""
    document = read_json(path, raw)
    if not isinstance(document, dict):
        refuse(path, "the top", "an object")
    contexts = document.get("@context")
    named = contexts if isinstance(contexts, list) else [contexts]
    if not any(isinstance(each, str) and _CONTEXT.fullmatch(each) for each in named):
        refuse(path, "@context", "the context of SPDX 3.0")
    graph = document.get("@graph")
    if not isinstance(graph, list) or not all(isinstance(each, dict) for each in graph):
        refuse(path, "@graph", "a list of objects")
    if len(graph) > 2 * MAX_ENTRIES + MAX_EDGES:
        refuse(path, "@graph", "fewer elements")
    by_id: dict[str, Mapping[str, Any]] = {}
    for number, each in enumerate(graph):
        if not text(each, "type"):
            refuse(path, f"@graph[{number}].type", "a type")
        found = text(each, "spdxId") or text(each, "@id")
        if found and found in by_id:
            refuse(path, f"@graph[{number}].spdxId", "an id that is used once")
        if found:
            by_id[found] = each
    document_ = next((each for each in graph if text(each, "type") == "SpdxDocument"), None)
    if document_ is None:
        refuse(path, "@graph", "an SpdxDocument")
    creation = _creation(document_, by_id)
    components = {
        ref: _component(path, each, ref, by_id)
        for ref, each in by_id.items()
        if text(each, "type") == "software_Package"
    }
    if len(components) > MAX_ENTRIES:
        refuse(path, "@graph", f"at most {MAX_ENTRIES:,} packages")
    edges, problems, complete, licences = _relationships(path, graph, components, by_id)
    for ref, names in licences.items():
        components[ref] = _with_licences(components[ref], tuple(names))
    roots = [each for each in _roots(document_, by_id) if each in components]
    return Bom(
        path=path,
        format="spdx-3.0",
        serial=text(document_, "spdxId"),
        timestamp=text(creation, "created"),
        authors=_names(creation, "createdBy", by_id),
        tools=_names(creation, "createdUsing", by_id),
        root=roots[0] if len(roots) == 1 else "",
        components=tuple(components.values()),
        edges=tuple((by, to, need) for (by, to), need in edges.items()),
        completeness=complete,
        problems=tuple(problems),
    )


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key, [])
    return value if isinstance(value, list) else [value]


def _of(value: object, by_id: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The element that a value is or names."""
    if isinstance(value, str):
        return by_id.get(value, {})
    return value if isinstance(value, Mapping) else {}


def _creation(element: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    return _of(element.get("creationInfo"), by_id)


def _names(creation: Mapping[str, Any], key: str, by_id: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(name for each in _list(creation, key) if (name := text(_of(each, by_id), "name")))


def _roots(document: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the document is about: its root elements, or theirs where they are bills themselves."""
    found: list[str] = []
    for each in _list(document, "rootElement"):
        if not isinstance(each, str):
            continue
        inner = by_id.get(each, {})
        if text(inner, "type") in {"software_Sbom", "Bom", "Bundle"}:
            found += [one for one in _list(inner, "rootElement") if isinstance(one, str)]
        else:
            found.append(each)
    return list(dict.fromkeys(found))


def _component(path: str, each: Mapping[str, Any], ref: str, by_id: Mapping[str, Mapping[str, Any]]) -> Component:
    name = text(each, "name")
    if not name:
        refuse(path, ref[:80], "a name")
    purl = text(each, "software_packageUrl")
    identifiers: list[str] = []
    for external in _list(each, "externalIdentifier"):
        one = _of(external, by_id)
        if text(one, "externalIdentifierType") == "packageUrl":
            purl = purl or text(one, "identifier")
        elif text(one, "identifier"):
            identifiers.append(text(one, "identifier"))
    hashes = [
        (_ALGORITHM.sub(r"SHA-\1", text(one, "algorithm")), text(one, "hashValue").lower())
        for value in _list(each, "verifiedUsing")
        if text(one := _of(value, by_id), "hashValue")
    ]
    return Component(
        ref=ref,
        kind=text(each, "software_primaryPurpose") or "library",
        name=name,
        version=text(each, "software_packageVersion"),
        purl=purl,
        identifiers=tuple(identifiers),
        hashes=tuple(hashes),
        supplier=text(_of(each.get("suppliedBy"), by_id), "name"),
    )


def _with_licences(component: Component, licences: tuple[str, ...]) -> Component:
    from msgspec.structs import replace

    return replace(component, licences=licences)


_Edges = dict[tuple[str, str], Need]


def _relationships(
    path: str,
    graph: list[Mapping[str, Any]],
    components: Mapping[str, Component],
    by_id: Mapping[str, Mapping[str, Any]],
) -> tuple[_Edges, list[Problem], Completeness, dict[str, list[str]]]:
    edges: _Edges = {}
    problems: list[Problem] = []
    licences: dict[str, list[str]] = {}
    said: set[str] = set()
    for each in graph:
        if text(each, "type") not in {"Relationship", "LifecycleScopedRelationship"}:
            continue
        by, kind = text(each, "from"), text(each, "relationshipType")
        if not by or not kind or "to" not in each:
            refuse(path, (text(each, "spdxId") or "a relationship")[:80], "from, to and relationshipType")
        targets = [to for to in _list(each, "to") if isinstance(to, str)]
        if kind in {"hasConcludedLicense", "hasDeclaredLicense"} and by in components:
            names = (
                text(by_id.get(to, {}), "simplelicensing_licenseExpression") or to.rpartition("/")[2] for to in targets
            )
            licences.setdefault(by, []).extend(names)
        if kind not in _KINDS:
            continue
        said.add(text(each, "completeness"))
        need = Need.OPTIONAL if kind == "hasOptionalDependency" else _SCOPES.get(text(each, "scope"), Need.PRODUCTION)
        for to in targets:
            if by in components and to in components:
                edges[by, to] = min(need, edges.get((by, to), need))
            elif len(problems) < 100 and not {by, to} <= by_id.keys():
                missing = by if by not in by_id else to
                problems.append(Problem(None, f"expected an element {missing[:80]}"))
        if len(edges) > MAX_EDGES:
            refuse(path, "@graph", f"at most {MAX_EDGES:,} edges")
    said.discard("")
    complete = Completeness.UNTOLD
    if said:
        weakest = "incomplete" if "incomplete" in said else "noAssertion" if "noAssertion" in said else "complete"
        complete = _COMPLETENESS.get(weakest, Completeness.UNKNOWN)
    return edges, problems, complete, licences
