"""`callboard ownership tree`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.tree import Node


@explained.command(
    "tree",
    epilog=examples("callboard ownership tree", "callboard ownership tree --by unit --json"),
)
@click.option(
    "--by",
    type=click.Choice(["domain", "unit", "region", "account"]),
    default="domain",
    show_default=True,
    help="Domains with systems and components, business units with projects, regions, or accounts.",
)
@answers
@click.pass_obj
def tree(door: Door, /, *, by: str, as_json: bool) -> None:
    """Open findings rolled up; what several share counts once in each line."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.roll_up import View, roll_up

    with door.services() as services:
        found = roll_up(services.store, AT_THE_LAPTOP, View(by))
    if as_json:
        output.document(found)
        return
    rows = [
        ("  " * depth + node.title, node.kind, node.open.total, output.counts(node.open))
        for depth, node in _lines(found)
    ]
    output.show(output.table(("What", "Kind", "Open", "By severity"), rows, right=("Open",)))


def _lines(node: Node, depth: int = 0) -> Iterator[tuple[int, Node]]:
    """The tree line by line; what has nothing open is left out."""
    yield depth, node
    for child in node.children:
        if child.open.total:
            yield from _lines(child, depth + 1)
