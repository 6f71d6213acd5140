"""What commands about metrics are asked alike, and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from callboard.cli.door import answers

if TYPE_CHECKING:
    from callboard.web.plots import Plot

F = TypeVar("F", bound=Callable[..., Any])


def narrowed(command: F) -> F:
    """Which findings, over which days."""
    command = click.option("--to", "last", metavar="DAY", help="The last day, in UTC.  [default: yesterday]")(command)
    command = click.option("--from", "first", metavar="DAY", help="The first day.  [default: a quarter before]")(
        command
    )
    return click.option(
        "-q", "--query", "text", default="", metavar="QUERY",
        help="Which findings, by what they are: severity:critical owner:payments …",
    )(command)  # fmt: skip


def files(command: F) -> F:
    """The answer as a file for other programs."""
    command = click.option("--svg", "as_svg", is_flag=True, help="Print a picture on stdout.")(command)
    command = click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas on stdout.")(command)
    return answers(command)


def as_file(
    document: object | None, table: tuple[Sequence[str], Sequence[Sequence[object]]] | None, drawn: list[Plot] | None
) -> bool:
    """Print whichever is asked for; False: none is."""
    from callboard.cli import output
    from callboard.web import exports, plots

    if document is not None:
        output.document(document)
    elif table is not None:
        output.line(exports.table(*table).rstrip("\r\n"))
    elif drawn is not None:
        output.line(plots.alone(drawn).rstrip("\n"))
    else:
        return False
    return True
