"""What all tables share: the schema's number, names of constraints, and the values that stand for something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler

HEAD = "0029"
"""The schema that this program speaks: the last number in `migrations/versions`."""

KNOWN = frozenset(f"{n:04}" for n in range(1, int(HEAD) + 1))
"""Every schema that this program can bring up to `HEAD`."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

NEVER = 2**62
"""Stands in `due_at` for "no due date", so that order and paging need no case for NULL."""

UNKNOWN = b""
"""Stands in `raw_hash` where the stored finding is no longer what its last record said: closed by absence, or out of
scope. The same bytes are then news when they come again."""

Identity = BigInteger().with_variant(Integer, "sqlite")  # SQLite's row id must be spelled INTEGER


def only(clause: ColumnElement[bool]) -> dict[str, Any]:
    """For an index over a part of a table; both databases know that, SQLAlchemy spells it for each."""
    # Not as `sqlite_where` and `postgresql_where`: naming a database here imports all of its dialect, in every process,
    # and only whoever makes tables needs it.
    return {"info": {"only": clause}}


@compiles(CreateIndex)
def _spell(create: CreateIndex, compiler: DDLCompiler, **extra: Any) -> str:
    """An index with its part, in the words of the database in which it is about to be made."""
    index = create.element
    if "only" in index.info:
        index.dialect_options[compiler.dialect.name]["where"] = index.info["only"]
    return str(compiler.visit_create_index(create, **extra))  # type: ignore[no-untyped-call]


meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

revision = Table(
    "revision",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    CheckConstraint('"only" = 1', name="one"),
)
