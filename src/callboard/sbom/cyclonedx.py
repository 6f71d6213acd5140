"""What CycloneDX 1.4 to 1.7 asks of a document, whichever notation it came in (schemas at commit e02a34a, read 2026-11).

Checked is what Callboard reads, and what would make the rest unreadable: a document that breaks a rule is refused with
its place, never half understood. The shape is that of the JSON notation; the XML reader brings its elements into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from callboard.domain.packages.bom import LAST_REVISION, OWN, Bom, Completeness, Component
from callboard.domain.packages.lock import MAX_EDGES, MAX_ENTRIES, Need, Problem
from callboard.errors import MalformedManifestError
from callboard.sbom.cyclonedx_words import (
    ALGORITHMS,
    COMPONENT,
    FLOWS,
    INCOMPLETE,
    KINDS,
    METADATA,
    PATCHES,
    TOP,
    occurrence,
)
from callboard.sbom.licences import is_licence_id

VERSIONS = ("1.4", "1.5", "1.6", "1.7")

Table = Mapping[str, Any]

_SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH = re.compile(r"[a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128}")
_SCOPES: Mapping[str, Need] = {
    "required": Need.PRODUCTION,
    "optional": Need.OPTIONAL,
    "excluded": Need.DEVELOPMENT,
}


class Checker:
    """One document being read."""

    def __init__(self, path: str, version: str) -> None:
        if version not in VERSIONS:
            refuse(path, "specVersion", f"one of {', '.join(VERSIONS)}, not {version[:20]!a}")
        self.path = path
        self.version = version
        self.refs: set[str] = set()
        self.components: list[Component] = []
        self.problems: list[Problem] = []
        self.edges: dict[tuple[str, str], Need] = {}

    def read(self, document: Table) -> Bom:
        """The bill. Raises MalformedManifestError with the place inside of the document."""
        self.known(document, TOP, "")
        serial = document.get("serialNumber", "")
        if "serialNumber" in document and not (isinstance(serial, str) and _SERIAL.fullmatch(serial)):
            self.refuse("serialNumber", "urn:uuid: and a UUID")
        version = document.get("version", 1)
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            self.refuse("version", "a whole number from 1 on")
        metadata = self.table(document, "metadata", "")
        self.known(metadata, METADATA, "metadata")
        self.licences(metadata, "metadata")
        root = self.root(metadata)
        self.all_of(document, "", depth=0, inside="")
        self.services(document, "", depth=0)
        self.dependencies(document)
        return Bom(
            path=self.path,
            format=f"cyclonedx-{self.version}",
            serial=serial,
            revision=min(version, LAST_REVISION),
            timestamp=text(metadata, "timestamp"),
            authors=self.names(metadata, "authors") or self.names(metadata, "manufacturer", "manufacture", "supplier"),
            tools=tuple(self.tools(metadata)),
            phases=tuple(
                text(each, "phase") or text(each, "name") for each in self.tables(metadata, "lifecycles", "metadata")
            ),
            root=root,
            components=tuple(self.components),
            edges=tuple((by, to, need) for (by, to), need in self.edges.items()),
            completeness=self.completeness(document),
            problems=tuple(self.problems),
        )

    def root(self, metadata: Table) -> str:
        """The reference of what the bill is about."""
        about = self.table(metadata, "component", "metadata")
        if not about:
            return ""
        before = len(self.components)
        self.component(about, "metadata.component", depth=0, inside="")
        return self.components[before].ref

    def all_of(self, holder: Table, place: str, *, depth: int, inside: str) -> None:
        """The components of a holder, and those inside them."""
        for number, each in enumerate(self.tables(holder, "components", place)):
            self.component(each, f"{join(place, 'components')}[{number}]", depth=depth, inside=inside)

    def component(self, each: Table, place: str, *, depth: int, inside: str) -> None:
        """One component and those inside it. Raises MalformedManifestError."""
        if depth > 50:
            self.refuse(place, "at most 50 components inside each other")
        if len(self.components) >= MAX_ENTRIES:
            self.refuse(place, f"at most {MAX_ENTRIES:,} components")
        self.known(each, COMPONENT, place)
        if text(each, "type") not in KINDS:
            self.refuse(f"{place}.type", "a type of component")
        name = each.get("name")
        if not isinstance(name, str):
            self.refuse(f"{place}.name", "a name")
        scope = text(each, "scope")
        if "scope" in each and scope not in _SCOPES:
            self.refuse(f"{place}.scope", "required, optional or excluded")
        if "versionRange" in each and ("version" in each or each.get("isExternal") is not True):
            self.refuse(f"{place}.versionRange", "no version beside it, and isExternal")
        ref = self.ref(each, place) or f"#{len(self.components)}"
        swid = self.table(each, "swid", place)
        if "swid" in each and not (isinstance(swid.get("tagId"), str) and isinstance(swid.get("name"), str)):
            self.refuse(f"{place}.swid", "a tagId and a name")
        self.patches(each, place)
        supplier = self.names(each, "supplier", "manufacturer") or (text(each, "publisher") or text(each, "author"),)
        properties = tuple((text(p, "name"), text(p, "value")) for p in self.tables(each, "properties", place))
        made = Component(
            ref=ref,
            kind=text(each, "type"),
            group=text(each, "group"),
            name=name,
            version=text(each, "version"),
            purl=text(each, "purl"),
            identifiers=tuple(filter(None, (text(each, "cpe"), text(swid, "tagId")))),
            hashes=tuple(self.hashes(each, place)),
            licences=tuple(self.licences(each, place)),
            supplier=supplier[0],
            need=_SCOPES.get(scope),
            properties=properties,
            is_own=(OWN, "true") in properties,
            line=each.get("\nline"),
            occurrence=occurrence(each),
        )
        if made.purl and made.package is None:
            self.problems.append(Problem(made.line, f"expected a package URL at {place}.purl, not {made.purl[:80]!a}"))
        self.components.append(made)
        if inside:
            self.edge(inside, ref)
        self.all_of(each, place, depth=depth + 1, inside=ref)

    def ref(self, each: Table, place: str) -> str:
        """The reference, which must be the only one of its name."""
        ref = each.get("bom-ref")
        if ref is None:
            return ""
        if not isinstance(ref, str) or not ref:
            self.refuse(f"{place}.bom-ref", "a text that is not empty")
        if ref in self.refs:
            self.refuse(f"{place}.bom-ref", f"a reference that is used once, not {ref[:80]!a} again")
        self.refs.add(ref)
        return ref

    def hashes(self, each: Table, place: str) -> Iterator[tuple[str, str]]:
        """Algorithms and digests."""
        for number, found in enumerate(self.tables(each, "hashes", place)):
            at = f"{place}.hashes[{number}]"
            algorithm, content = text(found, "alg"), text(found, "content")
            if algorithm not in ALGORITHMS:
                self.refuse(f"{at}.alg", "a known algorithm")
            if not _HASH.fullmatch(content):
                self.refuse(f"{at}.content", "a hexadecimal digest")
            yield algorithm, content.lower()

    def licences(self, each: Table, place: str) -> list[str]:
        """Ids, names and expressions."""
        found: list[str] = []
        kinds: set[str] = set()
        for number, choice in enumerate(self.tables(each, "licenses", place)):
            at = f"{join(place, 'licenses')}[{number}]"
            if ("license" in choice) == ("expression" in choice):
                self.refuse(at, "either a license or an expression")
            kinds.add("license" if "license" in choice else "expression")
            if "expression" in choice:
                found.append(text(choice, "expression"))
                continue
            licence = self.table(choice, "license", at)
            if ("id" in licence) == ("name" in licence):
                self.refuse(f"{at}.license", "either an id or a name")
            if "id" in licence and not is_licence_id(text(licence, "id")):
                self.refuse(f"{at}.license.id", f"an id of the SPDX list, not {text(licence, 'id')[:40]!a}")
            found.append(text(licence, "id") or text(licence, "name"))
        # Before 1.7 a list holds licences, or one expression and nothing else.
        if self.version != "1.7" and "expression" in kinds and len(found) > 1:
            self.refuse(join(place, "licenses"), "licenses, or one expression alone")
        return found

    def patches(self, each: Table, place: str) -> None:
        """What was changed in a component."""
        pedigree = self.table(each, "pedigree", place)
        for number, patch in enumerate(self.tables(pedigree, "patches", f"{place}.pedigree")):
            if text(patch, "type") not in PATCHES:
                self.refuse(f"{place}.pedigree.patches[{number}].type", " or ".join(sorted(PATCHES)))

    def services(self, holder: Table, place: str, *, depth: int) -> None:
        """Services, whose references share one space with those of components."""
        if depth > 50:
            self.refuse(place, "at most 50 services inside each other")
        for number, each in enumerate(self.tables(holder, "services", place)):
            at = f"{join(place, 'services')}[{number}]"
            if not isinstance(each.get("name"), str):
                self.refuse(f"{at}.name", "a name")
            self.ref(each, at)
            for index, data in enumerate(self.tables(each, "data", at)):
                if text(data, "flow") not in FLOWS or not isinstance(data.get("classification"), str):
                    self.refuse(
                        f"{at}.data[{index}]",
                        "a classification, and a flow: inbound, outbound, bi-directional or unknown",
                    )
            self.services(each, at, depth=depth + 1)

    def dependencies(self, document: Table) -> None:
        """Who needs whom. A reference to nothing is a problem, no refusal: it says only that something is missing."""
        known = {component.ref: component for component in self.components}
        for number, each in enumerate(self.tables(document, "dependencies", "")):
            by = each.get("ref")
            if not isinstance(by, str) or not by:
                self.refuse(f"dependencies[{number}].ref", "a reference that is not empty")
            for key in ("dependsOn", "provides"):
                wanted = each.get(key, [])
                if not isinstance(wanted, list) or not all(isinstance(to, str) for to in wanted):
                    self.refuse(f"dependencies[{number}].{key}", "a list of references")
            for to in each.get("dependsOn", ()):
                if by in known and to in known:
                    self.edge(by, to)
                elif len(self.problems) < 100 and {by, to} - known.keys() - self.refs:
                    missing = by if by not in known else to
                    self.problems.append(Problem(None, f"expected a component with the bom-ref {missing[:80]!a}"))

    def edge(self, by: str, to: str) -> None:
        """Adds an edge, of which there may not be too many."""
        if len(self.edges) >= MAX_EDGES:
            self.refuse("dependencies", f"at most {MAX_EDGES:,} edges")
        self.edges[by, to] = Need.PRODUCTION

    def completeness(self, document: Table) -> Completeness:
        """The weakest word of all compositions."""
        said = {text(each, "aggregate") for each in self.tables(document, "compositions", "")}
        if not said:
            return Completeness.UNTOLD
        if said & INCOMPLETE:
            return Completeness.INCOMPLETE
        return Completeness.COMPLETE if said == {"complete"} else Completeness.UNKNOWN

    def tools(self, metadata: Table) -> Iterator[str]:
        """Names of tools, in the form before 1.5 and in that since."""
        tools = metadata.get("tools")
        listed = tools if isinstance(tools, list) else []
        if isinstance(tools, Mapping):
            listed = [
                *self.tables(tools, "components", "metadata.tools"),
                *self.tables(tools, "services", "metadata.tools"),
            ]
        for each in listed:
            if isinstance(each, Mapping):
                yield " ".join(filter(None, (text(each, "vendor"), text(each, "name"), text(each, "version"))))

    def names(self, holder: Table, *keys: str) -> tuple[str, ...]:
        """Names of people or organisations at these keys."""
        found: list[str] = []
        for key in keys:
            value = holder.get(key)
            for each in value if isinstance(value, list) else [value]:
                name = text(each, "name") or text(each, "email") if isinstance(each, Mapping) else ""
                if name:
                    found.append(name)
        return tuple(found)

    def known(self, holder: Table, names: frozenset[str], place: str) -> None:
        """Refuses fields that CycloneDX does not have."""
        for key in holder:
            if key not in names and not key.startswith("\n"):
                self.refuse(join(place, key), f"no field {key[:40]!a}, which CycloneDX does not have")

    def table(self, holder: Table, key: str, place: str) -> Table:
        """The object at a key; an empty one where there is none. Refuses anything else."""
        value = holder.get(key)
        if value is None and key not in holder:
            return {}
        if not isinstance(value, Mapping):
            self.refuse(join(place, key), "an object")
        return value

    def tables(self, holder: Table, key: str, place: str) -> list[Table]:
        """The objects at a key; none where there is none. Refuses anything else."""
        value = holder.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.refuse(join(place, key), "a list of objects")
        return value

    def refuse(self, place: str, expected: str) -> NoReturn:
        """Says what was expected, and where."""
        refuse(self.path, place, expected)


def refuse(path: str, place: str, expected: str) -> NoReturn:
    """Says what was expected, and where inside of the document."""
    raise MalformedManifestError(f"expected {expected}, at {place}", path=path)


def join(place: str, key: str) -> str:
    """A place inside of a place."""
    return f"{place}.{key}" if place else key


def text(holder: Table, key: str) -> str:
    """The text at a key; empty where there is none."""
    value = holder.get(key)
    return value if isinstance(value, str) else ""
