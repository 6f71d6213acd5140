"""The page of the HTTP interface, and the description that the portal's plugin takes its types from."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import callboard
from callboard.web import errors, gate, routes, wire
from callboard.web.openapi import document as openapi
from tools.reference.docstrings import field_notes
from tools.reference.markdown import page, prose, table


def http() -> str:
    """Every address, from the routes and from the API's own description."""
    document = openapi.document("")
    told = field_notes(gate.Policy)
    policies = [(f"`{policy.value}`", told[policy.name]) for policy in gate.Policy]
    addresses = [
        (f"`{method}`", f"`{plain(path)}`", f"`{handler.opt['policy'].value}`")
        for handler in routes.ALL
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]
    parts: list[str] = []
    for path, methods in document["paths"].items():
        for method, told_of in methods.items():
            parts += _operation(method.upper(), path, told_of)
    return page(
        "HTTP",
        prose(document["info"]["description"]),
        "A running board describes its API as OpenAPI 3.1 at `/openapi.json`.\n"
        "Errors come as `application/problem+json` with a request id; see [errors](errors.md).\n"
        "An unknown parameter is refused and never ignored.",
        "## Who may ask",
        table(("Policy", "Who"), policies),
        "## Every address",
        table(("Method", "Address", "Policy"), addresses),
        "## Operations",
        *parts,
        "## Shapes",
        *(part for name, shape in sorted(document["components"]["schemas"].items()) for part in _shape(name, shape)),
    )


def plain(path: str) -> str:
    """A route's path without the types of its parameters."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _operation(method: str, path: str, told: dict[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}"
    yield f"{told['summary']}."
    rows = [
        (f"`{each['name']}`", each["in"], _json_type(each["schema"]), each.get("description", ""))
        for each in told.get("parameters", [])
    ]
    yield table(("Parameter", "In", "Type", "Meaning"), rows)
    for answer in told["responses"].values():
        for content in answer.get("content", {}).values():
            yield f"Answers with {_json_type(content['schema'])}."


def _shape(name: str, shape: dict[str, Any]) -> Iterator[str]:
    about = field_notes(next(getattr(room, name) for room in _rooms() if hasattr(room, name)))
    yield f"### {name}"
    yield prose(shape.get("description"))
    rows = [
        (f"`{key}`", _json_type(each), prose(about.get(key, ""))) for key, each in shape.get("properties", {}).items()
    ]
    yield table(("Field", "Type", "Meaning"), rows)


@functools.cache
def _rooms() -> tuple[ModuleType, ...]:
    """The modules that hold shapes, and the one of the problem document."""
    names = sorted(found.name for found in pkgutil.iter_modules(wire.__path__))
    return (*(importlib.import_module(f"{wire.__name__}.{name}") for name in names), errors)


def _json_type(each: dict[str, Any]) -> str:
    if "$ref" in each:
        name = each["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in each:
        return " or ".join(_json_type(one) for one in each["anyOf"])
    if "enum" in each:
        return " ".join(f"`{word}`" for word in each["enum"])
    if each.get("type") == "array":
        if isinstance(items := each.get("items"), dict) and items:
            return f"list of {_json_type(items)}"
        return f"list of {', '.join(_json_type(one) for one in each.get('prefixItems', [])) or 'anything'}"
    if each.get("type") == "object" and isinstance(inner := each.get("additionalProperties"), dict):
        return f"object of {_json_type(inner)}"
    words = str(each.get("type", "anything"))
    bounds = [f"{key} {each[key]}" for key in ("minimum", "maximum", "default") if key in each]
    return f"{words} ({', '.join(bounds)})" if bounds else words


def description() -> str:
    """The API's own description, from which the portal's plugin takes its types."""
    return json.dumps(openapi.document(callboard.__version__), indent=2, ensure_ascii=False) + "\n"
