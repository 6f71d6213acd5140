"""8. SQL is put together from text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, inside, is_constant, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_RAW = """
(call_expression function: (member_expression property: (property_identifier) @name)
  (#any-of? @name "raw" "whereRaw" "orWhereRaw" "havingRaw" "orderByRaw" "groupByRaw" "joinRaw" "fromRaw")) @all
"""


def _judge(source: Source) -> Iterator[Fault]:
    for at in source.find(_RAW):
        statement = next(iter(arguments(at["all"])), None)
        if statement is None or is_constant(statement):
            continue
        # A name alone may hold a constant; what is put together here is plain to see.
        if any(True for _ in inside(statement, ["template_substitution"])) or statement.type == "binary_expression":
            yield Fault(
                path=text(at["name"]), said="A statement is put together from text.", place=source.place(at["all"])
            )


CHECK = CodeCheck(
    advice=Advice(
        key="raw-sql",
        number=8,
        area="code",
        title="SQL is put together from text",
        severity=Severity.LOW,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="All plugins may share one database: who has a hand in the text reads and changes what belongs to others.",
        remedy="Give values beside the statement, as bindings.",
        before="knex.raw(`select * from pets where name = '${name}'`)",
        after="knex.raw('select * from pets where name = ?', [name])",
    ),
    judge=_judge,
)
