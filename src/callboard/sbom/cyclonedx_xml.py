"""CycloneDX as XML: its elements in the shape of the JSON notation, so that both are checked by the same rules."""

from __future__ import annotations

from typing import Any

from callboard.domain.packages.bom import Bom
from callboard.formats.xml import Element, read_xml
from callboard.sbom.cyclonedx import Checker, refuse

_NAMESPACE = "http://cyclonedx.org/schema/bom/"


def read(path: str, raw: bytes) -> Bom:
    """The bill. Raises MalformedManifestError, for a document type before anything of it is read."""
    root = read_xml(path, raw)
    if root.tag != "bom" or not root.namespace.startswith(_NAMESPACE):
        refuse(path, "the top", f"an element bom of {_NAMESPACE}1.4 to 1.7")
    checker = Checker(path, root.namespace.removeprefix(_NAMESPACE))
    document: dict[str, Any] = {}
    if "serialNumber" in root.attributes:
        document["serialNumber"] = root.attributes["serialNumber"]
    if "version" in root.attributes:
        version = root.attributes["version"].strip()
        document["version"] = int(version) if version.isdecimal() and len(version) < 10 else version
    for each in root.children:
        match each.tag:
            case _ if each.namespace != root.namespace:
                continue
            case "metadata":
                document["metadata"] = _metadata(path, each)
            case "components":
                document["components"] = _components(path, each)
            case "services":
                document["services"] = [_service(service) for service in each.all("service")]
            case "dependencies":
                document["dependencies"] = [_dependency(found) for found in each.taken("dependency")]
            case "compositions":
                document["compositions"] = [{"aggregate": found.said("aggregate")} for found in each.all("composition")]
    return checker.read(document)


def _metadata(path: str, element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in element.children:
        if each.namespace != element.namespace:
            continue
        match each.tag:
            case "component":
                found["component"] = _component(path, each)
            case "licenses":
                found["licenses"] = _licences(path, each)
            case "authors":
                found["authors"] = [_named(author) for author in each.all("author")]
            case "tools":
                old = [_tool(tool) for tool in each.all("tool")]
                found["tools"] = old or {"components": [_tool(tool) for tool in each.all("components", "component")]}
            case "lifecycles":
                phases = each.all("lifecycle")
                found["lifecycles"] = [{"phase": one.said("phase") or one.said("name")} for one in phases]
            case "supplier" | "manufacturer" | "manufacture":
                found[each.tag] = _named(each)
            case _:
                found[each.tag] = each.text.strip()
    return found


def _components(path: str, element: Element) -> list[dict[str, Any]]:
    return [_component(path, each) for each in element.taken("component")]


_WORDS = frozenset(
    {"name", "group", "version", "scope", "purl", "cpe", "publisher", "author", "versionRange", "description"}
)


def _component(path: str, element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {"\nline": element.line}
    for key in ("type", "bom-ref", "mime-type"):
        if key in element.attributes:
            found[key] = element.attributes[key]
    if "isExternal" in element.attributes:
        found["isExternal"] = element.attributes["isExternal"] in {"true", "1"}
    for each in element.children:
        if each.namespace != element.namespace:
            continue  # an element of somebody else's, which may stand anywhere
        if each.tag in found and each.tag in _WORDS:
            refuse(path, f"line {each.line}", f"one element {each.tag}")
        found[each.tag] = _field(path, each)
    return found


def _field(path: str, each: Element) -> object:
    """What stands in an element of a component, in the shape of JSON. None: there, and not looked into."""
    match each.tag:
        case tag if tag in _WORDS:
            return each.text.strip()
        case "supplier" | "manufacturer":
            return _named(each)
        case "hashes":
            return [{"alg": one.attributes.get("alg", ""), "content": one.text.strip()} for one in each.all("hash")]
        case "licenses":
            return _licences(path, each)
        case "swid":
            return dict(each.attributes)
        case "components":
            return _components(path, each)
        case "pedigree":
            patches = each.all("patches", "patch")
            return {"patches": [{"type": one.attributes.get("type", "")} for one in patches]}
        case "properties":
            properties = each.all("property")
            return [{"name": one.attributes.get("name", ""), "value": one.text.strip()} for one in properties]
    return None


def _licences(path: str, element: Element) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in element.children:
        if each.tag == "expression":
            found.append({"expression": each.text.strip()})
        elif each.tag == "license":
            named = [one for one in each.children if one.tag in {"id", "name"}]
            if len(named) != 1:
                refuse(path, f"line {each.line}", "one id or one name in a license")
            found.append({"license": {named[0].tag: named[0].text.strip()}})
    return found


def _service(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "bom-ref" in element.attributes:
        found["bom-ref"] = element.attributes["bom-ref"]
    if element.child("name") is not None:
        found["name"] = element.said("name")
    data = [
        {"flow": one.attributes.get("flow", ""), "classification": one.text.strip()}
        for one in element.all("data", "classification")
    ]
    # Since 1.5 a dataflow holds the classification as an element.
    data += [
        {"flow": one.attributes.get("flow", ""), "classification": one.text.strip()}
        for one in element.all("data", "dataflow", "classification")
    ]
    found["data"] = data
    found["services"] = [_service(one) for one in element.all("services", "service")]
    return found


def _dependency(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {"dependsOn": [one.attributes.get("ref", "") for one in element.all("dependency")]}
    if "ref" in element.attributes:
        found["ref"] = element.attributes["ref"]
    return found


def _named(element: Element) -> dict[str, str]:
    return {"name": element.said("name") or element.said("email")}


def _tool(element: Element) -> dict[str, str]:
    return {key: element.said(key) for key in ("vendor", "name", "version")}
