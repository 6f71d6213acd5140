"""The fast way through a page: lists of `nodes` are projected by a plan that is compiled once per document.

graphql-core walks every field of every node through resolve info, paths and error handling: 233 ms for 500 issues. A plan
is a flat tuple of (response key, function) per type, so a page costs about a tenth. What is kept: collection of fields
with fragments on interfaces and unions and with @include and @skip (graphql-core's own collector runs once per type),
argument values, leaf coercion, non-null rules. Whatever does not fit (an error, a null where none may be) raises inside
the plan, and the whole list is completed by graphql-core instead, which then words the error.
"""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from graphql import (
    Executor,
    GraphQLEnumType,
    GraphQLList,
    GraphQLOutputType,
    GraphQLResolveInfo,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined

from callboard.demo.wizsim.answers import LASTING, answer, typename
from callboard.demo.wizsim.context import Request

Convert = Callable[[Any], Any]
_MEMORY: Final = 60_000
"""Encoded parts that one plan keeps."""


class DoesNotFitError(Exception):
    """A value that the plan may not answer; graphql-core has to."""


class Planner:
    """Compiles selections into functions of a source."""

    def __init__(self, executor: Executor[Any], request: Request) -> None:
        self._executor = executor
        self._tenant = request.tenant

    def composite(self, type_: Any, details: Any) -> Convert:
        """A function from a source to its selected fields."""
        if is_object_type(type_):
            return self._lasting(self._object(type_, details))
        abstract = type_.name
        plans: dict[str, Convert] = {}

        def project(source: Any) -> Any:
            name = typename(abstract, source)
            plan = plans.get(name)
            if plan is None:
                runtime = self._executor.schema.type_map[name]
                plan = plans[name] = self._object(runtime, details)
            return plan(source)

        return self._lasting(project)

    def _object(self, type_: Any, details: Any) -> Convert:
        """A function from a source to a dictionary, for one object type."""
        grouped = self._executor.collect_subfields(type_, details).grouped_field_set
        lines = ["def project(source):"]
        names: dict[str, Any] = {"tenant": self._tenant}
        shown: list[str] = []
        for number, (key, field_details) in enumerate(grouped.items()):
            name = field_details[0].node.name.value
            if name == "__typename":
                shown.append(f"{key!r}: {type_.name!r}")
                continue
            definition = type_.fields[name]
            get = answer(type_.name, name)
            if definition.args:
                get = self._with_arguments(get, definition, field_details[0])
            names[f"get{number}"] = get
            lines.append(f"    v{number} = get{number}(source, tenant)")
            convert, ready = self._value(definition.type, field_details)
            names[f"convert{number}"] = convert
            # Most values are text and already what they should be: no call for those.
            test = f"type(v{number}) is not {ready.__name__}" if ready else ""
            lines.append(f"    {f'if {test}: ' if test else ''}v{number} = convert{number}(v{number})")
            shown.append(f"{key!r}: v{number}")
        lines.append(f"    return {{{', '.join(shown)}}}")
        # Response keys are GraphQL names, letters, digits and underscores, so nothing of the caller's is ever run.
        exec("\n".join(lines), names)  # noqa: S102
        compiled: Convert = names["project"]
        return compiled

    def _with_arguments(self, get: Callable[..., Any], definition: Any, detail: Any) -> Callable[..., Any]:
        arguments = get_argument_values(
            definition, detail.node, self._executor.variable_values, detail.fragment_variable_values
        )
        return lambda source, tenant: get(source, tenant, **arguments)

    def _value(self, type_: GraphQLOutputType, details: Any, *, required: bool = False) -> tuple[Convert, type | None]:
        """A function from a resolved value to an answered one, and the Python type that needs no such call."""
        if is_non_null_type(type_):
            return self._value(type_.of_type, details, required=True)
        if is_leaf_type(type_):
            return _leaf(type_, required=required)
        if is_list_type(type_):
            return _list(self._value(type_.of_type, details), required=required), None
        inner = self.composite(type_, details)
        return lambda value: _null(required=required) if value is None else inner(value), None

    @staticmethod
    def _lasting(inner: Convert) -> Convert:
        """Remember the encoded answer of values that many nodes share."""
        kept: dict[int, tuple[Any, msgspec.Raw]] = {}
        encode = msgspec.json.encode

        def project(source: Any) -> Any:
            if type(source) not in LASTING:
                return inner(source)
            held = kept.get(id(source))
            if held is not None:
                return held[1]
            if len(kept) >= _MEMORY:
                kept.clear()
            raw = msgspec.Raw(encode(inner(source)))
            # The source is kept beside its answer, so that its id cannot be given to another value.
            kept[id(source)] = (source, raw)
            return raw

        return project


def _null(*, required: bool) -> None:
    if required:
        raise DoesNotFitError


def _list(item: tuple[Convert, type | None], *, required: bool) -> Convert:
    inner, _ready = item

    def convert(value: Any) -> Any:
        if value is None:
            return _null(required=required)
        if not isinstance(value, (list, tuple, Sequence)) or isinstance(value, str):
            raise DoesNotFitError
        return [inner(item) for item in value]

    return convert


_TEXTS: Final = frozenset({"String", "ID", "DateTime", "GraphEntityTypeValue"})


def _leaf(type_: Any, *, required: bool) -> tuple[Convert, type | None]:
    """Coerce like the leaf's own type; text and truth values that are right already need no call."""
    coerce = type_.coerce_output_value

    def convert(value: Any) -> Any:
        return _null(required=required) if value is None else _checked(coerce(value))

    if isinstance(type_, GraphQLEnumType):
        names = frozenset(type_.values)

        def enum(value: Any) -> Any:
            return value if type(value) is str and value in names else convert(value)

        return enum, None
    if type_.name in _TEXTS:
        return convert, str
    return convert, {"Boolean": bool, "Float": float}.get(type_.name)


def _checked(value: Any) -> Any:
    if value is None or value is Undefined:
        raise DoesNotFitError
    return value


class ProjectingExecutor(Executor[Any]):
    """graphql-core's executor with plans for lists of nodes."""

    def complete_list_value(  # noqa: PLR0917  graphql-core's signature
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete a list; a list of nodes by its plan."""
        if info.field_name == "nodes" and not isinstance(result, Exception):
            try:
                plan = self._plan(return_type, field_details_list, path)
                return [plan(item) for item in result]
            except Exception:  # noqa: BLE001  whatever it was, graphql-core words it in its own way below
                self.context_value.fallbacks.append(str(path.key))
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def _plan(self, return_type: GraphQLList[GraphQLOutputType], details: Any, path: Path) -> Convert:
        plans = self.context_value.plans
        # Keys of the path without list positions: the same place in the document.
        key = tuple(part for part in path.as_list() if isinstance(part, str))
        if key not in plans:
            item = return_type.of_type
            item = item.of_type if is_non_null_type(item) else item
            plans[key] = Planner(self, self.context_value).composite(item, details)
        plan: Convert = plans[key]
        return plan
