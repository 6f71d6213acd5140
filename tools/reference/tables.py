"""The page of the database's tables."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint

from callboard.store import schema
from tools.reference.docstrings import module_notes
from tools.reference.markdown import page, prose, table


def schema_page() -> str:
    """Every table."""
    about = {name: note for module in _modules_of(schema) for name, note in module_notes(module).items()}
    return page(
        "Database schema",
        prose(schema.__doc__),
        "The schema is not a contract: it changes with the program, by migrations.\n"
        "Read the board through the [API](http.md) or the [command line](cli.md).",
        *(
            part
            for each in sorted(schema.metadata.tables.values(), key=lambda each: each.name)
            for part in _table(each, about)
        ),
    )


def _modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}")


def _table(each: Table, about: dict[str, str]) -> Iterator[str]:
    yield f"## {each.name}"
    yield prose(about.get(each.name))
    rows = [(f"`{column.name}`", _sql_type(column), _sql_notes(column)) for column in each.columns]
    yield table(("Column", "Type", "Notes"), rows)
    lines = [
        f"- unique: {_columns(constraint.columns)}"
        for constraint in each.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    lines += [
        f"- check: `{constraint.sqltext}`" for constraint in each.constraints if isinstance(constraint, CheckConstraint)
    ]
    lines += [f"- {'unique index' if index.unique else 'index'}: {_columns(index.columns)}" for index in each.indexes]
    yield "\n".join(sorted(lines))


def _sql_type(column: Column[Any]) -> str:
    return str(column.type.compile()).lower()


def _sql_notes(column: Column[Any]) -> str:
    said = ["key"] if column.primary_key else []
    said += [f"of `{key.target_fullname}`" for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname)]
    said += ["may be null"] if column.nullable else []
    return ", ".join(said)


def _columns(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)
