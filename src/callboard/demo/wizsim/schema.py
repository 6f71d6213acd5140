"""Loads the schema and gives its scalars their meaning."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema, is_scalar_type

from callboard.demo.wizsim import moments


@cache
def schema() -> GraphQLSchema:
    """The one schema of this process."""
    text = files("callboard.demo.wizsim").joinpath("schema.graphql").read_text(encoding="utf-8")
    built = build_schema(text, assume_valid=True)
    date_time = built.type_map["DateTime"]
    if is_scalar_type(date_time):
        _read_times(date_time)
    return built


def _read_times(scalar: GraphQLScalarType) -> None:
    """Accept RFC 3339 text as input and refuse everything else, naming what was wrong."""

    def accept(value: object) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"DateTime cannot represent {value!r}.")
        try:
            moments.read(value)
        except ValueError as error:
            raise GraphQLError(f"DateTime cannot represent {value!r}: {error}") from None
        return value

    scalar.coerce_input_value = accept
