"""Loads the schema, one file per part of it, and gives its scalars their meaning."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema, is_scalar_type

from callboard.demo.wizsim import moments

PARTS: Final = (
    "findings",
    "assets",
    "threats",
    "response",
    "scans",
    "software",
    "graph",
    "projects",
    "reports",
    "administration",
    "automation",
    "connectors",
    "sign_in",
    "policies",
    "rules",
)
"""The files in `sdl`, in the order of reading."""


def part(name: str) -> str:
    """The text of one file of the schema."""
    return files("callboard.demo.wizsim").joinpath("sdl", f"{name}.graphql").read_text(encoding="utf-8")


@cache
def schema() -> GraphQLSchema:
    """The one schema of this process."""
    built = build_schema("\n".join(map(part, PARTS)), assume_valid=True)
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
