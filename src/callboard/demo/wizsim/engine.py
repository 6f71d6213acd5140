"""Answers one GraphQL request: parse and check once per document, execute, encode."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    Visitor,
    execute_sync,
    parse,
    validate,
    visit,
)

from callboard.demo.wizsim.answers import answer, typename
from callboard.demo.wizsim.context import Request
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.projection import ProjectingExecutor
from callboard.demo.wizsim.roots.audit import record, status_of
from callboard.demo.wizsim.roots.mutations import MUTATIONS
from callboard.demo.wizsim.roots.queries import QUERIES
from callboard.demo.wizsim.schema import schema
from callboard.demo.wizsim.tenant import ServiceAccount, Tenant

_DOCUMENTS: Final = 256
_PLANS: Final = 64
_FATAL: Final = frozenset({"BAD_USER_INPUT", "UNAUTHORIZED", "NOT_FOUND", "RATE_LIMIT_EXCEEDED"})
"""Errors with these codes leave no data: the whole call failed (wiz-api.md section 2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A document that was parsed and checked."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    shaping: frozenset[str]
    """Variables that change the shape of the answer or the arguments inside nodes; plans depend on their values."""


@dataclass(kw_only=True)
class Call(Request):
    """A request together with the plans it may use."""

    plans: dict[Any, Any] = field(default_factory=dict)
    fallbacks: list[str] = field(default_factory=list)
    """Lists that the plan could not answer."""


class Engine:
    """Executes documents against one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._plans: OrderedDict[Any, dict[Any, Any]] = OrderedDict()

    def run(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        operation: str | None = None,
        *,
        scopes: frozenset[str] | None = None,
        account: ServiceAccount | None = None,
        faults: Faults | None = None,
        plain: bool = False,
    ) -> ExecutionResult:
        """Execute. `plain` uses graphql-core alone, for comparison."""
        prepared = self.prepare(query)
        if prepared.document is None or prepared.errors:
            return ExecutionResult(None, list(prepared.errors))
        held = frozenset(self.tenant.options.scopes) if scopes is None else scopes
        switches = faults or Faults()
        lost = {name.strip() for name in switches.missing_scopes.split(",") if name.strip()}
        caller = account or self.tenant.account
        call = Call(tenant=self.tenant, scopes=held - lost, faults=switches, account=caller)
        call.plans = self._plans_for(query, operation, prepared, variables or {})
        result = execute_sync(
            schema(),
            prepared.document,
            root_value=None,
            context_value=call,
            variable_values=variables,
            operation_name=operation,
            field_resolver=_resolve,
            type_resolver=_resolve_type,
            executor_class=None if plain else ProjectingExecutor,
        )
        if not result.errors:
            return result
        errors = [_coded(error) for error in result.errors]
        fatal = any((error.extensions or {}).get("code") in _FATAL for error in errors)
        return ExecutionResult(None if fatal else result.data, errors)

    def prepare(self, query: str) -> Prepared:
        """Parse and check a document, or take it from memory."""
        held = self._prepared.get(query)
        if held is None:
            held = self._prepared[query] = _prepare(query)
            if len(self._prepared) > _DOCUMENTS:
                self._prepared.popitem(last=False)
        return held

    def _plans_for(
        self, query: str, operation: str | None, prepared: Prepared, variables: dict[str, Any]
    ) -> dict[Any, Any]:
        shape = repr([(name, variables.get(name)) for name in sorted(prepared.shaping)])
        key = (query, operation, shape, self.tenant.version)
        plans = self._plans.get(key)
        if plans is None:
            plans = self._plans[key] = {}
            while len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        return plans


def encode(result: ExecutionResult) -> bytes:
    """The response body."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    body["data"] = result.data
    return msgspec.json.encode(body)


def _prepare(query: str) -> Prepared:
    try:
        document = parse(query)
    except GraphQLError as error:
        return Prepared(document=None, errors=(_coded(error, "GRAPHQL_PARSE_FAILED"),), shaping=frozenset())
    errors = tuple(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in validate(schema(), document))
    return Prepared(document=document, errors=errors, shaping=_shaping(document))


def _shaping(document: DocumentNode) -> frozenset[str]:
    """Names of variables used in directives, or as arguments anywhere below a field called `nodes`."""
    names: set[str] = set()

    class Finder(Visitor):
        def __init__(self) -> None:
            super().__init__()
            self.roots = 0
            self.depth = 0

        def enter_directive(self, node: Any, *_rest: Any) -> None:
            names.update(_variables(node))

        def enter_field(self, node: Any, *_rest: Any) -> None:
            if self.depth:
                for argument in node.arguments or ():
                    names.update(_variables(argument))
            self.depth += 1

        def leave_field(self, *_rest: Any) -> None:
            self.depth -= 1

        def enter_fragment_definition(self, *_rest: Any) -> None:
            self.depth += 1

        def leave_fragment_definition(self, *_rest: Any) -> None:
            self.depth -= 1

    visit(document, Finder())
    return frozenset(names)


def _variables(node: Any) -> set[str]:
    found: set[str] = set()

    class Names(Visitor):
        def enter_variable(self, variable: Any, *_rest: Any) -> None:
            found.add(variable.name.value)

    visit(node, Names())
    return found


def _coded(error: GraphQLError, code: str | None = None) -> GraphQLError:
    """The same error with a code; input that the schema refuses is the caller's fault."""
    if (error.extensions or {}).get("code"):
        return error
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        kind = "INTERNAL"
    else:
        kind = "BAD_USER_INPUT" if code != "GRAPHQL_PARSE_FAILED" else code
    return GraphQLError(
        error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={**(error.extensions or {}), "code": kind},
    )


Root = Callable[..., Any]


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    parent = info.parent_type.name
    if parent == "Query":
        return QUERIES[info.field_name](source, info, **arguments)
    if parent == "Mutation":
        return _write(source, info, arguments)
    return answer(parent, info.field_name)(source, info.context.tenant, **arguments)


def _write(source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
    """Make a write call, and note it in the audit log, also when it fails."""
    request: Request = info.context
    status = "SUCCESS"
    try:
        return MUTATIONS[info.field_name](source, info, **arguments)
    except Exception as error:
        status = status_of(error)
        raise
    finally:
        record(request.tenant, request.account, info.field_name, arguments, status)


def _resolve_type(value: Any, _info: GraphQLResolveInfo[Any], abstract: Any) -> str:
    return typename(abstract.name, value)
