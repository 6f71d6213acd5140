"""The API's description as OpenAPI 3.1, made from the JSON shapes and the parameter tables themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.ownership import Reason
from callboard.domain.query import MAX_LIMIT, Sort
from callboard.web import params, wire
from callboard.web.errors import Problem

_SHAPES = (
    wire.Board, wire.Sources, wire.Components, wire.ComponentPage, wire.Findings, wire.FindingPage,
    wire.Status, wire.HookDone, Problem,
)  # fmt: skip

_REPEATED = "Give it again for more values; one of them has to match."
_LISTED = "A comma list, or given again; one of them has to match."


def document(version: str) -> dict[str, Any]:
    """The whole description."""
    _, components = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callboard",
            "version": version,
            "description": "Security findings on the Backstage components that own them. "
            "Enumerations are words, dates are RFC 3339 in UTC, null means not known. "
            "Lists are read page by page with `next_cursor`; ETags are weak and honour If-None-Match.",
        },
        "security": [{"bearer": []}, {"session": []}],
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "callboard-{port}"},
            },
            "responses": {"problem": _answer("What went wrong.", "Problem", "application/problem+json")},
        },
    }


def _paths() -> dict[str, Any]:
    ref_path = "/api/v1/components/{kind}/{namespace}/{name}"
    hook_path = "/api/v1/hooks/wiz/{source}"
    return {
        "/api/v1/board": _get("showBoard", "The whole board in numbers", "Board"),
        "/api/v1/components": _get("listComponents", "Components, worst first", "Components", _component_parameters()),
        ref_path: _get(
            "showComponent",
            "One component in full",
            "ComponentPage",
            [_in_path(n) for n in ("kind", "namespace", "name")],
        ),
        "/api/v1/findings": _get("listFindings", "One page of findings", "Findings", _finding_parameters()),
        "/api/v1/findings/{finding_id}": _get(
            "showFinding", "One finding in full", "FindingPage", [_in_path("finding_id")]
        ),
        "/api/v1/sources": _get("listSources", "How fresh and how whole each source is", "Sources"),
        hook_path: {
            "post": {
                "operationId": "receiveHook",
                "summary": "A source tells that something has changed",
                "security": [{"bearer": []}],
                "parameters": [_in_path("source")],
                "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
                "responses": {
                    "202": _answer("Taken.", "HookDone"),
                    "default": {"$ref": "#/components/responses/problem"},
                },
            }
        },
        "/healthz": _get("alive", "Whether the process answers", "Status", open_=True),
        "/readyz": _get("ready", "Whether the process can do its work", "Status", open_=True),
    }


def _get(
    operation: str, summary: str, shape: str, parameters: list[dict[str, Any]] | None = None, *, open_: bool = False
) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": _answer(summary + ".", shape),
        "default": {"$ref": "#/components/responses/problem"},
    }
    if not open_:
        answers["304"] = {"description": "The caller holds it already."}
    found: dict[str, Any] = {"operationId": operation, "summary": summary, "responses": answers}
    if parameters:
        found["parameters"] = parameters
    if open_:
        found["security"] = []
    return {"get": found}


def _answer(description: str, shape: str, media: str = "application/json") -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return {"description": description, "content": {media: {"schema": schema}}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _list_of(name: str, description: str, items: Mapping[str, Any] | None = None, *, commas: bool) -> dict[str, Any]:
    schema = {"type": "array", "items": items or {"type": "string"}, "maxItems": params.MAX_VALUES}
    told = f"{description} {_LISTED if commas else _REPEATED}"
    return {**_in_query(name, told, schema), "style": "form", "explode": not commas}


def _paging(default: int, sorts: list[str]) -> list[dict[str, Any]]:
    limits = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}
    return [
        _in_query("sort", "The order.", {"type": "string", "enum": sorts, "default": sorts[0]}),
        _in_query("cursor", "`next_cursor` of the page before.", {"type": "string"}),
        _in_query("limit", "Rows on one page.", limits),
    ]


def _finding_parameters() -> list[dict[str, Any]]:
    severities = {"type": "string", "enum": [severity.word for severity in Severity]}
    states = {"type": "string", "enum": [*(state.word for state in State), params.ANY]}
    kinds = {"type": "string", "enum": [kind.word for kind in Kind]}
    reasons = {"type": "string", "enum": [reason.value for reason in Reason]}
    return [
        _list_of("severity", "Severities.", severities, commas=True),
        _list_of("state", "States; the open ones when left out.", states, commas=True),
        _list_of("kind", "Kinds of findings.", kinds, commas=True),
        _list_of("component", "Entity references; kind and namespace may be left out.", commas=True),
        _list_of("owner", "References of groups or users.", commas=True),
        _list_of("system", "References of systems.", commas=True),
        _list_of("rule", "Rule ids at the source; a CVE is one.", commas=False),
        _list_of("resource", "Resource ids of any form.", commas=False),
        _list_of("project", "Project ids at the source.", commas=False),
        _list_of("source", "Names of sources.", commas=True),
        _in_query(
            "q",
            "Part of a rule's or resource's name or id.",
            {"type": "string", "maxLength": params.MAX_VALUE_CHARACTERS},
        ),
        _in_query("mapped", "true: has a component; false: has none.", {"type": "boolean"}),
        _list_of("reason", "Why it is unmapped or in conflict.", reasons, commas=True),
        *_paging(params.DEFAULT_LIMIT, [sort.value for sort in Sort]),
    ]


def _component_parameters() -> list[dict[str, Any]]:
    severities = {"type": "string", "enum": [severity.word for severity in Severity]}
    return [
        _in_query("mapped", "true: an annotation names something at a source; false: none does.", {"type": "boolean"}),
        _list_of("owner", "References of groups or users.", commas=True),
        _list_of("severity", "Those with an open finding of one of these.", severities, commas=True),
        _list_of("system", "References of systems.", commas=True),
        *_paging(params.DEFAULT_COMPONENT_LIMIT, list(params.COMPONENT_SORTS)),
    ]
