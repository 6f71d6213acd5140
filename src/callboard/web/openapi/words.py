"""Parts that every description of an address is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callboard.domain.query import DEFAULT_LIMIT, FOR_ANYBODY, MAX_CHARACTERS, MAX_LIMIT
from callboard.web import query_string

Described = dict[str, Any]

_LISTED = "A comma list, or given again; one of them has to match."
PROBLEM = {"$ref": "#/components/responses/problem"}


def reading(
    operation: str,
    summary: str,
    shape: str | None,
    parameters: Sequence[Described] = (),
    *,
    is_open: bool = False,
    conditional: bool = True,
) -> Described:
    """An address that is read."""
    answers: Described = {"default": PROBLEM}
    if shape is not None:
        answers["200"] = answer(summary + ".", shape)
    if conditional and not is_open:
        answers["304"] = {"description": "The caller holds it already."}
    found: Described = {"operationId": operation, "summary": summary, "responses": answers}
    if parameters:
        found["parameters"] = list(parameters)
    if is_open:
        found["security"] = []
    return {"get": found}


def writing(
    operation: str, summary: str, shape: str, parameters: Sequence[Described], status: str = "200"
) -> Described:
    """An address that is written to."""
    found: Described = {
        "operationId": operation,
        "summary": summary,
        "responses": {status: answer("Done.", shape), "default": PROBLEM},
    }
    if parameters:
        found["parameters"] = list(parameters)
    return {"post": found}


def answer(description: str, shape: str, media: str = "application/json") -> Described:
    """An answer of one shape."""
    return {"description": description, "content": content(shape, media)}


def content(shape: str, media: str = "application/json") -> Described:
    """A body of one shape."""
    return {media: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}


def in_path(name: str) -> Described:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def in_query(name: str, description: str, schema: Mapping[str, Any]) -> Described:
    """A parameter."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def query() -> Described:
    """The question in the query language."""
    schema = {"type": "string", "maxLength": MAX_CHARACTERS, "default": FOR_ANYBODY}
    return in_query("q", "Which findings, in what order, in the query language.", schema)


def paged(*parameters: Described, limit: int = DEFAULT_LIMIT) -> list[Described]:
    """The parameters of a list in pages, after these."""
    limits = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": limit}
    return [
        *parameters,
        in_query("cursor", "`next_cursor` of the page before.", {"type": "string"}),
        in_query("limit", "Rows on one page.", limits),
    ]


def list_of(name: str, description: str, items: Mapping[str, Any] | None = None) -> Described:
    """A parameter that takes several values."""
    schema = {"type": "array", "items": items or {"type": "string"}, "maxItems": query_string.MAX_VALUES}
    return {**in_query(name, f"{description} {_LISTED}", schema), "style": "form", "explode": False}
